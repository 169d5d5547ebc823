package irq

import (
	"strings"
	"testing"

	"lockstep/cpu"
	"lockstep/cpu/lock"
	"lockstep/cpu/lockdep"
	"lockstep/cpu/timer"
	"lockstep/sim"
)

var timerKey = lockdep.Key{Name: "((&timer))"}

// TestTimerMap: del_timer_sync() under a lock that the timer's function takes
// is a deadlock in waiting, and the validator says so although nobody waits
// in this run. Without the lock, or without the wait, it is silent.
func TestTimerMap(t *testing.T) {
	for _, c := range []struct {
		name         string
		locked, sync bool
		want         string
	}{
		{"under the lock", true, true, "l ((&timer))"},
		{"outside it", false, true, ""},
		{"without waiting", true, false, ""},
	} {
		b := newBox(cpu.Config{CPUs: 2})
		var l lock.Raw
		l.Init(b.m, "l", &lockdep.Key{Name: "l"})
		var tm timer.Timer
		ran := 0
		b.tm.InitTimer(&tm, "timer", 0, &timerKey, func(x *cpu.Exec) {
			l.Lock(x)
			ran++
			l.Unlock(x)
		})
		task := b.s.NewTask("t", 100, 0, nil, func(x *cpu.Exec) {
			b.tm.Mod(x, &tm, b.m.Jiffies.ReadOnce(x)+2)
			b.tm.Msleep(x, 10)
			var f cpu.Flags
			if c.locked {
				f = l.LockIrqsave(x)
			}
			if c.sync {
				b.tm.DelSync(x, &tm)
			} else {
				b.tm.Del(x, &tm)
			}
			if c.locked {
				l.UnlockIrqrestore(x, f)
			}
		})
		end := b.run(t, task)
		var classes []string
		for _, f := range b.m.Findings() {
			classes = append(classes, f.Classes...)
		}
		if got := strings.Join(classes, " "); ran != 1 || end != sim.EndStopped || !sameCycle(got, c.want) {
			t.Errorf("%s: ran %d times, end %v, cycle %q, want %q\n%s", c.name, ran, end, got, c.want, b.verdicts())
		}
	}
}

// sameCycle compares two cycles of two classes, whichever comes first.
func sameCycle(a, b string) bool {
	x, y := strings.Fields(a), strings.Fields(b)
	return a == b || len(x) == 2 && len(y) == 2 && x[0] == y[1] && x[1] == y[0]
}

// TestDelTimerSyncDeadlock: to wait for a timer's function under a lock that it
// takes, or from inside it, is to wait for oneself. That is seen when they
// meet, also without the validator, and nobody burns time on it.
func TestDelTimerSyncDeadlock(t *testing.T) {
	for name, want := range map[string]string{
		"under the lock": "CPU1 deletes/101 waits for timer timer_base0->running_timer, running its function by CPU0",
		"from itself":    "waits for timer timer_base0->running_timer, running its function by CPU0",
		"outside":        "",
	} {
		b := newBox(cpu.Config{CPUs: 2})
		var l lock.Raw
		l.Init(b.m, "l", &workKey)
		var tm timer.Timer
		b.tm.InitTimer(&tm, "timer", 0, nil, func(x *cpu.Exec) {
			x.Delay(20 * sim.Microsecond)
			l.Lock(x)
			l.Unlock(x)
			if name == "from itself" {
				b.tm.DelSync(x, &tm)
			}
		})
		end := b.run(t, b.s.NewTask("arms", 100, 0, []int{0}, func(x *cpu.Exec) {
			b.tm.Mod(x, &tm, timer.InitialJiffies+2)
		}), b.s.NewTask("deletes", 101, 0, []int{1}, func(x *cpu.Exec) {
			for x.Now() < 2*sim.Millisecond+10*sim.Microsecond {
				x.Delay(100)
			}
			if name == "outside" {
				b.tm.DelSync(x, &tm)
			}
			l.LockBH(x)
			if name == "under the lock" {
				b.tm.DelSync(x, &tm)
			}
			l.UnlockBH(x)
		}))
		if got := b.verdicts(); end != sim.EndStopped || want == "" && got != "" || !strings.Contains(got, want) {
			t.Errorf("%s: end %v, found:\n%swant: %s", name, end, got, want)
		}
	}
}
