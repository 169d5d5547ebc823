package irq

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"lockstep/cpu"
	"lockstep/cpu/cputest"
	"lockstep/cpu/sched"
	"lockstep/cpu/timer"
	"lockstep/sim"
)

// hrBox is a machine whose local timers belong to high-resolution timers.
type hrBox struct {
	*box
	tk *timer.Timekeeper
	hr *timer.HRTimers
}

func newHRBox(cfg cpu.Config, mutations ...string) *hrBox {
	return newHRBoxWith(cfg, func(*hrBox) {}, mutations...)
}

// newHRBoxWith is newHRBox with what more adds before the machine starts.
func newHRBoxWith(cfg cpu.Config, more func(h *hrBox), mutations ...string) *hrBox {
	h := &hrBox{}
	newBox(cfg, func(b *box) {
		h.box = b
		cputest.Mutate(b.m, mutations...)
		h.tk = b.tm.NewTimekeeper()
		h.hr = b.tm.NewHRTimers(h.tk, b.ic.WriteTSCDeadline)
		h.hr.OnEachCPU(func(x *cpu.Exec, fn func(*cpu.Exec)) {
			b.ic.CallFunction(x, fn, true)
			fn(x)
		})
		b.ic.InitCallMany()
		b.ic.OnLocalTimer(h.hr.Interrupt)
		b.s.OnCPUStart(func(x *cpu.Exec) {
			b.ic.SetTimer(x, TSCDeadline, false)
			h.hr.StartTick(x)
		})
		more(h)
	})
	return h
}

// newHRStory is newStory on such a machine.
func newHRStory(cpus int, objs ...string) (*story, *hrBox) {
	h := newHRBox(cpu.Config{CPUs: cpus, Engine: sim.Config{Seed: 1, NoRunAhead: true}})
	s := &story{b: h.box, objs: objs}
	h.m.E.OnOp(s.op)
	return s, h
}

// nanosleep: a task sleeps for less than a tick.
func nanosleep(*testing.T) (*story, []*sched.Task) {
	s, h := newHRStory(1, "hrtimer_bases0.lock", "apic", "sleeper->pi_lock", "rq0->lock")
	sleeper := s.task("sleeper", 0, func(x *cpu.Exec) {
		s.wait(x)
		s.say(x, "nanosleep")
		h.hr.Nanosleep(x, 100*sim.Microsecond, timer.Monotonic, timer.Rel)
		s.say(x, "awake")
		s.on = false
	})
	return s, []*sched.Task{sleeper}
}

// hrtimerMove: CPU 0's timer is started again by CPU 1, and cancelled by CPU 0
// while its function runs there.
func hrtimerMove(*testing.T) (*story, []*sched.Task) {
	s, h := newHRStory(2, "hrtimer_bases", "timer->base")
	var tm timer.HRTimer
	runs := false
	tm.Init(h.hr, "timer", timer.Monotonic, func(x *cpu.Exec, _ *timer.HRTimer) timer.Restart {
		runs = true
		s.say(x, "function begins")
		x.Delay(700)
		s.say(x, "function ends")
		return timer.NoRestart
	})
	return s, []*sched.Task{s.task("cancels", 0, func(x *cpu.Exec) {
		h.hr.Start(x, &tm, begin+sim.Millisecond, timer.Abs)
		for !runs {
			x.Delay(100)
		}
		s.say(x, "cancels")
		h.hr.Cancel(x, &tm)
		s.say(x, "cancelled")
		s.on = false
	}), s.task("starts", 1, func(x *cpu.Exec) {
		s.wait(x)
		h.hr.Start(x, &tm, 10*sim.Microsecond, timer.Rel)
	})}
}

// TestHRTick: as a timer the tick comes as often as as a periodic one.
func TestHRTick(t *testing.T) {
	b := newHRBox(cpu.Config{CPUs: 3})
	b.run(t, b.s.NewTask("t", 100, 0, []int{2}, func(x *cpu.Exec) { x.Delay(50 * sim.Millisecond) }))
	ms := int(b.m.E.Now() / sim.Millisecond)
	for i := range 3 {
		if n := int(b.ic.Taken(i, LocalTimer)); n < ms-1 || n > ms+1 || b.hr.Base(i).Events != uint64(n) {
			t.Errorf("CPU %d took %d ticks in %d ms", i, n, ms)
		}
	}
	if j := int(b.m.Jiffies.Peek()) - timer.InitialJiffies; j < ms-1 || j > ms || b.verdicts() != "" {
		t.Errorf("%d jiffies in %d ms\n%s", j, ms, b.verdicts())
	}
}

