package perf

import (
	"lockstep/cpu"
	"lockstep/cpu/sched"
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
	if err := p.ic.CallFunctionSingle(x, task.TaskCPU(), func(x *cpu.Exec) {
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
	return p.s.RQ(task.TaskCPU()).Curr.ReadOnce(x) == task
}
