package main

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"lockstep/configs"
	"lockstep/cpu"
	"lockstep/cpu/lockdep"
	"lockstep/sim"
)

// text writes what a run came to for people: what was run, the kernel's log,
// the findings, the verdict, and how to run it again.
func (e *execution) text(w io.Writer) {
	r := e.result
	writeHead(w, e.scenario, fmt.Sprintf("seed %d", r.Seed), e.options)
	fmt.Fprintln(w)
	for _, rec := range r.Dmesg {
		fmt.Fprintln(w, rec)
	}
	if len(r.Dmesg) == 0 {
		fmt.Fprintln(w, "(the console is silent)")
	}
	fmt.Fprintln(w)
	for i, f := range r.Findings {
		e.finding(w, i+1, f)
		fmt.Fprintln(w)
	}
	if r.Expected {
		fmt.Fprintf(w, "verdict: %s (expected)\n", r.Verdict)
	} else {
		fmt.Fprintf(w, "verdict: %s (not expected: %s)\n", r.Verdict, r.Unmet)
	}
	fmt.Fprintf(w, "%d steps, %s of virtual time, hash %s\n", r.Steps, duration(r.Time), r.Hash)
	fmt.Fprintf(w, "replay:  lockstep replay %s\n", shellWord(r.Token.String()))
	writeProc(w, e.proc)
}

// writeHead writes the title, and a line that says what was run.
func writeHead(w io.Writer, s *configs.Scenario, seeds string, opt configs.Options) {
	fmt.Fprintln(w, s.Title)
	line := fmt.Sprintf("%s  %s  %s", s.Name(), seeds, opt.Chooser)
	for _, kv := range notableSettings(s) {
		line += "  " + kv.Key + "=" + kv.Value
	}
	for _, name := range opt.Mutations {
		line += "  mutate=" + name
	}
	fmt.Fprintln(w, line)
}

// notableSettings are those worth a line above the results: what is not the
// default of the paths, the validator and the parameters, and all that was
// changed for this run.
func notableSettings(s *configs.Scenario) []configs.KV {
	var out []configs.KV
	for _, kv := range s.Settings() {
		table, _, _ := strings.Cut(kv.Key, ".")
		if slices.Contains([]string{"kernel", "lockdep", "params"}, table) {
			out = append(out, kv)
		}
	}
	for _, kv := range s.Overrides() {
		if !slices.Contains(out, kv) {
			out = append(out, kv)
		}
	}
	return out
}

// finding writes one finding with what its oracle knows.
func (e *execution) finding(w io.Writer, n int, f *cpu.Finding) {
	fmt.Fprintf(w, "finding %d: %s\n", n, findingTitle(f))
	fmt.Fprintf(w, "  at t=%s on CPU%d, step %d\n", f.Time, f.CPU, f.Step)
	switch {
	case f.Report != nil:
		if chain := lockChain(f); chain != "" {
			fmt.Fprintf(w, "  %s\n", chain)
		}
	case len(f.Cycle) > 0:
		for _, edge := range f.Cycle {
			fmt.Fprintf(w, "  %s\n", edge)
		}
	case f.Text != "" && !strings.Contains(f.Title, f.Text):
		for line := range strings.Lines(f.Text) { // some come indented
			fmt.Fprintf(w, "  %s\n", strings.TrimPrefix(strings.TrimSuffix(line, "\n"), "  "))
		}
	}
	if f.Kind == "deadlock" || f.Kind == "hang" {
		for _, c := range e.result.CPUs {
			writeCPU(w, c)
		}
	}
	if e.result.Tracer != nil && f.Stack != 0 {
		fmt.Fprint(w, e.result.Tracer.Text(f.Stack, "    "))
	}
}

// findingTitle is a finding in a line: the kind, and the title unless that
// begins with the kind itself.
func findingTitle(f *cpu.Finding) string {
	title := strings.TrimPrefix(f.Title, "INFO: ")
	if title == f.Kind || strings.HasPrefix(title, f.Kind+":") {
		return title
	}
	return f.Kind + ": " + title
}

// lockChain is the chain of lock classes of a validator's report: closed if
// it is a cycle, beginning with the lock that is held.
func lockChain(f *cpu.Finding) string {
	classes := cycleOrder(f)
	if f.Report.Kind == lockdep.Circular && len(classes) > 0 {
		classes = append(classes, classes[0])
	}
	return strings.Join(classes, " -> ")
}

// cycleOrder returns a finding's classes; those of a circular report begin
// with the held lock, behind which the validator puts it.
func cycleOrder(f *cpu.Finding) []string {
	classes := slices.Clone(f.Classes)
	if f.Report != nil && f.Report.Kind == lockdep.Circular && len(classes) > 0 {
		last := len(classes) - 1
		classes = append(classes[last:], classes[:last]...)
	}
	return classes
}

// writeCPU writes what a CPU does at the end.
func writeCPU(w io.Writer, c configs.CPUState) {
	fmt.Fprintf(w, "\n  CPU%d %s  %s\n", c.CPU, c.Task, c.State)
	if c.Waits != "" {
		fmt.Fprintf(w, "    waits for %s\n", c.Waits)
	}
	if len(c.Held) > 0 {
		fmt.Fprintf(w, "    holds %s\n", strings.Join(c.Held, ", "))
	}
	for _, frame := range c.Stack {
		fmt.Fprintf(w, "      %s\n", frame)
	}
}

// duration is a span of virtual time with one decimal, in the unit that fits.
func duration(t sim.Time) string {
	switch {
	case t < sim.Microsecond:
		return fmt.Sprintf("%d ns", t)
	case t < sim.Millisecond:
		return fmt.Sprintf("%.1f us", float64(t)/float64(sim.Microsecond))
	case t < sim.Second:
		return fmt.Sprintf("%.1f ms", float64(t)/float64(sim.Millisecond))
	}
	return fmt.Sprintf("%.1f s", float64(t)/float64(sim.Second))
}

// shellWord quotes a word where a shell would read more into it.
func shellWord(s string) string {
	plain := func(r rune) bool {
		return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("/._-=%,:+", r)
	}
	if strings.TrimFunc(s, plain) == "" {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}
