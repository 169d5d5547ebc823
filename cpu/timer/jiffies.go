package timer

import (
	"lockstep/cpu"
	"lockstep/cpu/lockdep"
	"lockstep/sim"
)

// noDoTimer is TICK_DO_TIMER_NONE: the CPU that advanced jiffies has stopped
// its tick, and whoever ticks next takes the duty.
const noDoTimer = -1

// jiffies is what jiffies_lock protects besides the counter itself.
type jiffies struct {
	last    cpu.Var[sim.Time] // last_jiffies_update
	doTimer cpu.Var[int]      // tick_do_timer_cpu; written without the lock
}

var (
	jiffiesSeqKey  = lockdep.Key{Name: "jiffies_lock"}
	jiffiesLockKey = lockdep.Key{Name: "jiffies_lock"}
)

func (t *Timers) initJiffies() {
	t.jiffiesLock.Init(t.m, "jiffies_lock", &jiffiesSeqKey, &jiffiesLockKey)
	t.jiffies.last.Init(t.m, "last_jiffies_update", 0)
	t.jiffiesLock.Guards(t.jiffies.last.Obj(), t.m.Jiffies.Obj())
	t.jiffies.doTimer.Init(t.m, "tick_do_timer_cpu", 0)
	t.m.Jiffies.Poke(InitialJiffies)
}

// updateJiffies is tick_do_update_jiffies64(): as many as periods have passed.
// It looks without the lock first; who comes with another, because both took
// the duty or both left idle at once, finds behind the lock that there is
// nothing to do. The time of day follows, behind the lock.
//
//kernel:fn tick_do_update_jiffies64 kernel/time/tick-sched.c
func (t *Timers) updateJiffies(x *cpu.Exec, now sim.Time) {
	j := &t.jiffies
	if now-j.last.ReadOnce(x) < t.period {
		return
	}
	t.jiffiesLock.WriteLock(x)
	n := (now - j.last.Peek()) / t.period
	if n <= 0 {
		t.jiffiesLock.WriteUnlock(x)
		return
	}
	j.last.WriteOnce(x, j.last.Peek()+n*t.period)
	t.m.Jiffies.WriteOnce(x, t.m.Jiffies.Peek()+uint64(n)) // do_timer()
	t.jiffiesLock.WriteUnlock(x)
	if t.tk != nil {
		t.tk.UpdateWallTime(x)
	}
}

// doTimer is tick_sched_do_timer(): the duty is taken without a lock if nobody
// has it. Two who take it at once both update, one behind the other, and the
// later store says who has it from then on.
//
//kernel:fn tick_sched_do_timer kernel/time/tick-sched.c
func (t *Timers) doTimer(x *cpu.Exec, now sim.Time) {
	c := x.CPU().ID
	owner := t.jiffies.doTimer.ReadOnce(x)
	if owner == noDoTimer {
		t.jiffies.doTimer.WriteOnce(x, c)
		owner = t.jiffies.doTimer.ReadOnce(x)
	}
	if owner == c {
		t.updateJiffies(x, now)
	}
}

// snapshot reads jiffies and when they were advanced, of one moment.
func (t *Timers) snapshot(x *cpu.Exec) (jiffy uint64, at sim.Time) {
	for {
		seq := t.jiffiesLock.ReadBegin(x)
		at = t.jiffies.last.ReadOnce(x)
		jiffy = t.m.Jiffies.ReadOnce(x)
		if !t.jiffiesLock.ReadRetry(x, seq) {
			return jiffy, at
		}
	}
}
