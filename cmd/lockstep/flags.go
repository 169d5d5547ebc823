package main

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
)

// oneOf is a flag that has one of a few values.
type oneOf struct {
	value string
	names []string
}

// String returns the value.
func (f *oneOf) String() string { return f.value }

// Type is what help shows for the value.
func (f *oneOf) Type() string { return strings.Join(f.names, "|") }

// Set takes a value that is one of the names.
func (f *oneOf) Set(v string) error {
	for _, n := range f.names {
		if n == v {
			f.value = v
			return nil
		}
	}
	return fmt.Errorf("want %s%s", strings.Join(f.names, " or "), nearestOf(v, f.names))
}

// complete proposes the names.
func (f *oneOf) complete(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	return f.names, cobra.ShellCompDirectiveNoFileComp
}

// outputFlag adds -o to a command.
func outputFlag(cmd *cobra.Command, f *oneOf) {
	*f = oneOf{"text", []string{"text", "json"}}
	addOneOf(cmd, f, "output", "o", "form of the results")
}

// addOneOf adds a flag with its completion.
func addOneOf(cmd *cobra.Command, f *oneOf, name, short, usage string) {
	cmd.Flags().VarP(f, name, short, usage)
	if err := cmd.RegisterFlagCompletionFunc(name, f.complete); err != nil {
		panic(err) // the flag was added a line above
	}
}

// maxSeeds bounds a batch: the virtual times of all its runs are kept for the
// medians, eight bytes each.
const maxSeeds = 1_000_000_000

// seedRange is the flag --seeds A..B.
type seedRange struct {
	given       bool
	first, last uint64
}

// String returns the range as Set takes it.
func (f *seedRange) String() string {
	if !f.given {
		return ""
	}
	return fmt.Sprintf("%d..%d", f.first, f.last)
}

// Type is what help shows for the value.
func (f *seedRange) Type() string { return "A..B" }

// Set parses A..B.
func (f *seedRange) Set(v string) error {
	a, b, ok := strings.Cut(v, "..")
	first, err1 := strconv.ParseUint(a, 10, 64)
	last, err2 := strconv.ParseUint(b, 10, 64)
	switch {
	case !ok || err1 != nil || err2 != nil:
		return fmt.Errorf("want two numbers, as in 1..1000")
	case first > last:
		return fmt.Errorf("the first seed is greater than the last")
	case last-first >= maxSeeds:
		return fmt.Errorf("more than %d seeds", maxSeeds)
	}
	*f = seedRange{true, first, last}
	return nil
}
