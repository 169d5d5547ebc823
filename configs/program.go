package configs

import (
	"maps"

	"go.starlark.net/starlark"
	"go.starlark.net/syntax"

	"lockstep/cpu"
	"lockstep/cpu/lockdep"
	"lockstep/sim"
)

// Program is a scenario ready to boot any number of machines, also at the
// same time: bodies compiled, names checked, tables translated.
type Program struct {
	scenario  *Scenario
	texts     []programText
	bodies    []*starlark.Program // of texts
	uses      map[string]bool     // names that some program mentions
	keys      []sharedKeys        // lock classes of the shared objects
	workKeys  []*lockdep.Key      // lock classes of the works
	timerKeys []*lockdep.Key      // and of the timers of the wheel
	need      part                // what the machine must have
	llc       []int
	costs     cpu.Costs
	starters  int    // tasks whose body calls start_line
	ref       string // what a token calls the scenario
	print     uint64 // the scenario's fingerprint
	want      Expect // what is expected of a run
	factors   *sim.Factors
}

// Scenario returns the scenario the program was prepared from.
func (p *Program) Scenario() *Scenario { return p.scenario }

// Prepare compiles and checks a scenario. The scenario must not be changed
// afterwards; prepare a clone after an override.
func Prepare(s *Scenario) (*Program, Diagnostics) {
	p := &Program{
		scenario: s, ref: s.Ref(), print: s.Fingerprint(), costs: s.costs(), llc: s.llc(), uses: map[string]bool{},
		want: s.Expectation(), factors: sim.NewFactors(s.Machine.Costs.Jitter),
	}
	var diags Diagnostics
	p.texts = s.programs()
	for i, text := range p.texts {
		prog, ds := CompileBody(s, i, isBuiltin, builtinNames...)
		if ds == nil {
			ds = CheckNames(s, i, builtinKinds)
		}
		diags = append(diags, ds...)
		p.bodies = append(p.bodies, prog)
		used := p.usedBy(text.text)
		if used["start_line"] && text.task {
			p.starters++
		} else if used["start_line"] {
			d := Diagnostic{File: s.file, Msg: "start_line is for tasks: " + text.owner + " cannot wait there"}
			d.Line, d.Col = BodyPos(s, i, syntax.MakePosition(&s.file, 1, 1))
			diags = append(diags, d)
		}
		maps.Copy(p.uses, used)
	}
	diags.sortByPlace()
	p.need, p.workKeys, p.timerKeys = p.parts(), s.makeWorkKeys(), s.makeTimerKeys()
	for i := range s.Shared {
		p.keys = append(p.keys, s.Shared[i].keys())
	}
	return p, diags
}

// usedBy returns the names that a program mentions, if it compiles. A builtin
// that is not among them cannot be called.
func (p *Program) usedBy(text string) map[string]bool {
	used := map[string]bool{}
	file, err := bodyOptions.Parse("", text, 0)
	if err != nil {
		return used
	}
	syntax.Walk(file, func(n syntax.Node) bool {
		if id, ok := n.(*syntax.Ident); ok {
			used[id.Name] = true
		}
		return true
	})
	return used
}

// costs translates [machine.costs].
func (s *Scenario) costs() cpu.Costs {
	spec := &s.Machine.Costs
	c := cpu.ProductionCosts()
	if spec.Preset == "prove-locking" {
		c = cpu.ProveLockingCosts()
	}
	if spec.LockdepNs >= 0 {
		c.Lockdep = sim.Time(spec.LockdepNs) / 2 // an acquire and a release
	}
	c.IPIMin, c.IPITypical, c.IPIMax = sim.Time(spec.IPIMinNs), sim.Time(spec.IPITypNs), sim.Time(spec.IPIMaxNs)
	c.LineMiss = sim.Time(spec.LineMissNs)
	return c
}

// llc translates machine.llc to a cache number per CPU: nil if all share one.
// A CPU in no group has a cache of its own.
func (s *Scenario) llc() []int {
	if len(s.Machine.LLC) == 0 {
		return nil
	}
	out := make([]int, s.Machine.CPUs)
	for i := range out {
		out[i] = len(s.Machine.LLC) + i
	}
	for g, cpus := range s.Machine.LLC {
		for _, c := range cpus {
			out[c] = g
		}
	}
	return out
}
