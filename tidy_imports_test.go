package lockstep_test

import (
	"fmt"
	"path"
	"slices"
	"strconv"
	"strings"
)

// module is the module path.
const module = "lockstep"

// layers is the top level of the tree, lowest first. Imports only go down (or stay within one layer, where Go
// itself forbids cycles): what a lower layer needs from a higher one it declares as an interface or hook in cpu.
var layers = []string{"sim", "cpu", "irq", "printk", "rcu", "perf", "configs", "ui", "cmd"}

// importsGoDown checks every import inside the module. The module root imports nothing of the module, so anybody but
// sim may import it; its tests stand above all and are free.
func importsGoDown(t *tree) []violation {
	var vs []violation
	for _, f := range t.files {
		if f.dir != "" && !slices.Contains(layers, top(f.dir)) {
			vs = append(vs, violation{f.path, 0, "the top level has no directory " + top(f.dir) + "; it is " + strings.Join(layers, " ")})
			continue
		}
		for _, imp := range f.Imports {
			to, _ := strconv.Unquote(imp.Path.Value)
			if why := importForbidden(f, to); why != "" {
				vs = append(vs, t.at(f, imp, "imports %s: %s", to, why))
			}
		}
	}
	return vs
}

// importForbidden says why a file must not import a path, or "" if it may.
func importForbidden(f *goFile, to string) string {
	inModule := to == module || strings.HasPrefix(to, module+"/")
	dir := strings.TrimPrefix(strings.TrimPrefix(to, module), "/")
	if !inModule {
		if host, _, _ := strings.Cut(to, "/"); strings.Contains(host, ".") && top(f.dir) == "sim" && !f.test {
			return "sim stands on the standard library alone"
		}
		return ""
	}
	if f.dir == "" {
		if f.test {
			return ""
		}
		return "the module root imports nothing of the module"
	}
	if dir == "" {
		if top(f.dir) == "sim" {
			return "sim stands on the standard library alone"
		}
		return ""
	}
	from, target := slices.Index(layers, top(f.dir)), slices.Index(layers, top(dir))
	if target < 0 || target > from {
		return fmt.Sprintf("%s is not below %s", top(dir), top(f.dir))
	}
	switch {
	case f.test:
		return ""
	case f.dir == "cpu/lockdep":
		return "cpu/lockdep is a pure validator and imports nothing of the module"
	case f.dir == "cpu" && top(dir) == "cpu" && dir != "cpu/lockdep" && dir != "cpu/ksym":
		return "cpu itself imports only sim, cpu/lockdep and cpu/ksym; the packages below it import cpu"
	}
	return ""
}

// testSupport are the packages that hold what tests of several packages need. Like tests they may do what the program
// may not, such as read the environment below configs.
var testSupport = []string{"configs/configstest", "cpu/cputest", "ui/term/screentest"}

// testSupportForTests: nothing of the program imports test support, or "testing", by which a package that belongs on the
// list gives itself away.
func testSupportForTests(t *tree) []violation {
	var vs []violation
	for _, f := range t.files {
		if f.test || slices.Contains(testSupport, f.dir) {
			continue
		}
		for _, imp := range f.Imports {
			to, _ := strconv.Unquote(imp.Path.Value)
			if to == "testing" || slices.Contains(testSupport, strings.TrimPrefix(to, module+"/")) {
				vs = append(vs, t.at(f, imp, "imports %s, which is for tests", to))
			}
		}
	}
	return vs
}

// vagueNames are package names that say nothing of what is inside.
var vagueNames = []string{"util", "utils", "common", "manager"}

// packageHasARealName forbids vague names, of the package and of its directory.
func packageHasARealName(t *tree) []violation {
	var vs []violation
	for _, f := range t.files {
		for _, name := range []string{f.Name.Name, path.Base(f.dir)} {
			if slices.Contains(vagueNames, strings.TrimSuffix(name, "_test")) {
				vs = append(vs, t.at(f, f.Name, "package %q: name it by what it knows", name))
				break
			}
		}
	}
	return vs
}
