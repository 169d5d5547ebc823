package softirq

import "lockstep/cpu"

// Disable is tasklet_disable(): it returns when the function does not run, and
// it will not until it is enabled again. A scheduled tasklet stays scheduled,
// and its CPU looks at it in every pass.
//
//kernel:fn tasklet_disable include/linux/interrupt.h
func (t *TaskletWork) Disable(x *cpu.Exec) {
	t.DisableNosync(x)
	t.unlockWait(x)
	x.Spend(t.q.m.Costs.Barrier)
}

// DisableNosync is tasklet_disable_nosync(): the function may still be running.
//
//kernel:fn tasklet_disable_nosync include/linux/interrupt.h
func (t *TaskletWork) DisableNosync(x *cpu.Exec) {
	t.count.Update(x, func(n int) int { return n + 1 })
}

// Enable is tasklet_enable().
//
//kernel:fn tasklet_enable include/linux/interrupt.h
func (t *TaskletWork) Enable(x *cpu.Exec) {
	t.count.Update(x, func(n int) int { return n - 1 })
}

// Kill is tasklet_kill(): it waits until the tasklet is neither scheduled nor
// running, having taken SCHED for itself meanwhile, so nobody else can schedule
// it. One that is disabled and scheduled never gets there, and one that
// schedules itself may not. It sleeps, or rather yields until SCHED is clear.
//
//kernel:fn tasklet_kill kernel/softirq.c
func (t *TaskletWork) Kill(x *cpu.Exec) {
	if x.CPU().InInterrupt() {
		t.q.m.Hooks.Printk(x, cpu.LevelNotice, "Attempt to kill tasklet from interrupt", 0)
	}
	for t.set(x, taskletSched) {
		for {
			t.q.s.Schedule(x) // yield: running, so it comes back
			if t.state.ReadOnce(x)&taskletSched == 0 {
				break
			}
		}
	}
	t.unlockWait(x)
	t.state.Update(x, func(s uint32) uint32 { return s &^ taskletSched })
}

// unlockWait is tasklet_unlock_wait(): spin while the function runs. The
// spinner may be preempted, and on the CPU that runs it cannot be but in a
// context on top, which then waits for itself.
//
//kernel:fn tasklet_unlock_wait include/linux/interrupt.h
func (t *TaskletWork) unlockWait(x *cpu.Exec) {
	for t.state.ReadOnce(x)&taskletRun != 0 {
		w := x.BeginWait(cpu.WaitQueue, t, t.state.Obj())
		w.Next, t.spinners = t.spinners, w
		if x.SpinOnce(w) {
			continue
		}
		for at := &t.spinners; *at != nil; at = &(*at).Next {
			if *at == w {
				*at = w.Next
				break
			}
		}
		x.TakeInterrupt()
	}
}

// AwaitedName implements [cpu.Awaited].
func (t *TaskletWork) AwaitedName() string { return "tasklet " + t.name }

// Holder implements [cpu.Awaited]: the CPU that runs the function.
func (t *TaskletWork) Holder(*cpu.Wait) cpu.Holder {
	if t.runs == nil {
		return cpu.Holder{}
	}
	return cpu.Holder{CPU: t.runs, How: "run"}
}

// TaskletView is a tasklet as views show it.
type TaskletView struct {
	Name      string // as it was made
	Hi        bool   // of HI_SOFTIRQ
	Scheduled bool   // on a list, or being killed
	Running   bool   // its function runs
	Disabled  int    // how often
}

// View returns the tasklet's present state.
func (t *TaskletWork) View() TaskletView {
	s := t.state.Peek()
	return TaskletView{t.name, t.nr == Hi, s&taskletSched != 0, s&taskletRun != 0, t.count.Peek()}
}

// Tasklets returns what is on a CPU's lists, in the order it will run, HI
// first.
func (q *Softirq) Tasklets(c int) []TaskletView {
	if q.tasklets == nil {
		return nil
	}
	var vs []TaskletView
	l := q.tasklets.Of(c)
	for _, t := range append(append([]*TaskletWork(nil), l.hi...), l.normal...) {
		vs = append(vs, t.View())
	}
	return vs
}
