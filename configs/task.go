package configs

import (
	"fmt"
	"path/filepath"

	"go.starlark.net/starlark"

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
	x.Position = b.position
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
	if _, err := starlark.Call(other.thread, fn, nil, nil); err != nil {
		other.fail(err)
	}
}

// fail ends the run with an error of the body.
func (b *body) fail(err error) {
	if b.m.err == nil {
		b.m.err = Diagnostics{EvalDiagnostic(b.m.prog.scenario, b.i, err)}.Err()
	}
	b.m.CPU.E.Stop()
}

// position says where the body stands, for the bottom of a stack.
func (b *body) position() string {
	if b.thread.CallStackDepth() == 0 {
		return ""
	}
	for d := range b.thread.CallStackDepth() {
		if pos := b.thread.CallFrame(d).Pos; pos.Line > 0 {
			line, _ := BodyPos(b.m.prog.scenario, b.i, pos)
			return fmt.Sprintf("%s:%d (task %s)", filepath.Base(b.m.prog.scenario.file), line, b.task.Comm)
		}
	}
	return ""
}
