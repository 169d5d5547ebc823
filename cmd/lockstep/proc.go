package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"lockstep/configs"
	"lockstep/cpu/lockdep"
)

// procNames are the files of /proc that the validator writes.
var procNames = []string{"lockdep", "lockdep_stats", "lockdep_chains", "lock_stat"}

// procFlag is the flag --proc: some of them, in the order in which they are to
// be printed.
type procFlag struct{ names []string }

// String returns the names as Set takes them.
func (f *procFlag) String() string { return strings.Join(f.names, ",") }

// Type is what help shows for the value.
func (f *procFlag) Type() string { return "FILES" }

// Set takes names with commas in between.
func (f *procFlag) Set(v string) error {
	var names []string
	for name := range strings.SplitSeq(v, ",") {
		name = strings.TrimPrefix(strings.TrimSpace(name), "/proc/")
		switch {
		case !slices.Contains(procNames, name):
			return fmt.Errorf("there is no /proc/%s; there are %s%s", name, strings.Join(procNames, ", "), nearestOf(name, procNames))
		case slices.Contains(names, name):
			return fmt.Errorf("%s is there twice", name)
		}
		names = append(names, name)
	}
	f.names = names
	return nil
}

// complete proposes the names that are not there yet.
func (f *procFlag) complete(_ *cobra.Command, _ []string, word string) ([]string, cobra.ShellCompDirective) {
	given := ""
	if i := strings.LastIndexByte(word, ','); i >= 0 {
		given = word[:i+1]
	}
	var out []string
	for _, name := range procNames {
		if !slices.Contains(strings.Split(given, ","), name) {
			out = append(out, given+name)
		}
	}
	return out, cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveNoSpace
}

// options sets what a run needs for the files, or says why there are none. The
// statistics take no virtual time, so the run stays the same.
func (f *procFlag) options(s *configs.Scenario, opt *configs.Options) error {
	if len(f.names) == 0 {
		return nil
	}
	if s.Lockdep.Off {
		return errors.New("--proc needs the validator, which is off: lockdep.off=true")
	}
	opt.LockStat = slices.Contains(f.names, "lock_stat")
	return nil
}

// A procFile is a file of /proc as it is at the end of a run.
type procFile struct{ name, text string }

// read reads the files.
func (f *procFlag) read(v *lockdep.Validator) ([]procFile, error) {
	var files []procFile
	for _, name := range f.names {
		var b bytes.Buffer
		if err := v.WriteProc(&b, name); err != nil {
			return nil, err
		}
		files = append(files, procFile{name, b.String()})
	}
	return files, nil
}

// writeProc writes the files, each below a line with its name.
func writeProc(w io.Writer, files []procFile) {
	for _, f := range files {
		fmt.Fprintf(w, "\n==> /proc/%s <==\n%s", f.name, f.text)
	}
}

// procJSON is the files by name, nil if none was asked for.
func procJSON(files []procFile) map[string]string {
	if len(files) == 0 {
		return nil
	}
	out := map[string]string{}
	for _, f := range files {
		out[f.name] = f.text
	}
	return out
}
