package irq

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"lockstep/cpu"
	"lockstep/cpu/sched"
	"lockstep/cpu/timer"
	"lockstep/sim"
)

// newNoHZBox is a machine whose idle CPUs stop their ticks.
func newNoHZBox(cfg cpu.Config, mutations ...string) *hrBox {
	return newHRBoxWith(cfg, func(h *hrBox) {
		h.hr.EnableNoHZ()
		h.ic.TickStopped = h.hr.TickStopped
	}, mutations...)
}

// ticks is how often a CPU's local timer has interrupted.
func (b *hrBox) ticks(c int) int { return int(b.ic.Taken(c, LocalTimer)) }

// TestNoHZIdle: on a machine where one task sleeps for a second at a time hardly
// anything ticks, and still every sleep ends in its jiffy and jiffies are right
// for whoever looks.
func TestNoHZIdle(t *testing.T) {
	b := newNoHZBox(cpu.Config{CPUs: 4, Engine: sim.Config{TimeLimit: 10 * sim.Second}})
	end := b.run(t, b.s.NewTask("t", 100, 0, []int{2}, func(x *cpu.Exec) {
		for range 3 {
			before, at := b.m.Jiffies.ReadOnce(x), x.Now()
			b.tm.Msleep(x, 1000)
			if took := x.Now() - at; took < sim.Second || took > sim.Second+2*sim.Millisecond+50*sim.Microsecond {
				t.Errorf("a second's sleep took %v", took)
			}
			if n := b.m.Jiffies.ReadOnce(x) - before; n < 1000 || n > 1002 {
				t.Errorf("... and %d jiffies", n)
			}
		}
	}))
	for c := range 4 {
		if n := b.ticks(c); n > 30 {
			t.Errorf("CPU %d took %d ticks", c, n)
		}
		if v := b.hr.Tick(c); !v.InIdle || !v.Stopped || v.Sleeps == 0 || v.Calls < v.Sleeps || c == 2 && v.Slept < 2*sim.Second {
			t.Errorf("CPU %d: %+v", c, v)
		}
	}
	if end != sim.EndStopped || b.verdicts() != "" {
		t.Errorf("end %v\n%s", end, b.verdicts())
	}
}

// TestNoHZDuty: CPU 0 has the duty of advancing jiffies and goes idle; CPU 1,
// which computes, takes it over. A CPU that kept it while its tick is stopped
// would let jiffies stand still.
func TestNoHZDuty(t *testing.T) {
	for mutation, right := range map[string]bool{"": true, "timer.nohz-keeps-duty": false} {
		b := newNoHZBox(cpu.Config{CPUs: 2}, mutation)
		var late uint64
		owner := 0
		b.run(t, b.s.NewTask("t", 100, 0, []int{1}, func(x *cpu.Exec) {
			for x.Now() < 50*sim.Millisecond {
				x.Delay(100 * sim.Microsecond)
				now := timer.InitialJiffies + uint64(x.Now()/b.tm.Period())
				late = max(late, now-b.m.Jiffies.ReadOnce(x))
			}
			owner = b.tm.DoTimer()
		}))
		if (late <= 1) != right || owner != 1 && right || b.ticks(0) > 10 {
			t.Errorf("%q: jiffies were %d late, the duty is CPU %d's, CPU 0 ticked %d times", mutation, late, owner, b.ticks(0))
		}
	}
}

