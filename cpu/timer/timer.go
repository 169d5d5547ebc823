package timer

import (
	"lockstep/cpu"
	"lockstep/cpu/lock"
	"lockstep/cpu/lockdep"
	"lockstep/cpu/sched"
	"lockstep/sim"
)

// Timer is timer_list.
type Timer struct {
	expires uint64
	fn      func(x *cpu.Exec)
	base    *base // where it is or was last; nil: it never was
	next    *Timer
	pprev   **Timer // what points to it; nil: it is not pending
	// moving is TIMER_MIGRATING: it has left its base and is not yet on the
	// next, whose lock is being waited for.
	moving  bool
	flags   Flags
	slack   int         // of jiffies, and one; 0: the default
	name    string      // for views; "" of a timer without an identity
	sleeper *sched.Task // of schedule_timeout, for views
	dep     lockdep.Map // held while fn runs, if the timer has a class
	quiet   bool        // of an observer: it keeps no machine from being quiescent
	// line is where others look at the timer without its base's lock: an
	// object of its own, or, of a timer on a sleeping task's stack, that of
	// the task's state. A timer of one owner, who has a lock for it, has none.
	line *sim.Obj
	obj  sim.Obj
}

// Flags are properties of a timer.
type Flags uint8

// Properties of timers.
const (
	// Deferrable: it can wait until its CPU is busy with something else. As
	// it keeps no CPU's tick going, it keeps no machine from being quiescent.
	Deferrable Flags = 1 << iota
	// IrqSafe: its function runs with interrupts off, so that it may be
	// waited for with interrupts off.
	IrqSafe
)

// base is tvec_base: one CPU's timers.
type base struct {
	on      *cpu.CPU // whose it is
	lock    lock.Raw
	wheel   *wheel          // 4 KiB, made for the first timer
	expired *Timer          // taken off the wheel, not called yet
	running cpu.Var[*Timer] // whose function runs
	waiters []*cpu.Wait     // until it has returned
	jiffies uint64          // timer_jiffies: expiries before it are done
	all     int             // all_timers
	active  int             // active_timers: those that are not deferrable
}

var baseLockKey = lockdep.Key{Name: "&(&base->lock)->rlock"}

func (b *base) init(c *cpu.CPU, m *cpu.Machine) {
	b.on, b.jiffies = c, InitialJiffies
	outer := m.Within("timer_base", c.ID)
	b.lock.Init(m, "->lock", &baseLockKey)
	b.running.Init(m, "->running_timer", nil)
	m.Leave(outer)
	b.lock.Guards(b.running.Obj())
}

// Init sets the function that runs, in softirq context, when the timer
// expires. Only its owner, or who holds a lock of the owner's, may arm and
// delete it; for others [Timers.InitTimer] is there.
func (tm *Timer) Init(fn func(x *cpu.Exec)) { tm.fn = fn }

// InitDeferrable is Init for a deferrable timer.
//
//kernel:fn init_timer_key kernel/time/timer.c
func (tm *Timer) InitDeferrable(fn func(x *cpu.Exec)) { tm.fn, tm.flags = fn, Deferrable }

// InitTimer makes a timer that any context may arm and delete, before the
// machine runs or right behind [cpu.Exec.Kmalloc]; it belongs to CPU 0 at
// first. If it has a key the validator sees it: for it the timer is a lock that
// is held while fn runs and that [Timers.DelSync] takes, so that waiting for a
// function that needs a lock one holds is found. The kernel's own timers on
// this machine are such that nobody waits for them under a lock their
// functions take, and go without.
//
//kernel:fn init_timer_key kernel/time/timer.c
func (t *Timers) InitTimer(tm *Timer, name string, flags Flags, key *lockdep.Key, fn func(x *cpu.Exec)) {
	tm.fn, tm.flags, tm.name, tm.base = fn, flags, name, &t.bases[0]
	tm.obj = t.m.NewObj(name)
	tm.line = &tm.obj
	if key != nil {
		tm.dep.Init(key)
	}
}

// SetSlack is set_timer_slack(): by how many jiffies [Timers.Mod] may put the
// expiry off, so that timers come together. Without it that is 1/256 of the
// time until then.
//
//kernel:fn set_timer_slack kernel/time/timer.c
func (tm *Timer) SetSlack(jiffies int) { tm.slack = jiffies + 1 }

func (tm *Timer) isPending() bool { return tm.pprev != nil }

func (tm *Timer) lazy() bool { return tm.flags&Deferrable != 0 }

// look is a load of what others may change of the timer.
func (tm *Timer) look(x *cpu.Exec) {
	if tm.line != nil {
		x.Op(cpu.KindRead, tm.line, sim.AccessRead, x.Machine().Costs.Load)
	}
}

// store is a store to the timer that others may look at.
func (tm *Timer) store(x *cpu.Exec) {
	if tm.line != nil {
		x.Op(cpu.KindWrite, tm.line, sim.AccessWrite, x.Machine().Costs.Store)
	}
}

// relink is a store to what timer_pending() looks at, under the base's lock.
// Nobody asks that of a sleeping task's timer.
func (tm *Timer) relink(x *cpu.Exec) {
	if tm.line == &tm.obj {
		tm.store(x)
	}
}

// Pending is timer_pending(), which is a look without a lock.
//
//kernel:fn timer_pending include/linux/timer.h
func (tm *Timer) Pending(x *cpu.Exec) bool {
	tm.look(x)
	return tm.isPending()
}

// lockBase is lock_timer_base(): the timer may move to another base until the
// lock of the one it is on is held, and while it moves it is on none. It
// returns nil, and no lock, for a timer that never had one.
//
//kernel:fn lock_timer_base kernel/time/timer.c
func (t *Timers) lockBase(x *cpu.Exec, tm *Timer) (*base, cpu.Flags) {
	for {
		tm.look(x)
		b := tm.base
		if b == nil {
			return nil, false
		}
		if !tm.moving {
			f := b.lock.LockIrqsave(x)
			// Who moves it does so under this lock.
			if tm.base == b && !tm.moving {
				return b, f
			}
			b.lock.UnlockIrqrestore(x, f)
		}
		x.Delay(t.m.Costs.LineMiss) // cpu_relax
	}
}
