package main

import (
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"lockstep/configs"
	"lockstep/sim"
)

// Exit statuses; doc.go says what they mean.
const (
	exitExpected    = 0
	exitFinding     = 1
	exitUsage       = 2
	exitLimit       = 3
	exitDiverged    = 4
	exitInternal    = 5
	exitInterrupted = 130
)

// A statusError ends a command whose results say all there is to say.
type statusError int

// Error is for completeness: nobody prints it.
func (e statusError) Error() string { return fmt.Sprintf("exit status %d", int(e)) }

// A scenarioError is one or more positioned diagnostics, a line each. They are
// printed as they are, for editors to find.
type scenarioError struct{ error }

// Unwrap returns the diagnostics.
func (e scenarioError) Unwrap() error { return e.error }

// diagnosed returns diagnostics as an error, nil if there are none.
func diagnosed(diags configs.Diagnostics) error {
	if err := diags.Err(); err != nil {
		return scenarioError{err}
	}
	return nil
}

// runError sorts what running a machine or a batch returned: divergence and
// internal errors are told by their types, all else are the scenario's.
func runError(err error) error {
	var diverged *sim.DivergedError
	var internal *sim.PanicError
	if err == nil || errors.As(err, &diverged) || errors.As(err, &internal) {
		return err
	}
	return scenarioError{err}
}

// report prints an error of the named command and returns the exit status.
// Errors without a type of their own are of usage; cobra's are.
func (a *app) report(command string, err error) int {
	if err == nil {
		return exitExpected
	}
	var status statusError
	if errors.As(err, &status) {
		return int(status)
	}
	var seed *configs.SeedError
	if errors.As(err, &seed) {
		err = runError(seed.Err)
		defer fmt.Fprintf(a.err, "%s: it was the run with --seed %d\n", command, seed.Seed)
	}
	var internal *sim.PanicError
	if errors.As(err, &internal) {
		fmt.Fprintf(a.err, "%s: %v\n\n%s\n", command, internal, strings.TrimSpace(string(internal.Stack)))
		fmt.Fprintln(a.err, "This is an error in lockstep, not in the scenario; please report it with the command line.")
		return exitInternal
	}
	var diverged *sim.DivergedError
	if errors.As(err, &diverged) {
		fmt.Fprintf(a.err, "%s: error: %v\n", command, diverged)
		return exitDiverged
	}
	var scenario scenarioError
	if errors.As(err, &scenario) {
		fmt.Fprintln(a.err, scenario)
		return exitUsage
	}
	fmt.Fprintf(a.err, "%s: error: %v\ntry %q\n", command, err, command+" --help")
	return exitUsage
}

// nearestOf is " (did you mean X?)", or "" if no name is near.
func nearestOf(word string, names []string) string {
	if n := configs.Nearest(word, names); n != "" {
		return fmt.Sprintf(" (did you mean %s?)", n)
	}
	return ""
}

// unknownCommand is the Args of a command that only holds others.
func unknownCommand(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	var names []string
	for _, c := range cmd.Commands() {
		if c.IsAvailableCommand() {
			names = append(names, c.Name())
		}
	}
	return fmt.Errorf("there is no command %q%s", args[0], nearestOf(args[0], names))
}

// exactArgs is the Args of a command that takes n arguments, called what.
func exactArgs(n int, what string) cobra.PositionalArgs {
	return func(_ *cobra.Command, args []string) error {
		switch {
		case len(args) < n:
			return fmt.Errorf("%s is missing", what)
		case len(args) > n && n == 0:
			return fmt.Errorf("there is an argument too many: %q", args[n])
		case len(args) > n:
			return fmt.Errorf("there is an argument too many, behind %s: %q", what, args[n])
		}
		return nil
	}
}