// TestNoHZKick: a timer that is queued on a CPU whose tick is stopped expires
// in its jiffy there; without the kick that CPU would sleep on.
func TestNoHZKick(t *testing.T) {
	for mutation, right := range map[string]bool{"": true, "timer.no-kick": false} {
		b := newNoHZBox(cpu.Config{CPUs: 2, Engine: sim.Config{TimeLimit: 200 * sim.Millisecond}}, mutation)
		var tm timer.Timer
		var ran uint64
		on := -1
		b.tm.InitTimer(&tm, "timer", 0, nil, func(x *cpu.Exec) { ran, on = b.m.Jiffies.ReadOnce(x), x.CPU().ID })
		b.run(t, b.s.NewTask("t", 100, 0, []int{0}, func(x *cpu.Exec) {
			x.Delay(20 * sim.Millisecond)
			at := b.m.Jiffies.ReadOnce(x) + 5
			b.tm.AddOn(x, &tm, at, 1)
			x.Delay(30 * sim.Millisecond)
			if got := ran == at && on == 1; got != right {
				t.Errorf("%q: the timer for %d ran in %d on CPU %d", mutation, at, ran, on)
			}
		}))
	}
}

// TestNoHZTarget: a timer set by an idle CPU, here by a timer's function,
// goes to a CPU that is busy, unless it is the one whose function runs.
func TestNoHZTarget(t *testing.T) {
	b := newNoHZBox(cpu.Config{CPUs: 3})
	var tm, other timer.Timer
	var on []int
	b.tm.InitTimer(&tm, "timer", 0, nil, func(x *cpu.Exec) {
		if on = append(on, x.CPU().ID); len(on) == 1 {
			b.tm.Mod(x, &tm, b.m.Jiffies.ReadOnce(x)+3)
			b.tm.Mod(x, &other, b.m.Jiffies.ReadOnce(x)+6)
		}
	})
	b.tm.InitTimer(&other, "other", 0, nil, func(x *cpu.Exec) { on = append(on, x.CPU().ID) })
	b.run(t, b.s.NewTask("t", 100, 0, []int{2}, func(x *cpu.Exec) {
		b.tm.AddOn(x, &tm, b.m.Jiffies.ReadOnce(x)+3, 1)
		x.Delay(40 * sim.Millisecond)
	}))
	if fmt.Sprint(on) != "[1 1 2]" || b.verdicts() != "" {
		t.Errorf("the timers ran on CPUs %v\n%s", on, b.verdicts())
	}
}

// TestNoHZRunAhead: timers of both kinds and sleeps, on CPUs that stop their
// ticks and take them up again: how the run is executed changes nothing.
func TestNoHZRunAhead(t *testing.T) {
	for seed := range uint64(40) {
		var got [2]outcome
		for i := range got {
			b := newNoHZBox(cpu.Config{CPUs: 4, Engine: sim.Config{Seed: seed, Stalls: seed%2 == 1, NoRunAhead: i == 1}})
			end := b.run(t, nohzChurn(b, seed)...)
			if end != sim.EndStopped {
				t.Fatalf("seed %d: end %v", seed, end)
			}
			got[i] = outcome{b.m.E.Hash(), b.m.E.Steps(), b.m.E.Now(), b.verdicts()}
		}
		if got[0] != got[1] || got[0].found != "" {
			t.Fatalf("seed %d:\nahead   %+v\nstepped %+v", seed, got[0], got[1])
		}
	}
}

// nohzChurn makes tasks that arm, move and delete shared timers and sleep for
// longer and shorter than a tick.
func nohzChurn(b *hrBox, seed uint64) []*sched.Task {
	timers := make([]timer.Timer, 3)
	for i := range timers {
		b.tm.InitTimer(&timers[i], fmt.Sprint("timer", i), timer.Flags(i)&timer.Deferrable, nil, func(x *cpu.Exec) { x.Delay(3000) })
	}
	var tasks []*sched.Task
	for i := range 4 {
		rnd := sim.NewRand(seed, uint64(1<<30+i))
		tasks = append(tasks, b.s.NewTask(fmt.Sprint("t", i), 100+i, 0, nil, func(x *cpu.Exec) {
			for range 25 {
				tm := &timers[rnd.Between(0, 2)]
				switch rnd.Between(0, 6) {
				case 0, 1:
					b.tm.Mod(x, tm, b.m.Jiffies.ReadOnce(x)+uint64(rnd.Between(0, 300)))
				case 2:
					b.tm.Del(x, tm)
				case 3:
					b.tm.DelSync(x, tm)
				case 4:
					b.tm.Msleep(x, uint64(rnd.Between(1, 20)))
				case 5:
					b.hr.Nanosleep(x, rnd.Between(1000, 3_000_000), timer.Monotonic, timer.Rel)
				default:
					x.Delay(rnd.Between(100, 1_500_000))
				}
			}
			b.tm.DelSync(x, &timers[0])
		}))
	}
	return tasks
}

