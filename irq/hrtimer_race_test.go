package irq

import (
	"fmt"
	"strings"
	"testing"

	"lockstep/cpu"
	"lockstep/cpu/lock"
	"lockstep/cpu/sched"
	"lockstep/cpu/timer"
	"lockstep/sim"
)

// hrChurn lets CPUs start, cancel and move timers that all of them share,
// while tasks sleep, and somebody sets the time.
type hrChurn struct {
	*hrBox
	t       *testing.T
	timers  [4]timer.HRTimer
	ran     [4]int // one function's runs follow each other
	running [4]bool
}

// function is that of a timer. The last is periodic and started by one task
// alone; others start themselves again.
func (c *hrChurn) function(i int) func(x *cpu.Exec, tm *timer.HRTimer) timer.Restart {
	return func(x *cpu.Exec, tm *timer.HRTimer) timer.Restart {
		if c.running[i] {
			c.t.Errorf("timer %d runs on two CPUs", i)
		}
		c.running[i] = true
		x.Delay(1500)
		if !c.hr.Active(x, tm) {
			c.t.Errorf("timer %d runs and is not active", i)
		}
		c.ran[i]++
		c.running[i] = false
		if i == 3 && c.ran[i] < 30 {
			tm.Forward(x, c.tk.Get(x), 7*sim.Microsecond)
			return timer.Restarts
		}
		if i < 3 && c.ran[i]%4 == 0 {
			c.hr.Start(x, tm, 5*sim.Microsecond, timer.Rel)
		}
		return timer.NoRestart
	}
}

// step is what task i does as its kth.
func (c *hrChurn) step(x *cpu.Exec, i, k int) {
	tm := &c.timers[(i+k)%3]
	switch (i + k) % 6 {
	case 0, 1:
		c.hr.StartRange(x, tm, sim.Time(k%7)*3*sim.Microsecond, 2000, timer.Rel)
	case 2:
		c.hr.Cancel(x, tm)
	case 3:
		c.hr.Nanosleep(x, sim.Time(k)*4*sim.Microsecond, timer.Monotonic, timer.Rel)
	case 4:
		if i == 0 {
			c.tk.SetTime(x, sim.Time(k)*sim.Second)
		}
		c.hr.TryToCancel(x, &c.timers[3])
	case 5:
		x.Delay(sim.Time(i+1) * 5 * sim.Microsecond)
		if i == 1 {
			c.hr.Cancel(x, &c.timers[3])
			c.hr.Start(x, &c.timers[3], sim.Microsecond, timer.Rel)
		}
	}
}

func newHRChurn(t *testing.T, engine sim.Config) *hrChurn {
	c := &hrChurn{hrBox: newHRBox(cpu.Config{CPUs: 3, Engine: engine}), t: t}
	for i := range c.timers {
		c.timers[i].Init(c.hr, fmt.Sprint("timer", i), timer.ClockID(i%3%2), c.function(i))
	}
	var tasks []*sched.Task
	for i := range 5 {
		tasks = append(tasks, c.s.NewTask(fmt.Sprintf("t%d", i), 100+i, 0, nil, func(x *cpu.Exec) {
			for k := range 30 {
				c.step(x, i, k)
			}
		}))
	}
	c.run(t, tasks...)
	return c
}

// TestHRChurn: whatever the order, a timer's function runs on one CPU at a
// time, nothing is left over, and how the run is executed changes nothing.
func TestHRChurn(t *testing.T) {
	ran := 0
	for seed := range uint64(40) {
		var got [2]outcome
		for i := range got {
			b := newHRChurn(t, sim.Config{Seed: seed, Stalls: seed%2 == 1, NoRunAhead: i == 1})
			for _, n := range b.ran {
				ran += n
			}
			b.hr.EachQueued(func(v timer.HRView) {
				if !v.Tick {
					t.Errorf("seed %d: left over: %+v", seed, v)
				}
			})
			got[i] = outcome{b.m.E.Hash(), b.m.E.Steps(), b.m.E.Now(), b.verdicts()}
		}
		if got[0] != got[1] || got[0].found != "" {
			t.Fatalf("seed %d:\nahead   %+v\nstepped %+v", seed, got[0], got[1])
		}
	}
	if ran < 1000 {
		t.Errorf("%d functions ran: the test shows little", ran)
	}
}

// TestHRCancelWaits: behind hrtimer_cancel() the function does not run any
// more, though it ran on another CPU; trying says so in place of waiting.
func TestHRCancelWaits(t *testing.T) {
	b := newHRBox(cpu.Config{CPUs: 2, Engine: sim.Config{NoRunAhead: true}})
	var tm timer.HRTimer
	running, ended := false, false
	tm.Init(b.hr, "timer", timer.Monotonic, func(x *cpu.Exec, _ *timer.HRTimer) timer.Restart {
		running = true
		x.Delay(200 * sim.Microsecond)
		ended = true
		return timer.NoRestart
	})
	starts := b.s.NewTask("starts", 100, 0, []int{0}, func(x *cpu.Exec) { b.hr.Start(x, &tm, 50*sim.Microsecond, timer.Rel) })
	cancels := b.s.NewTask("cancels", 101, 0, []int{1}, func(x *cpu.Exec) {
		for !running {
			x.Delay(100)
		}
		if got := b.hr.TryToCancel(x, &tm); got != -1 || ended {
			t.Errorf("hrtimer_try_to_cancel: %d while the function runs", got)
		}
		if b.hr.Cancel(x, &tm) || !ended {
			t.Errorf("hrtimer_cancel returned while the function ran: %t", !ended)
		}
		if got := b.hr.TryToCancel(x, &tm); got != 0 {
			t.Errorf("hrtimer_try_to_cancel: %d of an idle timer", got)
		}
	})
	if b.run(t, starts, cancels); !ended || b.verdicts() != "" {
		t.Errorf("ran: %t, %s", ended, b.verdicts())
	}
}

