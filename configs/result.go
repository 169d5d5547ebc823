package configs

import (
	"fmt"
	"slices"

	"lockstep/cpu"
	"lockstep/printk"
	"lockstep/sim"
)

// Result is what a run came to.
type Result struct {
	Scenario string          // its name
	Seed     uint64          // of the run
	Verdict  string          // the gravest finding, or clean or limit
	Expected bool            // the expectation for these settings allows the verdict
	Allowed  []string        // the verdicts it allows
	Unmet    string          // why Expected is false
	Findings []*cpu.Finding  // everything the oracles saw, in order
	CPUs     []CPUState      // of a deadlock or hang: what every CPU does
	Dmesg    []printk.Record // the kernel log
	Steps    uint64          // operations
	Time     sim.Time        // virtual, at the end
	Hash     sim.Hash        // the fingerprint of the run
	Token    sim.Token       // repeats the run
	Tracer   *cpu.Tracer     // of a captured run
}

// Run lets the machine go to its end and takes it down. The error is one of
// the scenario (a task body failed), of a replay (it diverged), or internal.
func (m *Machine) Run() (*Result, error) {
	defer m.Close()
	if _, err := m.RunTo(^uint64(0)); err != nil {
		return nil, err
	}
	if c, ok := m.CPU.E.Unsteered(); ok {
		return nil, &sim.DivergedError{
			Step: m.CPU.E.Steps(), Time: m.CPU.E.Now(), Msg: fmt.Sprintf("the run ends before the choice that comes behind %d others", c.At),
		}
	}
	return m.Result(), nil
}

// RunTo lets the machine run until it has made the given number of choices,
// see [sim.Engine.RunTo], and reports whether the run is over.
func (m *Machine) RunTo(step uint64) (over bool, err error) {
	end, err := m.CPU.E.RunTo(step)
	if m.err != nil {
		err = m.err
	}
	m.end = end
	return end != sim.EndPaused, err
}

// Close takes the machine down.
func (m *Machine) Close() { m.CPU.E.Close() }

// Result says what the run came to, or has come to so far.
func (m *Machine) Result() *Result {
	e := m.CPU.E
	s := m.prog.scenario
	r := &Result{
		Scenario: s.Name(), Seed: m.opt.Seed, Findings: m.CPU.Findings(), Dmesg: m.Printk.Dmesg(),
		Steps: e.Steps(), Time: e.Now(), Hash: e.Hash(), Token: m.token(), Tracer: m.CPU.Tracer,
	}
	r.Verdict = "clean"
	if m.end == sim.EndLimit {
		r.Verdict = "limit"
	}
	if m.end == sim.EndStuck {
		r.Findings = append(r.Findings, &cpu.Finding{Kind: "hang", Title: "hang: nothing can happen any more", Time: r.Time, Step: r.Steps})
	}
	for _, f := range r.Findings {
		r.Verdict = Gravest(r.Verdict, f.Kind)
	}
	if r.Verdict == "deadlock" || r.Verdict == "hang" {
		r.CPUs = m.cpuStates()
	}
	m.judge(r)
	return r
}

// judge compares the verdict with the expectation.
func (m *Machine) judge(r *Result) {
	want := m.prog.want
	r.Allowed = want.Run
	if !slices.Contains(want.Run, r.Verdict) {
		r.Unmet = fmt.Sprintf("the verdict is %s, expected is %s", r.Verdict, orList(want.Run))
		return
	}
	for _, class := range want.Classes {
		for _, f := range r.Findings {
			if f.Kind == r.Verdict && f.Report != nil && !slices.Contains(f.Classes, class) {
				r.Unmet = fmt.Sprintf("the report's cycle does not contain %s", class)
				return
			}
		}
	}
	r.Expected = true
}

// token returns the run's replay token.
func (m *Machine) token() sim.Token {
	t := m.prog.Token(m.opt)
	if m.recording != nil {
		t.Picks = m.recording.Picks
	}
	return t
}

// Token returns the replay token of a run with the given options, without
// recorded choices.
func (p *Program) Token(opt Options) sim.Token {
	s := p.scenario
	t := sim.Token{
		Version: sim.TokenVersion, Scenario: p.ref, Fingerprint: p.print,
		Chooser: opt.Chooser, Seed: opt.Seed, Steer: opt.Steer,
	}
	if t.Chooser == "" {
		t.Chooser = "timed"
	}
	for _, kv := range s.Overrides() {
		t.Settings = append(t.Settings, kv.Key+"="+kv.Value)
	}
	for _, name := range opt.Mutations {
		t.Settings = append(t.Settings, mutatePrefix+name)
	}
	return t
}

// mutatePrefix marks a mutation among a token's settings.
const mutatePrefix = "mutate="

// CPUState is what a CPU does at the end of a run.
type CPUState struct {
	CPU   int      // its number
	Task  string   // comm/pid
	State string   // of the interrupt flag and preempt_count
	Waits string   // what it spins for, empty if it does not
	Held  []string // locks it holds
	Stack []string // innermost first; captured runs only
}

func (m *Machine) cpuStates() []CPUState {
	var out []CPUState
	for _, c := range m.CPU.CPUs {
		x := c.Current()
		irqs := "on"
		if c.IrqsDisabled() {
			irqs = "off"
		}
		st := CPUState{
			CPU: c.ID, Task: fmt.Sprintf("%s/%d", x.Comm, x.PID), Held: m.CPU.HeldBy(c),
			State: fmt.Sprintf("irqs %s, preempt_count %#x", irqs, c.Count()),
		}
		if w := c.Waiting(); w != nil {
			st.Waits = w.Kind.String() + " " + w.On.AwaitedName()
		}
		if t := m.CPU.Tracer; t != nil {
			st.Stack = t.Walk(x)
		}
		out = append(out, st)
	}
	return out
}
