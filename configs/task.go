package configs

import (
	"fmt"
	"slices"

	"go.starlark.net/starlark"
	"go.starlark.net/syntax"

	"lockstep/cpu"
)

// body is a Starlark program in execution.
type body struct {
	m      *Machine
	i      int       // its number
	x      *cpu.Exec // who runs it: the task, or whoever runs its callback
	thread *starlark.Thread
	lines  map[syntax.Position]int // in the scenario's file; what was asked for
}

// bodyKeyLocal is where a Starlark thread keeps its body.
const bodyKeyLocal = "body"

// maxIdleSteps bounds what a body computes between two operations; virtual
// time stands still meanwhile, so a loop without operations would never end.
const maxIdleSteps = 10_000_000

// run is the task's life: its program, then the kernel's exit path.
//
//kernel:fn entry_SYSCALL_64_fastpath arch/x86/entry/entry_64.S
func (b *body) run(x *cpu.Exec) {
	b.newThread(x)
	b.m.begun = true
	x.Position = b.positions
	if _, err := b.m.prog.bodies[b.i].Init(b.thread, builtins); err != nil {
		b.fail(err)
	}
	x.Position = nil
	b.m.Perf.ExitTask(x)
}

func (b *body) newThread(x *cpu.Exec) {
	b.x = x
	b.thread = &starlark.Thread{Name: b.m.prog.texts[b.i].owner}
	b.thread.SetLocal(bodyKeyLocal, b)
	b.thread.SetMaxExecutionSteps(maxIdleSteps)
	b.thread.OnMaxSteps = func(t *starlark.Thread) {
		t.Cancel(fmt.Sprintf("%d steps without an operation: virtual time would never go on", maxIdleSteps))
	}
}

// call runs a Starlark function of b's program in the context of x, another
// task's perhaps: a callback, or a function that another CPU was asked to run.
// Without a function it runs the whole program. It returns what the function
// returns, or the program's globals.
func (b *body) call(x *cpu.Exec, fn starlark.Callable, args ...starlark.Value) (v starlark.Value, globals starlark.StringDict) {
	other := &body{m: b.m, i: b.i}
	other.newThread(x)
	x.Callbacks = append(x.Callbacks, other.positions)
	var err error
	if fn != nil {
		v, err = starlark.Call(other.thread, fn, args, nil)
	} else {
		globals, err = b.m.prog.bodies[b.i].Init(other.thread, builtins)
	}
	if err != nil {
		other.fail(err)
	}
	x.Callbacks = x.Callbacks[:len(x.Callbacks)-1]
	return v, globals
}

// script returns what runs the program at a path of the file in whatever
// context calls it, and whether there is one. Every run has globals of its own,
// also one that interrupts another: what is to last, or to be seen elsewhere,
// is in shared objects.
func (m *Machine) script(path string) (run func(x *cpu.Exec) starlark.StringDict, ok bool) {
	i := slices.IndexFunc(m.prog.texts, func(t programText) bool { return t.path == path })
	if i < 0 {
		return nil, false
	}
	b := &body{m: m, i: i}
	return func(x *cpu.Exec) starlark.StringDict {
		_, globals := b.call(x, nil)
		return globals
	}, true
}

// fail ends the run with an error of the body.
func (b *body) fail(err error) { b.m.stop(b.x, EvalDiagnostic(b.m.prog.scenario, b.i, err)) }

// fail ends the run with an error of what stands at a path of the file.
func (m *Machine) fail(x *cpu.Exec, path string, err error) {
	s := m.prog.scenario
	d := Diagnostic{File: s.file, Msg: err.Error()}
	if s.pos != nil {
		d.Line, d.Col = s.pos.value(path)
	}
	m.stop(x, d)
}

// stop ends the run with an error; the first one counts.
func (m *Machine) stop(x *cpu.Exec, d Diagnostic) {
	x.RecordOp() // whose error ends the run is a matter of the operations' order
	if m.err == nil {
		m.err = Diagnostics{d}.Err()
	}
	m.CPU.E.Stop()
}

// positions says where the body stands, innermost function first.
func (b *body) positions() []cpu.Position {
	var out []cpu.Position
	for d := range b.thread.CallStackDepth() {
		f := b.thread.CallFrame(d)
		if f.Pos.Line <= 0 {
			continue // a builtin
		}
		p := cpu.Position{File: b.m.prog.scenario.file, Line: b.line(f.Pos), Task: b.m.prog.texts[b.i].owner}
		if f.Name != topLevel {
			p.Func = f.Name
		}
		out = append(out, p)
	}
	return out
}

// topLevel is what Starlark calls a program outside of its functions.
const topLevel = "<toplevel>"

// line is the line of the scenario's file for a position in the body.
func (b *body) line(pos syntax.Position) int {
	line, ok := b.lines[pos]
	if !ok {
		line, _ = BodyPos(b.m.prog.scenario, b.i, pos)
		if b.lines == nil {
			b.lines = map[syntax.Position]int{}
		}
		b.lines[pos] = line
	}
	return line
}
