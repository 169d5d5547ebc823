package timer

import "lockstep/cpu"

// runTimerSoftirq is run_timer_softirq() with __run_timers(): jiffy by jiffy,
// the whole bucket each. Timers of it that are deleted meanwhile are still
// linked, to expired. Jiffies are read once; what they grow while functions
// run is the next softirq's. A base without timers is done with this jiffy,
// where the kernel would look at it once more.
//
//kernel:fn run_timer_softirq kernel/time/timer.c
func (t *Timers) runTimerSoftirq(x *cpu.Exec) {
	b := &t.bases[x.CPU().ID]
	now := t.m.Jiffies.ReadOnce(x)
	if now < b.jiffies {
		return
	}
	b.lock.LockIrq(x)
	for b.jiffies <= now {
		if b.all == 0 {
			b.jiffies = now + 1
			break
		}
		next := b.jiffies
		b.jiffies++
		b.wheel.turn(next, &b.expired)
		for b.expired != nil {
			tm := b.expired
			b.setRunning(x, tm)
			t.detach(x, tm)
			if tm.flags&IrqSafe != 0 {
				b.lock.Unlock(x)
				t.call(x, tm)
				b.lock.Lock(x)
			} else {
				b.lock.UnlockIrq(x)
				t.call(x, tm)
				b.lock.LockIrq(x)
			}
		}
	}
	if b.running.Peek() != nil { // only this softirq sets it
		b.setRunning(x, nil)
	}
	b.lock.UnlockIrq(x)
}

// call is call_timer_fn().
//
//kernel:fn call_timer_fn kernel/time/timer.c
func (t *Timers) call(x *cpu.Exec, tm *Timer) {
	before := x.CPU().Count()
	mapped := tm.dep.Key() != nil // fn may free the timer
	if mapped {
		x.MapLock(&tm.dep, 0)
	}
	tm.fn(x)
	if mapped {
		x.MapUnlock(&tm.dep)
	}
	if x.CPU().Count() != before {
		cpu.WarnOnce(x, true, "kernel/time/timer.c", "timer left another preempt_count")
		x.CPU().SetCount(before)
	}
}

// NextTimerInterrupt is get_next_timer_interrupt() of x's CPU, with
// interrupts off: the jiffy in which the wheel next needs a tick, not counting
// deferrable timers. ok is false if it needs none. The kernel keeps the
// answer in next_timer; it is looked for each time here.
//
//kernel:fn get_next_timer_interrupt kernel/time/timer.c
func (t *Timers) NextTimerInterrupt(x *cpu.Exec) (expires uint64, ok bool) {
	b := &t.bases[x.CPU().ID]
	b.lock.Lock(x)
	if b.active > 0 {
		expires, ok = b.wheel.next(b.jiffies)
	}
	b.lock.Unlock(x)
	return expires, ok
}
