package perf

import (
	"lockstep/cpu"
	"lockstep/cpu/sched"
	"lockstep/sim"
)

// taskFunctionCall is task_function_call(): run fn on the CPU where task is
// current, in hardirq context. ErrSRCH means that it did not look as if it
// were running, errAgain that it was gone when the call arrived; in both
// cases fn has not run. Interrupts must be on, and no spinlock held.
//
//kernel:fn task_function_call kernel/events/core.c
func (p *Perf) taskFunctionCall(x *cpu.Exec, task *sched.Task, fn func(x *cpu.Exec)) error {
	if !p.taskCurr(x, task) {
		return ErrSRCH
	}
	ret := ErrSRCH
	if err := p.ic.CallFunctionSingle(x, task.ReadCPU(x), func(x *cpu.Exec) {
		ret = p.remoteFunction(x, task, fn)
	}, true); err != nil {
		return err
	}
	return ret
}

// remoteFunction is remote_function(): the call has arrived. With interrupts
// off the CPU's current task cannot change while fn runs.
//
//kernel:fn remote_function kernel/events/core.c
func (p *Perf) remoteFunction(x *cpu.Exec, task *sched.Task, fn func(x *cpu.Exec)) error {
	if p.s.ThisRQ(x).Curr.Peek() != task {
		return errAgain
	}
	fn(x)
	return nil
}

// taskCurr is task_curr(): two looks without a lock, good for a guess.
//
//kernel:fn task_curr kernel/sched/core.c
func (p *Perf) taskCurr(x *cpu.Exec, task *sched.Task) bool {
	return p.s.RQ(task.ReadCPU(x)).Curr.ReadOnce(x) == task
}

// Bounds of tryLater.
const (
	atOnce   = 4
	firstGap = 100 * sim.Nanosecond
	longest  = 50 * sim.Microsecond
)

// tryLater comes between two tries of a cross-call whose target is just being
// switched. The kernel tries again at once, for as long as the switch takes:
// that is a console's 400 ms if lockdep reports something in it. A spinner
// must not burn events, so behind the first few tries time passes in one
// piece, growing with what has passed; interrupts and preemption come in as
// they would between two tries.
func (p *Perf) tryLater(x *cpu.Exec, n int) {
	if n >= atOnce {
		x.Delay(min(firstGap<<min(n-atOnce, 20), longest))
	}
}
