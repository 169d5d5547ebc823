package irq

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"lockstep/cpu"
	"lockstep/cpu/sched"
	"lockstep/cpu/softirq"
	"lockstep/cpu/timer"
	"lockstep/sim"
)

// TestTimersAgainstSorting: timers run in the order of their expiry, those of
// one jiffy the latest armed first, none before its jiffy; deleted ones not.
func TestTimersAgainstSorting(t *testing.T) {
	type armed struct{ id, at int }
	rapid.Check(t, func(rt *rapid.T) {
		ats := rapid.SliceOfN(rapid.IntRange(1, 6), 1, 10).Draw(rt, "expiries")
		dropped := rapid.IntRange(-1, len(ats)-1).Draw(rt, "deleted")
		b := newBox(cpu.Config{CPUs: 1})
		var want, got []armed
		for id, at := range slices.Backward(ats) {
			if id != dropped {
				want = append(want, armed{id, at})
			}
		}
		slices.SortStableFunc(want, func(x, y armed) int { return x.at - y.at })
		timers := make([]timer.Timer, len(ats))
		b.run(t, b.s.NewTask("t", 100, 0, nil, func(x *cpu.Exec) {
			start := b.m.Jiffies.Peek()
			for id, at := range ats {
				timers[id].Init(func(x *cpu.Exec) {
					got = append(got, armed{id, at})
					if now := b.m.Jiffies.Peek(); now != start+uint64(at) || !x.CPU().InServingSoftirq() {
						rt.Errorf("timer for jiffy %d ran in %d, preempt_count %#x", at, now-start, x.CPU().Count())
					}
				})
				b.tm.Mod(x, &timers[id], start+uint64(at))
			}
			if dropped >= 0 && (!b.tm.Del(x, &timers[dropped]) || b.tm.Del(x, &timers[dropped])) {
				rt.Error("a pending timer is deleted once")
			}
		}))
		if diff := cmp.Diff(want, got, cmp.AllowUnexported(armed{})); diff != "" {
			rt.Errorf("order (-want +got):\n%s", diff)
		}
	})
}

// TestMsleep: never shorter than asked, and at most two jiffies longer.
func TestMsleep(t *testing.T) {
	for _, hz := range []int{100, 250, 1000} {
		b := newBox(cpu.Config{CPUs: 2, HZ: hz})
		jiffy := sim.Second / sim.Time(hz)
		b.run(t, b.s.NewTask("t", 100, 0, nil, func(x *cpu.Exec) {
			for ms := range uint64(12) {
				x.Delay(sim.Time(ms) * 137 * sim.Microsecond)
				before := x.Now()
				b.tm.Msleep(x, ms)
				asked := sim.Time(ms) * sim.Millisecond
				most := sim.Time(math.Ceil(float64(asked)/float64(jiffy)))*jiffy + jiffy + 50*sim.Microsecond
				if took := x.Now() - before; took < asked || took > most {
					t.Errorf("HZ=%d: msleep(%d) took %d ns, at most %d", hz, ms, took, most)
				}
			}
		}))
	}
}

// TestDelTimerSync: behind it the timer's function does not run any more,
// though it was running on another CPU when it was called.
func TestDelTimerSync(t *testing.T) {
	b := newBox(cpu.Config{CPUs: 2, Engine: sim.Config{NoRunAhead: true}})
	var tm timer.Timer
	running, ended := false, false
	tm.Init(func(x *cpu.Exec) {
		running = true
		x.Delay(200 * sim.Microsecond)
		ended = true
	})
	t0 := b.s.NewTask("arms", 100, 0, []int{0}, func(x *cpu.Exec) {
		b.tm.Mod(x, &tm, b.m.Jiffies.Peek()+1)
	})
	t1 := b.s.NewTask("deletes", 101, 0, []int{1}, func(x *cpu.Exec) {
		for !running {
			x.Delay(100)
		}
		if ended {
			t.Error("the timer's function was over at once")
		}
		if b.tm.DelSync(x, &tm) || !ended {
			t.Errorf("del_timer_sync returned while the function ran: %t", !ended)
		}
	})
	if b.run(t, t0, t1); !ended || b.verdicts() != "" {
		t.Errorf("ran: %t, %s", ended, b.verdicts())
	}
}

// TestTickPerCPU: every CPU has its own tick, HZ times a second, and one of
// them keeps jiffies.
func TestTickPerCPU(t *testing.T) {
	b := newBox(cpu.Config{CPUs: 3})
	b.run(t, b.s.NewTask("t", 100, 0, []int{2}, func(x *cpu.Exec) { x.Delay(50 * sim.Millisecond) }))
	ms := int(b.m.E.Now() / sim.Millisecond)
	for i := range 3 {
		if n := int(b.ic.Taken(i, LocalTimer)); n < ms-1 || n > ms+1 {
			t.Errorf("CPU %d took %d ticks in %d ms", i, n, ms)
		}
	}
	if j := int(b.m.Jiffies.Peek()) - timer.InitialJiffies; j < ms-1 || j > ms {
		t.Errorf("%d jiffies in %d ms", j, ms)
	}
}

// TestSoftirqRestart: a softirq that raises itself is served ten times by the
// context that enables bottom halves, then ksoftirqd takes over.
func TestSoftirqRestart(t *testing.T) {
	b := newBox(cpu.Config{CPUs: 1})
	var who []string
	b.sq.Register(softirq.Tasklet, func(x *cpu.Exec) {
		who = append(who, x.Comm)
		if len(who) < 14 {
			b.sq.Raise(x, softirq.Tasklet)
		}
	})
	b.run(t, b.s.NewTask("t", 100, 0, nil, func(x *cpu.Exec) {
		b.sq.LocalBHDisable(x)
		b.sq.Raise(x, softirq.Tasklet)
		if b.sq.Served(0, softirq.Tasklet) != 0 || b.sq.Pending(0) == 0 {
			t.Error("served with bottom halves off")
		}
		b.sq.LocalBHEnable(x) // runs pending ones
		b.tm.Msleep(x, 2)
	}))
	var want []string
	for range 10 {
		want = append(want, "t")
	}
	for range 4 {
		want = append(want, "ksoftirqd/0")
	}
	if diff := cmp.Diff(want, who); diff != "" || b.verdicts() != "" {
		t.Errorf("served by (-want +got):\n%s%s", diff, b.verdicts())
	}
}

// TestSoftirqOrder: low numbers first, and nested bottom-half sections hold
// them back until the outermost ends.
func TestSoftirqOrder(t *testing.T) {
	b := newBox(cpu.Config{CPUs: 1})
	var order []string
	for _, n := range []softirq.Nr{softirq.Hi, softirq.NetRX, softirq.RCU} {
		b.sq.Register(n, func(*cpu.Exec) { order = append(order, fmt.Sprint(n)) })
	}
	var task *sched.Task
	task = b.s.NewTask("t", 100, 0, nil, func(x *cpu.Exec) {
		b.sq.LocalBHDisable(x)
		b.sq.LocalBHDisable(x)
		for _, n := range []softirq.Nr{softirq.RCU, softirq.Hi, softirq.NetRX} {
			b.sq.Raise(x, n)
		}
		b.sq.LocalBHEnable(x)
		order = append(order, task.Comm)
		b.sq.LocalBHEnable(x)
	})
	b.run(t, task)
	if diff := cmp.Diff([]string{"t", "HI", "NET_RX", "RCU"}, order); diff != "" {
		t.Errorf("order (-want +got):\n%s", diff)
	}
}