// TestTimerRaces: CPUs arm, move and delete the same timers. Whatever comes of
// it: no function runs before the jiffy that it was armed for, none runs beside
// itself or behind del_timer_sync(), and each arming ends once, by running, by
// being deleted or by being armed anew.
func TestTimerRaces(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		type state struct {
			tm           timer.Timer
			at           uint64
			armed, ended int
			runs         bool
		}
		b := newNoHZBox(cpu.Config{CPUs: 3, Engine: sim.Config{Seed: rapid.Uint64().Draw(rt, "seed"), Stalls: rapid.Bool().Draw(rt, "stalls"), NoRunAhead: true}})
		states := make([]state, 2)
		for i := range states {
			st := &states[i]
			b.tm.InitTimer(&st.tm, fmt.Sprint("timer", i), 0, nil, func(x *cpu.Exec) {
				if now := b.m.Jiffies.Peek(); st.runs || now < st.at {
					rt.Errorf("timer %d for %d runs in %d, beside itself: %t", i, st.at, now, st.runs)
				}
				st.runs = true
				st.ended++
				x.Delay(20 * sim.Microsecond)
				st.runs = false
			})
		}
		var tasks []*sched.Task
		for c := range 3 {
			type step struct{ What, Timer, Jiffies, Us int }
			steps := rapid.SliceOfN(rapid.Custom(func(rt *rapid.T) step {
				n := func(name string, most int) int { return rapid.IntRange(0, most).Draw(rt, name) }
				return step{n("what", 3), n("timer", 1), n("jiffies", 3), rapid.SampledFrom([]int{0, 0, 0, 1, 700}).Draw(rt, "us")}
			}), 1, 25).Draw(rt, "steps")
			tasks = append(tasks, b.s.NewTask(fmt.Sprint("t", c), 100+c, 0, []int{c}, func(x *cpu.Exec) {
				for _, s := range steps {
					st := &states[s.Timer]
					switch s.What {
					case 0, 1:
						at := b.m.Jiffies.ReadOnce(x) + uint64(s.Jiffies)
						if st.armed == st.ended || at < st.at {
							st.at = at // the earliest of those that race
						}
						st.armed++
						if b.tm.ModPinned(x, &st.tm, at) {
							st.ended++
						}
					case 2:
						if b.tm.Del(x, &st.tm) {
							st.ended++
						}
					case 3:
						if b.tm.DelSync(x, &st.tm) {
							st.ended++
						}
					}
					x.Delay(sim.Time(s.Us) * sim.Microsecond)
				}
			}))
		}
		if end := b.run(t, tasks...); end != sim.EndStopped || b.verdicts() != "" {
			rt.Fatalf("end %v\n%s", end, b.verdicts())
		}
		for i := range states {
			if st := &states[i]; st.armed != st.ended || st.runs {
				rt.Errorf("timer %d was armed %d times, which ended %d times", i, st.armed, st.ended)
			}
		}
	})
}

