package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"lockstep/configs"
	"lockstep/sim"
)

// replayFlags are the flags of replay.
type replayFlags struct {
	output    oneOf
	traceFile string
	times     int
}

func (a *app) replayCommand() *cobra.Command {
	f := &replayFlags{}
	cmd := &cobra.Command{
		Use: "replay TOKEN|FILE", Short: "Repeat a run from its replay token",
		Long: `Repeat a run from its replay token, or from a token file, which has every choice
of the run and the hash that it came to. The run is the same in every operation,
on any machine; so a token is refused if its scenario has changed since.

A replay that comes to another hash, or cannot make a recorded choice, has
diverged: exit status 4.`,
		Example: `  lockstep replay lockstep/3/abba/timed/7/4be1c0ffee123456
  lockstep replay 7.token --trace 7.trace
  lockstep replay 7.token --times 10`,
		Args: exactArgs(1, "TOKEN|FILE"),
		RunE: func(_ *cobra.Command, args []string) error { return a.replay(args[0], f) },
	}
	flags := cmd.Flags()
	flags.SortFlags = false
	outputFlag(cmd, &f.output)
	flags.StringVar(&f.traceFile, "trace", "", "write every operation of the run to `FILE`, one a line")
	flags.IntVar(&f.times, "times", 1, "replay `N` times and say whether all come to the same hash")
	return cmd
}

// replay repeats a run, several times if asked to; the first is shown.
func (a *app) replay(arg string, f *replayFlags) error {
	if f.traceFile == "-" {
		return errors.New("standard output is for the results: name a file")
	}
	if f.times < 1 {
		return errors.New("--times must be at least 1")
	}
	t, err := readToken(arg)
	if err != nil {
		return err
	}
	p, opt, diags := configs.OpenToken(t)
	if err := diagnosed(diags); err != nil {
		return err
	}
	first, err := execute(p, opt, f.traceFile)
	if err != nil {
		return err
	}
	// The others are compared by hash alone and need no stacks; that they have
	// none is one more thing that must not matter.
	differs := recorded(t, first.result)
	done := 1
	for ; differs == nil && done < f.times && a.ctx.Err() == nil; done++ {
		r, err := p.Boot(opt).Run()
		if err != nil {
			return runError(err)
		}
		if r.Hash != first.result.Hash {
			differs = diverged(r, "replay %d came to the hash %s, the first to %s", done+1, r.Hash, first.result.Hash)
		}
	}
	if err := a.showReplay(first, f, done, differs == nil); err != nil {
		return err
	}
	if differs != nil {
		return differs
	}
	return a.status(first.result)
}

// showReplay writes the first run, and what all of them came to.
func (a *app) showReplay(e *execution, f *replayFlags, done int, agree bool) error {
	if f.output.value == "json" {
		out := e.json()
		if f.times > 1 {
			out.Replays = &jsonReplays{done, agree}
		}
		return writeJSON(a.out, out)
	}
	e.text(a.out)
	if f.times > 1 && agree {
		fmt.Fprintf(a.out, "%d replays, all with the hash %s\n", done, e.result.Hash)
	}
	return nil
}

// recorded compares a replay with what the token file says of the run.
func recorded(t sim.Token, r *configs.Result) error {
	if t.Steps == 0 || t.Hash == r.Hash && t.Steps == r.Steps {
		return nil
	}
	return diverged(r, "it came to the hash %s in %d steps, the token file says %s in %d", r.Hash, r.Steps, t.Hash, t.Steps)
}

// diverged is the error of a replay that went to its end elsewhere.
func diverged(r *configs.Result, format string, args ...any) error {
	return &sim.DivergedError{Step: r.Steps, Time: r.Time, Msg: fmt.Sprintf(format, args...)}
}

// readToken reads a token file, or a token given as such: what looks like one
// and is no file.
func readToken(arg string) (sim.Token, error) {
	if strings.HasPrefix(arg, "lockstep/") {
		if _, err := os.Stat(arg); err != nil {
			return sim.ParseToken(arg)
		}
	}
	f, err := os.Open(arg)
	if errors.Is(err, fs.ErrNotExist) {
		return sim.Token{}, fmt.Errorf("%s: no such file, and no token: those begin with lockstep/%d/", arg, sim.TokenVersion)
	}
	if err != nil {
		return sim.Token{}, err
	}
	defer f.Close()
	t, err := sim.ReadToken(f)
	if err != nil {
		err = fmt.Errorf("%s: %w", arg, err)
	}
	return t, err
}
