package main

import (
	"fmt"
	"io"
	"os"
	"runtime/debug"
	"strings"
	"time"

	"lockstep/configs"
)

// batchGC is the garbage collector's target in percent while a batch runs. Its
// machines are small and soon gone, so with the usual target there would be a
// collection for every few dozen, which cost as much as making them.
const batchGC = 400

// batch runs many seeds and writes the tally. What it writes to standard
// output depends on nothing but its arguments; how long it took goes to
// standard error.
func (a *app) batch(p *configs.Program, opt configs.Options, seeds seedRange, form string) error {
	b := configs.Batch{Program: p, Options: opt, First: seeds.first, Last: seeds.last}
	progress := newProgress(a.err, seeds.last-seeds.first+1)
	b.Progress = progress.done
	if os.Getenv("GOGC") == "" {
		defer debug.SetGCPercent(debug.SetGCPercent(batchGC))
	}
	start := time.Now()
	t, err := b.Run(a.ctx)
	progress.clear()
	if err != nil {
		return err
	}
	took := time.Since(start)
	fmt.Fprintf(a.err, "%s in %s, %.0f a second\n", count(t.Done, "run"), took.Round(time.Millisecond), float64(t.Done)/took.Seconds())
	if form == "json" {
		if err := writeJSON(a.out, tallyJSON(p.Scenario(), opt, t)); err != nil {
			return err
		}
	} else {
		writeTally(a.out, p.Scenario(), opt, t)
	}
	return a.tallyStatus(t)
}

// tallyStatus is the exit status of the worst run: one with a finding is worse
// than one that a limit ended.
func (a *app) tallyStatus(t *configs.Tally) error {
	if a.ctx.Err() != nil {
		return statusError(exitInterrupted)
	}
	status := exitExpected
	for _, c := range t.Counts {
		switch {
		case c.Expected:
		case c.Verdict != "limit":
			return statusError(exitFinding)
		default:
			status = exitLimit
		}
	}
	if status != exitExpected {
		return statusError(status)
	}
	return nil
}

// writeTally writes a batch for people: a table of the verdicts, gravest
// first, and what follows from it.
func writeTally(out io.Writer, s *configs.Scenario, opt configs.Options, t *configs.Tally) {
	writeHead(out, s, fmt.Sprintf("seeds %d..%d", t.First, t.Last), opt)
	fmt.Fprintln(out)
	writeVerdicts(out, t)
	fmt.Fprintln(out)
	if all := t.Last - t.First + 1; t.Done < all {
		fmt.Fprintf(out, "interrupted: %d of %s done\n", t.Done, count(all, "run"))
	}
	if t.Done > 0 {
		writeExpectation(out, t)
	}
}

// writeVerdicts writes the table.
func writeVerdicts(out io.Writer, t *configs.Tally) {
	names := []string{"verdict"}
	width := len(names[0])
	for _, c := range t.Counts {
		name := c.Verdict
		if !c.Expected {
			name += " (not expected)"
		}
		names = append(names, name)
		width = max(width, len(name))
	}
	fmt.Fprintf(out, "%-*s  %9s  %7s  %11s  first token\n", width, names[0], "runs", "share", "median time")
	for i, c := range t.Counts {
		share := 100 * float64(c.Count) / float64(t.Done)
		fmt.Fprintf(out, "%-*s  %9d  %5s %%  %11s  %s\n", width, names[i+1], c.Count, percent(share), duration(c.Median), shellWord(c.First.String()))
	}
}

// writeExpectation says whether the expectation holds for what was run.
func writeExpectation(out io.Writer, t *configs.Tally) {
	fmt.Fprintf(out, "%s; ", count(t.Done, "run"))
	if t.Expected {
		fmt.Fprintf(out, "expected is %s, and each of them is\n", strings.Join(t.Allowed, " or "))
	} else {
		var unmet uint64
		for _, c := range t.Counts {
			if !c.Expected {
				unmet += c.Count
			}
		}
		fmt.Fprintf(out, "%d not as expected\n", unmet)
		for _, c := range t.Counts {
			if !c.Expected {
				fmt.Fprintf(out, "  %s: %s\n", shellWord(c.First.String()), c.Unmet)
			}
		}
	}
	if t.Search != "" && !t.Reached {
		fmt.Fprintf(out, "note: no run reached %s, which the scenario says can be reached\n", t.Search)
	}
}

// count is a number of things in words.
func count(n uint64, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

// percent prints a share with one decimal, and a rare one with as many as
// show that it is not nothing.
func percent(share float64) string {
	if share > 0 && share < 0.05 {
		return fmt.Sprintf("%.3f", share)
	}
	return fmt.Sprintf("%.1f", share)
}
