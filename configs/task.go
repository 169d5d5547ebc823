package configs

import (
	"fmt"

	"go.starlark.net/starlark"
	"go.starlark.net/syntax"

	"lockstep/cpu"
	"lockstep/cpu/sched"
)

// body is a task's Starlark program in execution.
type body struct {
	m      *Machine
	i      int
	task   *sched.Task
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
	b.thread = &starlark.Thread{Name: b.m.prog.scenario.Tasks[b.i].Name}
	b.thread.SetLocal(bodyKeyLocal, b)
	b.thread.SetMaxExecutionSteps(maxIdleSteps)
	b.thread.OnMaxSteps = func(t *starlark.Thread) {
		t.Cancel(fmt.Sprintf("%d steps without an operation: virtual time would never go on", maxIdleSteps))
	}
}

// call runs a Starlark function in the context of x, another task's perhaps:
// a callback, or a function that another CPU was asked to run.
func (b *body) call(x *cpu.Exec, fn starlark.Callable) {
	other := &body{m: b.m, i: b.i, task: b.task}
	other.newThread(x)
	x.Callbacks = append(x.Callbacks, other.positions)
	if _, err := starlark.Call(other.thread, fn, nil, nil); err != nil {
		other.fail(err)
	}
	x.Callbacks = x.Callbacks[:len(x.Callbacks)-1]
}

// fail ends the run with an error of the body.
func (b *body) fail(err error) {
	b.x.RecordOp() // whose error ends the run is a matter of the operations' order
	if b.m.err == nil {
		b.m.err = Diagnostics{EvalDiagnostic(b.m.prog.scenario, b.i, err)}.Err()
	}
	b.m.CPU.E.Stop()
}

// positions says where the body stands, innermost function first.
func (b *body) positions() []cpu.Position {
	var out []cpu.Position
	for d := range b.thread.CallStackDepth() {
		f := b.thread.CallFrame(d)
		if f.Pos.Line <= 0 {
			continue // a builtin
		}
		p := cpu.Position{File: b.m.prog.scenario.file, Line: b.line(f.Pos), Task: b.task.Comm}
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