// TestNanosleep: not shorter than asked, and longer by at most the slack and
// what it takes to wake up; also if somebody else wakes the task meanwhile.
func TestNanosleep(t *testing.T) {
	b := newHRBox(cpu.Config{CPUs: 2})
	within := func(x *cpu.Exec, name string, before, asked, slack sim.Time) {
		if took := x.Now() - before; took < asked || took > asked+slack+20*sim.Microsecond {
			t.Errorf("%s of %v took %v", name, asked, took)
		}
	}
	var sleeps *sched.Task
	over := false
	sleeps = b.s.NewTask("sleeps", 100, 0, []int{0}, func(x *cpu.Exec) {
		for k := range sim.Time(12) {
			d := k * k * 30 * sim.Microsecond
			before := x.Now()
			b.hr.Nanosleep(x, d, timer.ClockID(k%2), timer.Rel)
			within(x, "nanosleep", before, d, 50*sim.Microsecond)
			before = x.Now()
			b.hr.UsleepRange(x, d+1, d+10*sim.Microsecond)
			within(x, "usleep_range", before, d, 10*sim.Microsecond)
		}
		over = true
	})
	wakes := b.s.NewTask("wakes", 101, 0, []int{1}, func(x *cpu.Exec) {
		for !over {
			x.Delay(70 * sim.Microsecond)
			if sleeps.State.ReadOnce(x) == sched.Interruptible {
				b.s.WakeUpProcess(x, sleeps)
			}
		}
	})
	if end := b.run(t, sleeps, wakes); end != sim.EndStopped || !over || b.verdicts() != "" {
		t.Errorf("ended with %v, over: %t\n%s", end, over, b.verdicts())
	}
}

// TestHROrder: timers run in the order of their hard expiries, those of one
// in the order they were started, none before its soft expiry.
func TestHROrder(t *testing.T) {
	type armed struct {
		ID int
		At sim.Time
	}
	rapid.Check(t, func(rt *rapid.T) {
		b := newHRBox(cpu.Config{CPUs: 1})
		n := rapid.IntRange(1, 8).Draw(rt, "timers")
		timers := make([]timer.HRTimer, n)
		var want, got []armed
		base := 1300 * sim.Microsecond
		ats := rapid.SliceOfN(rapid.Int64Range(0, 5), n, n).Draw(rt, "expiries")
		again := rapid.IntRange(-1, n-1).Draw(rt, "runs again")
		drop := rapid.IntRange(-1, n-1).Draw(rt, "cancelled")
		for i := range timers {
			at := base + sim.Time(ats[i])*100*sim.Microsecond
			runs := 0
			timers[i].Init(b.hr, fmt.Sprint("timer", i), timer.Monotonic, func(x *cpu.Exec, tm *timer.HRTimer) timer.Restart {
				if got = append(got, armed{i, tm.Expires()}); x.Now() < tm.Expires() || !x.CPU().InIrq() {
					rt.Errorf("timer %d for %v runs at %v, preempt_count %#x", i, tm.Expires(), x.Now(), x.CPU().Count())
				}
				if runs++; i == again && runs == 1 {
					tm.Forward(x, tm.Expires(), 50*sim.Microsecond)
					return timer.Restarts
				}
				return timer.NoRestart
			})
			if i == drop {
				continue
			}
			if want = append(want, armed{i, at}); i == again {
				want = append(want, armed{i, at + 50*sim.Microsecond})
			}
		}
		slices.SortStableFunc(want, func(a, b armed) int { return int(a.At - b.At) })
		b.run(t, b.s.NewTask("t", 100, 0, nil, func(x *cpu.Exec) {
			for i := range timers {
				b.hr.Start(x, &timers[i], base+sim.Time(ats[i])*100*sim.Microsecond, timer.Abs)
			}
			if drop >= 0 && (!b.hr.Cancel(x, &timers[drop]) || b.hr.Cancel(x, &timers[drop])) {
				rt.Error("an active timer is cancelled once")
			}
		}))
		if diff := cmp.Diff(want, got); diff != "" || b.verdicts() != "" {
			rt.Errorf("order (-want +got):\n%s%s", diff, b.verdicts())
		}
	})
}

// TestHRCallbackAndRunqueue: a timer's function wakes a task, and elsewhere a
// timer is started under a runqueue's lock. With functions under the base's
// lock, as before v2.6.25, these two orders are a deadlock in waiting.
func TestHRCallbackAndRunqueue(t *testing.T) {
	for locked, want := range map[bool]string{false: "", true: "lockdep"} {
		b := newHRBox(cpu.Config{CPUs: 2})
		b.hr.CallbacksLocked = locked
		var tm timer.HRTimer
		tm.Init(b.hr, "rt_period_timer", timer.Monotonic, func(*cpu.Exec, *timer.HRTimer) timer.Restart { return timer.NoRestart })
		starts := b.s.NewTask("starts", 100, 0, []int{0}, func(x *cpu.Exec) {
			rq, f := b.s.TaskRQLock(x, b.s.Task(x))
			b.hr.Start(x, &tm, 100*sim.Microsecond, timer.Rel)
			b.s.TaskRQUnlock(x, rq, b.s.Task(x), f)
		})
		sleeps := b.s.NewTask("sleeps", 101, 0, []int{1}, func(x *cpu.Exec) {
			b.hr.Nanosleep(x, 500*sim.Microsecond, timer.Monotonic, timer.Rel)
		})
		end := b.run(t, starts, sleeps)
		kinds, classes := "", ""
		for _, f := range b.m.Findings() {
			kinds += f.Kind
			classes += strings.Join(f.Classes, " ")
		}
		if kinds != want || end != sim.EndStopped || want != "" && (!strings.Contains(classes, "hrtimer_bases.lock") || !strings.Contains(classes, "rq->lock")) {
			t.Errorf("functions under the lock %t: found %q (%s), want %q, end %v\n%s", locked, kinds, classes, want, end, b.verdicts())
		}
	}
}
