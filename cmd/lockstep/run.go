package main

import (
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"lockstep/configs"
)

// runFlags are the flags of run.
type runFlags struct {
	seed      uint64
	seeds     seedRange
	chooser   oneOf
	settings  []string
	variant   string
	mutations []string
	output    oneOf
	proc      procFlag
	tokenFile string
	traceFile string
}

func (a *app) runCommand() *cobra.Command {
	f := &runFlags{chooser: oneOf{"timed", []string{"timed", "random"}}}
	cmd := &cobra.Command{
		Use: "run NAME|FILE", Short: "Run a scenario, once or with many seeds",
		Long: `Run a scenario: one that comes with lockstep (see "lockstep list"), or a file,
whose name contains a slash or ends in .toml.

One run prints the kernel's log, what the oracles found, the verdict, and the
command that repeats the run. Many runs (--seeds) print how often each verdict
came; the exit status is then that of the worst run.

--mutate breaks a path of the kernel on purpose, to show that the oracle which
watches it can fail; "lockstep list mutations" has them all.`,
		Example: `  lockstep run abba
  lockstep run abba --variant fixed
  lockstep run abba --seeds 1..1000 --chooser random
  lockstep run mine.toml --set machine.cpus=4 --set params.order=same -o json
  lockstep run abba --proc lockdep,lock_stat
  lockstep run abba --seed 7 --token-file 7.token --trace 7.trace`,
		Args:              exactArgs(1, "NAME|FILE"),
		ValidArgsFunction: scenarioNames,
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.run(args[0], f, cmd.Flags().Changed("seed"))
		},
	}
	flags := cmd.Flags()
	flags.SortFlags = false
	flags.Uint64Var(&f.seed, "seed", 1, "seed of all that is left to chance")
	flags.Var(&f.seeds, "seeds", "run once with each of these seeds, on all cores, and count the verdicts")
	addOneOf(cmd, &f.chooser, "chooser", "", "what is next: timed, the earliest due; random, so too, but CPUs stall now and then")
	flags.StringArrayVar(&f.settings, "set", nil, "change a setting: `KEY=VALUE`, as in machine.cpus=4 (repeatable)")
	flags.StringVar(&f.variant, "variant", "", "apply the scenario's variant `NAME`, before --set")
	flags.StringArrayVar(&f.mutations, "mutate", nil, "break a path on purpose: mutation `NAME` (repeatable)")
	outputFlag(cmd, &f.output)
	flags.Var(&f.proc, "proc", "print these files of /proc too, as they are at the end: "+strings.Join(procNames, ", "))
	flags.StringVar(&f.tokenFile, "token-file", "", "write the replay token, with every choice of the run, to `FILE`")
	flags.StringVar(&f.traceFile, "trace", "", "write every operation of the run to `FILE`, one a line")
	for name, fn := range map[string]cobra.CompletionFunc{"mutate": mutationNames, "variant": variantNames, "proc": f.proc.complete} {
		if err := cmd.RegisterFlagCompletionFunc(name, fn); err != nil {
			panic(err) // the flags were added above
		}
	}
	return cmd
}

// mutationNames completes --mutate.
func mutationNames(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	var names []string
	for _, m := range configs.Mutations() {
		names = append(names, cobra.CompletionWithDesc(m.Name, m.Doc))
	}
	return names, cobra.ShellCompDirectiveNoFileComp
}

// variantNames completes --variant, once the scenario is there to ask.
func variantNames(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
	var names []string
	if len(args) > 0 {
		if s, diags := configs.Open(args[0]); len(diags) == 0 {
			for _, v := range s.Variants {
				names = append(names, cobra.CompletionWithDesc(v.Name, v.Text))
			}
		}
	}
	return names, cobra.ShellCompDirectiveNoFileComp
}

// run runs a scenario once or many times.
func (a *app) run(name string, f *runFlags, seedGiven bool) error {
	if err := f.conflict(seedGiven); err != nil {
		return err
	}
	p, err := f.prepare(name)
	if err != nil {
		return err
	}
	opt := configs.Options{Seed: f.seed, Chooser: f.chooser.value, Mutations: f.mutations}
	if f.seeds.given {
		return a.batch(p, opt, f.seeds, f.output.value)
	}
	opt.Record = f.tokenFile != ""
	if err := f.proc.options(p.Scenario(), &opt); err != nil {
		return err
	}
	return a.single(p, opt, f)
}

// conflict says which flags do not go together.
func (f *runFlags) conflict(seedGiven bool) error {
	switch {
	case f.seeds.given && seedGiven:
		return errors.New("--seed and --seeds exclude each other")
	case f.seeds.given && f.tokenFile != "":
		return errors.New("--token-file is for a single run: give --seed")
	case f.seeds.given && f.traceFile != "":
		return errors.New("--trace is for a single run: give --seed")
	case f.seeds.given && len(f.proc.names) > 0:
		return errors.New("--proc is for a single run: give --seed")
	case f.tokenFile == "-" || f.traceFile == "-":
		return errors.New("standard output is for the results: name a file")
	}
	return nil
}

// prepare opens the scenario and changes it as the flags say.
func (f *runFlags) prepare(name string) (*configs.Program, error) {
	s, diags := configs.Open(name)
	if err := diagnosed(diags); err != nil {
		return nil, err
	}
	if f.variant != "" {
		diags = s.Apply(f.variant)
	}
	var kvs []configs.KV
	for _, set := range f.settings {
		key, value, ok := strings.Cut(set, "=")
		if !ok || key == "" {
			return nil, fmt.Errorf("--set %s: want KEY=VALUE, as in machine.cpus=4", set)
		}
		kvs = append(kvs, configs.KV{Key: strings.TrimSpace(key), Value: strings.TrimSpace(value)})
	}
	if len(diags) == 0 {
		diags = s.Override(kvs)
	}
	diags = append(diags, configs.CheckMutations(f.mutations)...)
	if err := diagnosed(diags); err != nil {
		return nil, err
	}
	p, diags := configs.Prepare(s)
	return p, diagnosed(diags)
}

// single is one run with all that can be said about it.
func (a *app) single(p *configs.Program, opt configs.Options, f *runFlags) error {
	e, err := execute(p, opt, f.traceFile)
	if err != nil {
		return err
	}
	if err := writeToken(f.tokenFile, e.result); err != nil {
		return err
	}
	if e.proc, err = f.proc.read(e.machine.CPU.Lockdep); err != nil {
		return err
	}
	if err := a.show(e, f.output.value); err != nil {
		return err
	}
	return a.status(e.result)
}

// writeToken writes the token of a run, with what the run came to, to a file,
// if there is a name for one.
func writeToken(name string, r *configs.Result) error {
	out, err := createFile(name)
	if out == nil || err != nil {
		return err
	}
	t := r.Token
	t.Hash, t.Steps = r.Hash, r.Steps
	if err := errors.Join(t.Write(out), out.close()); err != nil {
		return fmt.Errorf("writing the token: %w", err)
	}
	return nil
}

// show writes the result of a run in the form asked for.
func (a *app) show(e *execution, form string) error {
	if form == "json" {
		return writeJSON(a.out, e.json())
	}
	e.text(a.out)
	return nil
}

// status is how a command ends that made a run.
func (a *app) status(r *configs.Result) error {
	switch {
	case a.ctx.Err() != nil:
		return statusError(exitInterrupted)
	case r.Expected:
		return nil
	case r.Verdict == "limit":
		return statusError(exitLimit)
	}
	return statusError(exitFinding)
}
