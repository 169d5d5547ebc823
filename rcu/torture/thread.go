package torture

import (
	"fmt"
	"lockstep/cpu"
	"lockstep/cpu/sched"
)

// maxComm is how much of a thread's name fits its task's.
const maxComm = 15

// create is torture_create_kthread(): a thread named after its function, which
// is shuffled from now on.
//
//kernel:fn _torture_create_kthread kernel/torture.c
func (t *Torture) create(x *cpu.Exec, name string, fn func(x *cpu.Exec)) *sched.Kthread {
	t.verbose(x, "Creating "+name+" task")
	k := t.s.KthreadRun(x, name[:min(len(name), maxComm)], func(x *cpu.Exec, _ *sched.Kthread) int {
		t.verbose(x, name+" task started")
		fn(x)
		t.stopping(x, name)
		return 0
	})
	t.shuffleRegister(x, k.Task)
	return k
}

// stopping is torture_kthread_stopping(): a thread that is through waits for
// who stops it.
//
//kernel:fn torture_kthread_stopping kernel/torture.c
func (t *Torture) stopping(x *cpu.Exec, name string) {
	t.verbose(x, "Stopping "+name)
	for !t.shouldStop(x) {
		t.tm.ScheduleTimeoutUninterruptible(x, 1)
	}
}

// stop is torture_stop_kthread().
//
//kernel:fn _torture_stop_kthread kernel/torture.c
func (t *Torture) stop(x *cpu.Exec, name string, k ...*sched.Kthread) {
	for _, k := range k {
		if k != nil {
			t.verbose(x, "Stopping "+name+" task")
			k.Stop(x)
		}
	}
}

func (t *Torture) shouldStop(x *cpu.Exec) bool { return t.s.Task(x).Kthread().ShouldStop(x) }

// mustStop is torture_must_stop().
//
//kernel:fn torture_must_stop kernel/torture.c
func (t *Torture) mustStop(x *cpu.Exec) bool { return t.mustStopIrq(x) || t.shouldStop(x) }

// mustStopIrq is torture_must_stop_irq(), for who is no thread.
//
//kernel:fn torture_must_stop_irq kernel/torture.c
func (t *Torture) mustStopIrq(x *cpu.Exec) bool { return t.fullstop.ReadOnce(x) != dontStop }

// sleep is schedule_timeout_interruptible().
func (t *Torture) sleep(x *cpu.Exec, jiffies uint64) {
	t.tm.ScheduleTimeoutInterruptible(x, jiffies)
}

func (t *Torture) jiffies(x *cpu.Exec) uint64 { return t.m.Jiffies.ReadOnce(x) }

// out prints a line of the module's.
func (t *Torture) out(x *cpu.Exec, format string, args ...any) {
	t.alert(x, t.ops.name+"-torture: "+fmt.Sprintf(format, args...))
}

// verbose is VERBOSE_TOROUT_STRING().
func (t *Torture) verbose(x *cpu.Exec, text string) {
	if t.p.Verbose {
		t.out(x, "%s", text)
	}
}

// alert is pr_alert().
func (t *Torture) alert(x *cpu.Exec, text string) { t.m.Hooks.Printk(x, cpu.LevelAlert, text, 0) }
