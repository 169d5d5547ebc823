package watchdog

import (
	"fmt"

	"lockstep/cpu"
	"lockstep/cpu/sched"
	"lockstep/sim"
)

// Limits of kernel/hung_task.c.
const (
	maxWarnings = 10    // sysctl_hung_task_warnings
	maxCheck    = 32768 // sysctl_hung_task_check_count, PID_MAX_LIMIT's default
	batching    = 1024  // HUNG_TASK_BATCHING: the reader is left after so many
)

// seen is what khungtaskd keeps of a task.
type seen struct {
	switches uint64 // last_switch_count
	reported bool   // at that count
}

// hungThread is khungtaskd: sleep for a timeout, look at every task, again.
//
//kernel:fn watchdog kernel/hung_task.c
func (w *Watchdog) hungThread(x *cpu.Exec) {
	jiffies := uint64(w.cfg.HungTimeout * sim.Time(w.m.HZ) / sim.Second)
	for {
		for left := jiffies; left != 0; {
			left = w.tm.ScheduleTimeoutInterruptible(x, left)
		}
		w.checkTasks(x)
	}
}

// checkTasks is check_hung_uninterruptible_tasks(). The list of tasks is read
// as a reader; idle tasks are not on it. Who may have been made meanwhile is
// known behind the operation on the task before.
//
//kernel:fn check_hung_uninterruptible_tasks kernel/hung_task.c
func (w *Watchdog) checkTasks(x *cpu.Exec) {
	w.lastScan = x.Now()
	batch := batching
	w.m.Hooks.ReadLock(x)
	x.RecordOp()
	for i := 0; i < min(len(w.s.Tasks()), maxCheck); i++ {
		t := w.s.Tasks()[i]
		if t.Idle() {
			continue
		}
		if batch--; batch == 0 {
			batch = batching
			w.m.Hooks.ReadUnlock(x) // rcu_lock_break
			w.s.CondResched(x)
			w.m.Hooks.ReadLock(x)
		}
		// Exactly this state: who may be killed is not hung.
		if t.State.ReadOnce(x) == sched.Uninterruptible {
			w.checkTask(x, t)
		}
	}
	w.m.Hooks.ReadUnlock(x)
}

// checkTask is check_hung_task(), right behind the load of the state. A task
// that has never been switched to was created and not woken yet.
//
//kernel:fn check_hung_task kernel/hung_task.c
func (w *Watchdog) checkTask(x *cpu.Exec, t *sched.Task) {
	seen := w.tasks.Of(&t.Exec)
	if t.Switches == 0 {
		return
	}
	if t.Switches != seen.switches {
		seen.switches, seen.reported = t.Switches, false
		return
	}
	if w.warnings == 0 {
		return
	}
	w.warnings--
	seen.reported = true
	w.reportHung(x, t)
	w.m.Hooks.TouchNMI(x)
}

// reportHung is the message: a block of three lines, the task, its locks.
//
//kernel:fn check_hung_task kernel/hung_task.c
func (w *Watchdog) reportHung(x *cpu.Exec, t *sched.Task) {
	f := &cpu.Finding{
		Kind:  "hung-task",
		Title: fmt.Sprintf("INFO: task %s:%d blocked for more than %d seconds.", t.Comm, t.PID, w.cfg.HungTimeout/sim.Second),
	}
	x.Record(f)
	w.m.Hooks.Printk(x, cpu.LevelErr, f.Title, 0)
	w.m.Hooks.Printk(x, cpu.LevelErr, "      Not tainted "+w.m.Release, 0)
	w.m.Hooks.Printk(x, cpu.LevelErr, `"echo 0 > /proc/sys/kernel/hung_task_timeout_secs" disables this message.`, 0)
	w.s.ShowTask(x, t)
	// Its locks are its own to change: they are good to read only while it is
	// off its CPU and on no runqueue.
	if t.State.ReadOnce(x) == sched.Uninterruptible && t.OnRQ.Peek() == sched.NotQueued && !t.OnCPU.Peek() {
		x.ShowHeldLocks(&t.Exec)
	}
}

// unreported reports whether a task is left that khungtaskd will report, if
// nothing happens.
func (w *Watchdog) unreported() bool {
	if w.warnings == 0 {
		return false
	}
	for _, t := range w.s.Tasks() {
		if t.State.Peek() == sched.Uninterruptible && t.Switches > 0 && !t.Idle() {
			if seen := w.tasks.Peek(&t.Exec); seen == nil || !seen.reported || seen.switches != t.Switches {
				return true
			}
		}
	}
	return false
}
