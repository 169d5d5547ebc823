package configs

import (
	"embed"
	"path/filepath"
	"slices"
	"strings"
)

//go:embed *.toml
var bundled embed.FS

// bundledDir is where the bundled files are in the source tree.
const bundledDir = "configs/"

// Info describes a bundled scenario.
type Info struct {
	// Name is what commands call it.
	Name string
	// Title is its title.
	Title string
	// File is its file in the source tree.
	File string
}

// Bundled lists the scenarios that come with the program, sorted by name.
func Bundled() []Info {
	var infos []Info
	for _, name := range bundledNames() {
		s, diags := openBundled(name)
		if len(diags) > 0 {
			panic("configs: bundled scenario: " + diags.String())
		}
		infos = append(infos, Info{Name: name, Title: s.Title, File: s.File()})
	}
	return infos
}

// bundledNames lists the names of the bundled scenarios, sorted.
func bundledNames() []string {
	entries, err := bundled.ReadDir(".")
	if err != nil {
		panic("configs: embedded files: " + err.Error())
	}
	var names []string
	for _, e := range entries {
		names = append(names, baseName(e.Name()))
	}
	slices.Sort(names)
	return names
}

// openBundled loads the bundled scenario of a known name.
func openBundled(name string) (*Scenario, Diagnostics) {
	src, err := bundled.ReadFile(name + ".toml")
	if err != nil {
		panic("configs: embedded files: " + err.Error())
	}
	return Load(bundledDir+name+".toml", src)
}

// Open loads a scenario by its bundled name, or from a path: what contains a
// slash or ends in .toml.
func Open(nameOrPath string) (*Scenario, Diagnostics) {
	if strings.ContainsAny(nameOrPath, `/\`) || strings.HasSuffix(nameOrPath, ".toml") {
		return LoadFile(nameOrPath)
	}
	names := bundledNames()
	if !slices.Contains(names, nameOrPath) {
		return nil, Diagnostics{{
			File: nameOrPath, Msg: "no bundled scenario has this name; a file's name ends in .toml",
			Hint: didYouMean(nameOrPath, names),
		}}
	}
	return openBundled(nameOrPath)
}

// baseName is a file's name without directory and .toml.
func baseName(file string) string {
	return strings.TrimSuffix(filepath.Base(file), ".toml")
}
