package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"lockstep/configs"
	"lockstep/sim"
	"lockstep/ui"
	"lockstep/ui/history"
	"lockstep/ui/term"
)

// stepFlags are the flags of step; run's are those that change the run.
type stepFlags struct {
	run     runFlags
	options ui.Options
}

func (a *app) stepCommand() *cobra.Command {
	f := &stepFlags{run: runFlags{chooser: oneOf{"timed", []string{"timed", "random"}}}}
	theme := oneOf{"auto", ui.Themes()}
	cmd := &cobra.Command{
		Use: "step SCENARIO|TOKEN|FILE", Short: "Step through a run in the terminal, forwards and backwards",
		Long: `Step through a run in the terminal, forwards and backwards, and see the locks.

A scenario opens at its start line, where its tasks begin. A replay token, or a
token file, opens at what was found in that run; from there one goes back.
Digits choose which CPU performs its next operation; a run that was steered by
hand has a replay token like any other.

Inside, ? lists the keys and : takes commands.`,
		Example: `  lockstep step abba
  lockstep step perf-deadlock-2cpu --seed 6
  lockstep step lockstep/3/abba/timed/7/4be1c0ffee123456
  lockstep step 7.token --theme light`,
		Args:              exactArgs(1, "SCENARIO|TOKEN|FILE"),
		ValidArgsFunction: scenarioNames,
		RunE: func(cmd *cobra.Command, args []string) error {
			f.options.Theme = theme.value
			return a.step(args[0], f, cmd.Flags().Changed)
		},
	}
	flags := cmd.Flags()
	flags.SortFlags = false
	flags.Uint64Var(&f.run.seed, "seed", 1, "seed of all that is left to chance")
	addOneOf(cmd, &f.run.chooser, "chooser", "", "what is next if nobody chooses: timed, the earliest due; random, so too, but CPUs stall now and then")
	flags.StringArrayVar(&f.run.settings, "set", nil, "change a setting: `KEY=VALUE`, as in machine.cpus=4 (repeatable)")
	flags.StringVar(&f.run.variant, "variant", "", "apply the scenario's variant `NAME`, before --set")
	flags.StringArrayVar(&f.run.mutations, "mutate", nil, "break a path on purpose: mutation `NAME` (repeatable)")
	addOneOf(cmd, &theme, "theme", "", "colours: auto fits dark and light terminals; mono is bold, underlined and reversed text; deutan has no red beside green")
	flags.BoolVar(&f.options.ASCII, "ascii", false, "draw with ASCII characters only")
	flags.BoolVar(&f.options.NoMouse, "no-mouse", false, "leave the mouse to the terminal")
	flags.BoolVar(&f.options.NoColor, "no-color", false, "no colours: theme mono (as the environment's NO_COLOR)")
	for name, fn := range map[string]cobra.CompletionFunc{"mutate": mutationNames, "variant": variantNames} {
		if err := cmd.RegisterFlagCompletionFunc(name, fn); err != nil {
			panic(err) // the flags were added above
		}
	}
	return cmd
}

// step opens a session and gives it to the terminal. What is wrong with the
// arguments is said first, with or without a terminal.
func (a *app) step(arg string, f *stepFlags, given func(string) bool) error {
	open, err := a.sessionOf(arg, f, given)
	if err != nil {
		return err
	}
	if err := ui.Check(); err != nil {
		return a.terminalError(err)
	}
	s, err := open()
	if err != nil {
		return err
	}
	defer s.Close()
	f.options.Replay = !isScenario(arg)
	return a.terminalError(ui.Run(s, f.options))
}

// terminalError sorts what using the terminal came to. Of none of it the
// command's help would help.
func (a *app) terminalError(err error) error {
	var broken *term.Panic
	switch {
	case err == nil:
		return nil
	case errors.As(err, &broken):
		return &sim.PanicError{Value: broken.Value, Stack: broken.Stack}
	case errors.Is(err, term.ErrInterrupted):
		fmt.Fprintf(a.err, "lockstep step: %v\n", err)
		return statusError(exitInterrupted)
	}
	fmt.Fprintf(a.err, "lockstep step: error: %v\n", err)
	return statusError(exitUsage)
}

// sessionOf reads step's argument; what it returns opens a scenario at its
// start line, or a token at what was found.
func (a *app) sessionOf(arg string, f *stepFlags, given func(string) bool) (open func() (*history.Session, error), err error) {
	if isScenario(arg) {
		p, err := f.run.prepare(arg)
		if err != nil {
			return nil, err
		}
		opt := configs.Options{Seed: f.run.seed, Chooser: f.run.chooser.value, Mutations: f.run.mutations}
		return func() (*history.Session, error) {
			s, err := history.Open(p, opt, nil)
			return s, runError(err)
		}, nil
	}
	for _, name := range []string{"seed", "chooser", "set", "variant", "mutate"} {
		if given(name) {
			return nil, errors.New("--" + name + " is for a scenario: a token says it itself")
		}
	}
	t, err := readToken(arg)
	if err != nil {
		return nil, err
	}
	p, opt, diags := configs.OpenToken(t)
	if err := diagnosed(diags); err != nil {
		return nil, err
	}
	return func() (*history.Session, error) { return a.openFound(p, opt) }, nil
}

// openFound opens a run at the first thing that was found in it, or at its
// end.
func (a *app) openFound(p *configs.Program, opt configs.Options) (*history.Session, error) {
	s, err := history.Open(p, opt, opt.Steer)
	if err != nil {
		return nil, runError(err)
	}
	err = s.Find(a.ctx, history.Forward, history.OnFinding, nil)
	if err != nil && !errors.Is(err, history.ErrEnd) && !errors.Is(err, context.Canceled) {
		s.Close()
		return nil, runError(err)
	}
	return s, nil
}

// isScenario reports whether an argument of step names a scenario, not a
// token: a bundled one, or a file that is called .toml.
func isScenario(arg string) bool {
	if strings.HasSuffix(arg, ".toml") {
		return true
	}
	if strings.HasPrefix(arg, "lockstep/") {
		return false
	}
	for _, info := range configs.Bundled() {
		if info.Name == arg {
			return true
		}
	}
	_, err := os.Stat(arg)
	return err != nil
}
