package timer

import (
	"math/bits"

	"lockstep/cpu"
)

// Mod is mod_timer(): (re)arm the timer for the given jiffy, or, as its slack
// permits, a little later. It returns whether it was pending. One that is
// pending for that jiffy already is left alone after a look without the lock.
//
//kernel:fn mod_timer kernel/time/timer.c
func (t *Timers) Mod(x *cpu.Exec, tm *Timer, expires uint64) bool {
	expires = t.applySlack(x, tm, expires)
	if tm.line != nil && tm.Pending(x) && tm.expires == expires {
		return true
	}
	return t.mod(x, tm, expires, false)
}

// ModPinned is mod_timer_pinned(): on this CPU, without slack.
//
//kernel:fn mod_timer_pinned kernel/time/timer.c
func (t *Timers) ModPinned(x *cpu.Exec, tm *Timer, expires uint64) bool {
	if tm.line != nil && tm.Pending(x) && tm.expires == expires {
		return true
	}
	return t.mod(x, tm, expires, true)
}

// applySlack is apply_slack(): of the jiffies that will do, the one with the
// most zeros at its end.
//
//kernel:fn apply_slack kernel/time/timer.c
func (t *Timers) applySlack(x *cpu.Exec, tm *Timer, expires uint64) uint64 {
	limit := expires
	if tm.slack > 0 {
		limit += uint64(tm.slack - 1)
	} else {
		delta := int64(expires - t.m.Jiffies.ReadOnce(x))
		if delta < 256 {
			return expires
		}
		limit += uint64(delta) / 256
	}
	differs := expires ^ limit
	if differs == 0 {
		return expires
	}
	return limit &^ (1<<(bits.Len64(differs)-1) - 1)
}

// mod is __mod_timer(). The timer comes to the base of the CPU that is to be
// interrupted for it, unless its function runs: who deletes it must find it
// there. Of two bases one lock is held at a time, and in between the timer says
// that it is moving.
//
//kernel:fn __mod_timer kernel/time/timer.c
func (t *Timers) mod(x *cpu.Exec, tm *Timer, expires uint64, pinned bool) bool {
	b, f := t.lockBase(x, tm)
	if b == nil { // a timer of one owner, for the first time
		f = cpu.LocalIrqSave(x)
		b = &t.bases[x.CPU().ID]
		b.lock.Lock(x)
		tm.base = b
	}
	was := tm.isPending()
	if was {
		t.detach(x, tm)
	}
	to := &t.bases[t.target(x, pinned)]
	if to != b && b.running.Peek() != tm {
		tm.store(x)
		tm.moving = true
		b.lock.Unlock(x)
		b = to
		b.lock.Lock(x)
		tm.store(x)
		tm.base, tm.moving = b, false
	}
	tm.expires = expires
	t.insert(x, b, tm)
	b.lock.UnlockIrqrestore(x, f)
	return was
}

// target is get_target_base(): this CPU, or, where CPUs stop their ticks, one
// that is awake anyhow.
//
//kernel:fn get_target_base kernel/time/timer.c
func (t *Timers) target(x *cpu.Exec, pinned bool) int {
	if pinned || !t.nohz {
		return x.CPU().ID
	}
	return t.s.NohzTimerTarget(x)
}

// AddOn is add_timer_on(): arm a timer that is not pending, for the given
// jiffy, on the given CPU. Its base is changed under the new one's lock only,
// which is right as long as nobody else has a hand on the timer.
//
//kernel:fn add_timer_on kernel/time/timer.c
func (t *Timers) AddOn(x *cpu.Exec, tm *Timer, expires uint64, c int) {
	if tm.Pending(x) {
		cpu.Bug(x, "kernel/time/timer.c", "add_timer_on() of a timer that is pending")
	}
	b := &t.bases[c]
	f := b.lock.LockIrqsave(x)
	tm.store(x)
	tm.base, tm.expires = b, expires
	t.insert(x, b, tm)
	b.lock.UnlockIrqrestore(x, f)
}

// insert is internal_add_timer(). A base without timers first catches up with
// jiffies, which come right behind the lock operation. The kernel sets it to
// jiffies even if that is done already; here it never goes back. A CPU that
// sleeps without a tick is told, unless the timer is one that can wait.
//
//kernel:fn internal_add_timer kernel/time/timer.c
func (t *Timers) insert(x *cpu.Exec, b *base, tm *Timer) {
	b.lock.AssertHeld(x)
	tm.relink(x)
	if b.wheel == nil {
		b.wheel = new(wheel)
	}
	if b.all == 0 {
		b.jiffies = max(b.jiffies, t.m.Jiffies.Peek())
	}
	b.wheel.add(tm, b.jiffies)
	b.all++
	t.pending++
	if tm.lazy() {
		t.lazy++
		return
	}
	b.active++
	if t.nohz && !t.m.Mutated("timer.no-kick") {
		t.s.WakeUpNohzCPU(x, b.on.ID)
	}
}

// detach is detach_timer() with its accounting.
//
//kernel:fn detach_if_pending kernel/time/timer.c
func (t *Timers) detach(x *cpu.Exec, tm *Timer) {
	tm.base.lock.AssertHeld(x)
	tm.relink(x)
	tm.unlink()
	tm.base.all--
	t.pending--
	if tm.lazy() {
		t.lazy--
	} else {
		tm.base.active--
	}
}

// MigrateFrom is migrate_timers(): all timers of a CPU that is dead come to
// x's CPU.
//
//kernel:fn migrate_timers kernel/time/timer.c
func (t *Timers) MigrateFrom(x *cpu.Exec, dead int) {
	from := &t.bases[dead]
	cpu.PreemptDisable(x)
	to := &t.bases[x.CPU().ID]
	to.lock.LockIrq(x)
	from.lock.LockNested(x, 1)
	if from.running.Peek() != nil {
		cpu.Bug(x, "kernel/time/timer.c", "a dead CPU runs a timer")
	}
	var list []*Timer
	if from.all > 0 {
		from.wheel.each(func(_ int, tm *Timer) { list = append(list, tm) })
	}
	for _, tm := range list {
		t.detach(x, tm)
		tm.base = to
		t.insert(x, to, tm)
	}
	from.lock.Unlock(x)
	to.lock.UnlockIrq(x)
	cpu.PreemptEnable(x)
}