// TestTimersMigrate: what a CPU leaves behind when it dies, here one that only
// sleeps from then on, expires on the one that takes it over.
func TestTimersMigrate(t *testing.T) {
	b := newNoHZBox(cpu.Config{CPUs: 2})
	timers := make([]timer.Timer, 3)
	hrs := make([]timer.HRTimer, 2)
	var on []string
	for i := range timers {
		b.tm.InitTimer(&timers[i], fmt.Sprint("timer", i), 0, nil, func(x *cpu.Exec) {
			on = append(on, fmt.Sprintf("timer %d cpu %d", i, x.CPU().ID))
		})
	}
	for i := range hrs {
		hrs[i].Init(b.hr, fmt.Sprint("hrtimer", i), timer.Monotonic, func(x *cpu.Exec, _ *timer.HRTimer) timer.Restart {
			on = append(on, fmt.Sprintf("hrtimer %d cpu %d", i, x.CPU().ID))
			return timer.NoRestart
		})
	}
	done := false
	b.run(t, b.s.NewTask("leaves", 100, 0, []int{1}, func(x *cpu.Exec) {
		now := b.m.Jiffies.ReadOnce(x)
		for i, d := range []uint64{3, 5, 200} {
			b.tm.ModPinned(x, &timers[i], now+d)
		}
		b.hr.Start(x, &hrs[0], 4*sim.Millisecond+500*sim.Microsecond, timer.AbsPinned)
		b.hr.Start(x, &hrs[1], 20*sim.Millisecond, timer.AbsPinned)
		done = true
	}), b.s.NewTask("takes over", 101, 0, []int{0}, func(x *cpu.Exec) {
		for !done {
			x.Delay(100 * sim.Microsecond)
		}
		x.Delay(700 * sim.Microsecond)
		b.tm.MigrateFrom(x, 1)
		b.hr.MigrateFrom(x, 1)
		b.hr.EachQueued(func(v timer.HRView) {
			if v.CPU == 1 {
				t.Errorf("CPU 1 has %+v", v)
			}
		})
		if v := b.tm.Base(1); v.All != 0 || v.Active != 0 || b.tm.Base(0).All != 3 {
			t.Errorf("CPU 1: %+v, CPU 0: %+v", v, b.tm.Base(0))
		}
		x.Delay(30 * sim.Millisecond)
	}))
	want := []string{"timer 0 cpu 0", "hrtimer 0 cpu 0", "timer 1 cpu 0", "hrtimer 1 cpu 0", "timer 2 cpu 0"}
	if diff := cmp.Diff(want, on); diff != "" || b.verdicts() != "" {
		t.Errorf("expired (-want +got):\n%s%s", diff, b.verdicts())
	}
}

// TestHRTarget: an hrtimer that an idle CPU starts, here in another's function,
// goes to a busy CPU if it expires behind what that has programmed, and stays
// if the busy one would have to be programmed for it.
func TestHRTarget(t *testing.T) {
	for _, c := range []struct {
		after sim.Time
		on    int
	}{{5 * sim.Millisecond, 1}, {20 * sim.Microsecond, 0}} {
		b := newNoHZBox(cpu.Config{CPUs: 2})
		var first, second timer.HRTimer
		on := -1
		second.Init(b.hr, "second", timer.Monotonic, func(x *cpu.Exec, _ *timer.HRTimer) timer.Restart {
			on = x.CPU().ID
			return timer.NoRestart
		})
		first.Init(b.hr, "first", timer.Monotonic, func(x *cpu.Exec, _ *timer.HRTimer) timer.Restart {
			b.hr.Start(x, &second, c.after, timer.Rel)
			return timer.NoRestart
		})
		b.run(t, b.s.NewTask("idles", 100, 0, []int{0}, func(x *cpu.Exec) {
			b.hr.Start(x, &first, 3*sim.Millisecond+100*sim.Microsecond, timer.AbsPinned)
		}), b.s.NewTask("computes", 101, 0, []int{1}, func(x *cpu.Exec) {
			for x.Now() < 12*sim.Millisecond {
				x.Delay(100 * sim.Microsecond)
			}
		}))
		if on != c.on || b.verdicts() != "" {
			t.Errorf("a timer that expires after %v ran on CPU %d\n%s", c.after, on, b.verdicts())
		}
	}
}