// TestHRCancelDeadlock: to cancel under a lock that the function takes, or
// from inside it, is to wait for oneself.
func TestHRCancelDeadlock(t *testing.T) {
	for name, want := range map[string]string{
		"under the lock": "CPU1 cancels/101 waits for hrtimer hrtimer_bases0.lock->running",
		"from itself":    "CPU0 swapper/0/0 waits for hrtimer hrtimer_bases0.lock->running",
		"outside":        "",
	} {
		b := newHRBox(cpu.Config{CPUs: 2})
		var l lock.Raw
		l.Init(b.m, "l", &workKey)
		var tm timer.HRTimer
		tm.Init(b.hr, "timer", timer.Monotonic, func(x *cpu.Exec, tm *timer.HRTimer) timer.Restart {
			x.Delay(20 * sim.Microsecond)
			l.Lock(x)
			l.Unlock(x)
			if name == "from itself" {
				b.hr.Cancel(x, tm)
			}
			return timer.NoRestart
		})
		end := b.run(t, b.s.NewTask("starts", 100, 0, []int{0}, func(x *cpu.Exec) {
			b.hr.Start(x, &tm, 300*sim.Microsecond, timer.Abs)
		}), b.s.NewTask("cancels", 101, 0, []int{1}, func(x *cpu.Exec) {
			for x.Now() < 310*sim.Microsecond {
				x.Delay(100)
			}
			if name == "outside" {
				b.hr.Cancel(x, &tm)
			}
			f := l.LockIrqsave(x)
			if name == "under the lock" {
				b.hr.Cancel(x, &tm)
			}
			l.UnlockIrqrestore(x, f)
		}))
		if got := b.verdicts(); end != sim.EndStopped || want == "" && got != "" || !strings.Contains(got, want) {
			t.Errorf("%s: end %v, found:\n%swant: %s", name, end, got, want)
		}
	}
}

// TestHRHang: a timer that expires again before its function is through would
// keep its CPU in the interrupt for ever. After three rounds the next one is
// put off by as long as they took, and it is said once.
func TestHRHang(t *testing.T) {
	b := newHRBox(cpu.Config{CPUs: 1})
	var log []string
	b.m.Hooks.Printk = func(_ *cpu.Exec, _ int, text string, _ int) { log = append(log, text) }
	var tm timer.HRTimer
	runs, progress := 0, 0
	tm.Init(b.hr, "greedy", timer.Monotonic, func(x *cpu.Exec, tm *timer.HRTimer) timer.Restart {
		runs++
		x.Delay(10 * sim.Microsecond)
		tm.Forward(x, b.tk.Get(x)-4*sim.Microsecond, 2*sim.Microsecond) // in the past again
		return timer.Restart(x.Now() < 3*sim.Millisecond)
	})
	end := b.run(t, b.s.NewTask("t", 100, 0, nil, func(x *cpu.Exec) {
		b.hr.Start(x, &tm, 1300*sim.Microsecond, timer.Abs)
		for x.Now() < 3*sim.Millisecond {
			x.Delay(sim.Microsecond)
			progress++
		}
		x.Delay(2 * sim.Millisecond)
	}))
	v := b.hr.Base(0)
	if end != sim.EndStopped || v.Hangs == 0 || v.Retries != 3*v.Hangs || v.Hang || v.MaxHang < 30*sim.Microsecond {
		t.Errorf("end %v, %+v", end, v)
	}
	if len(log) != 1 || !strings.HasPrefix(log[0], "hrtimer: interrupt took ") {
		t.Errorf("log: %q", log)
	}
	if runs < 20 || progress < 200 {
		t.Errorf("%d runs, and the task came as far as %d", runs, progress)
	}
}

// TestHRClockSet: a timer on CLOCK_REALTIME, on another CPU, runs as soon as
// that clock is set to behind its expiry; one on CLOCK_MONOTONIC does not mind.
func TestHRClockSet(t *testing.T) {
	b := newHRBox(cpu.Config{CPUs: 2})
	var ran [2]sim.Time
	var timers [2]timer.HRTimer
	for i := range timers {
		timers[i].Init(b.hr, fmt.Sprint("timer", i), timer.ClockID(i), func(x *cpu.Exec, _ *timer.HRTimer) timer.Restart {
			ran[i] = x.Now()
			return timer.NoRestart
		})
	}
	var set sim.Time
	b.run(t, b.s.NewTask("starts", 100, 0, []int{0}, func(x *cpu.Exec) {
		b.hr.Start(x, &timers[0], 5*sim.Millisecond, timer.Abs)
		b.hr.Start(x, &timers[1], 100*sim.Second, timer.Abs)
	}), b.s.NewTask("sets", 101, 0, []int{1}, func(x *cpu.Exec) {
		x.Delay(2300 * sim.Microsecond)
		set = x.Now()
		b.tk.SetTime(x, 200*sim.Second)
	}))
	if ran[0] < 5*sim.Millisecond || ran[0] > 5*sim.Millisecond+5*sim.Microsecond {
		t.Errorf("the monotonic timer ran at %v", ran[0])
	}
	if ran[1] < set || ran[1] > set+20*sim.Microsecond || b.verdicts() != "" {
		t.Errorf("the timer of the day ran at %v, the clock was set at %v\n%s", ran[1], set, b.verdicts())
	}
}
