package threads

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"lockstep/cpu"
	"lockstep/cpu/sched"
	"lockstep/cpu/timer"
	"lockstep/cpu/watchdog"
	"lockstep/irq"
	"lockstep/sim"
)

// TestWatchdogStories compares what happens with what is written in testdata,
// where every scene says what to look for.
func TestWatchdogStories(t *testing.T) {
	playScenes(t, "testdata/watchdog", map[string]scene{
		"plug": {playWatchedPlug, orderWatchedPlug},
		"stop": {playWatchdogStopped, orderWatchdogStopped},
	})
}

// watchedBox is a box of two CPUs with both lockup detectors: a hard lockup is
// one of a second, a soft one of two. Idle CPUs tick on: one that stops its tick
// touches the watchdog when it wakes.
func watchedBox() *box {
	b := buildBox(cpu.Config{CPUs: 2, HZ: 100, Engine: sim.Config{Seed: 1, NoRunAhead: true, TimeLimit: 30 * sim.Second}}, true, nil)
	b.wd = watchdog.New(b.m, b.s, b.tm, b.tm.HR(), b.ic, watchdog.Config{Soft: true, Hard: true, Thresh: sim.Second})
	b.ic.InitCycles(b.wd.Overflow)
	b.m.Start()
	return b
}

// tellWatchdog begins the story of watchdog/1: operations on what makes it
// park, its own on what it enables and disables, and what comes of them.
func (b *box) tellWatchdog() (*story, *sched.Task) {
	s := &story{b: b}
	i := slices.IndexFunc(b.s.Tasks(), func(t *sched.Task) bool { return t.Comm == "watchdog/1" })
	wd := b.s.Tasks()[i]
	last := map[string]string{}
	note := func(p *sim.Proc, what, now string) {
		if before := last[what]; before != now && s.on {
			s.line(p.ID(), "--", what+" "+before+" -> "+now)
		}
		last[what] = now
	}
	b.m.E.OnOp(func(p *sim.Proc, op sim.Op) {
		note(p, "policy", wd.Policy().String())
		note(p, "timers on CPU 1", fmt.Sprint(b.watchdogTimers(1)))
		note(p, "time stamp", fmt.Sprint(b.wd.View().CPUs[1].TouchTS))
		note(p, "CPU 1 online", fmt.Sprint(b.m.Online.Peek().Has(1)))
		name := b.m.ObjName(op.Obj)
		its := slices.Contains([]string{"apic1", "hrtimer_bases1.lock", "watchdog/1->pi_lock", "watchdog/1->state"}, name)
		if s.on && (strings.HasPrefix(name, "watchdog/1->kthread") || its && b.m.CPUs[p.ID()].Current() == &wd.Exec) {
			s.line(p.ID(), cpu.KindName(op.Kind), name)
		}
	})
	return s, wd
}

// watchdogTimers counts the timers of the detectors that are queued on CPU c.
func (b *box) watchdogTimers(c int) int {
	n := 0
	b.tm.HR().EachQueued(func(v timer.HRView) {
		if v.CPU == c && !v.Tick && v.Sleeper == nil {
			n++
		}
	})
	return n
}

// A CPU goes for longer than a soft lockup takes, and comes back. Its thread
// is an ordinary task, without timer and counter, before the CPU may go; it has
// both, its class and a new time stamp before it sleeps again.
func playWatchedPlug(t *testing.T) *story {
	b := watchedBox()
	s, _ := b.tellWatchdog()
	b.run(t, b.task("plug", 0, func(x *cpu.Exec) {
		b.tm.Msleep(x, 1200)
		s.on = true
		if err := b.st.CPUDown(x, 1); err != nil {
			t.Error(err)
		}
		s.say(x, "down")
		if n := b.watchdogTimers(0) + b.watchdogTimers(1); n != 1 {
			t.Errorf("%d timers of one CPU's detector", n)
		}
		s.on = false
		nmis, stamp := b.ic.Taken(1, irq.NMI), b.wd.View().CPUs[1].TouchTS
		b.tm.Msleep(x, 5000)
		if now := b.wd.View().CPUs[1].TouchTS; b.ic.Taken(1, irq.NMI) != nmis || now != stamp {
			t.Errorf("CPU 1 is gone, and took %d NMIs; its time stamp goes from %d to %d", b.ic.Taken(1, irq.NMI)-nmis, stamp, now)
		}
		s.on = true
		s.say(x, "brings it up")
		if err := b.st.CPUUp(x, 1); err != nil {
			t.Error(err)
		}
		b.tm.Msleep(x, 10)
		s.on = false
		b.tm.Msleep(x, 4000)
	}))
	return s
}

const orderWatchedPlug = `
cpu0 plug       rmw    watchdog/1->kthread.flags
cpu0 plug       lock   watchdog/1->kthread.parked.wait
cpu1 watchdog/1 read   watchdog/1->kthread.flags
cpu1 watchdog/1 lock   watchdog/1->pi_lock
cpu1 watchdog/1 --     policy SCHED_FIFO -> SCHED_NORMAL
cpu1 watchdog/1 lock   hrtimer_bases1.lock
cpu1 watchdog/1 --     timers on CPU 1 1 -> 0
cpu1 watchdog/1 unlock hrtimer_bases1.lock
cpu1 watchdog/1 device apic1
cpu1 watchdog/1 write  watchdog/1->state
cpu1 watchdog/1 rmw    watchdog/1->kthread.flags
cpu1 watchdog/1 lock   watchdog/1->kthread.parked.wait
cpu1 migration/1 --    CPU 1 online true -> false
cpu0 plug       --     down
cpu0 plug       --     brings it up
cpu1 swapper/1  --     CPU 1 online false -> true
cpu0 plug       rmw    watchdog/1->kthread.flags
cpu1 watchdog/1 device apic1
cpu1 watchdog/1 lock   hrtimer_bases1.lock
cpu1 watchdog/1 --     timers on CPU 1 0 -> 1
cpu1 watchdog/1 unlock hrtimer_bases1.lock
cpu1 watchdog/1 lock   watchdog/1->pi_lock
cpu1 watchdog/1 --     policy SCHED_NORMAL -> SCHED_FIFO
cpu1 watchdog/1 unlock watchdog/1->pi_lock
cpu1 watchdog/1 --     time stamp 1 -> 5
`

// A thread that is stopped cleans up: nobody watches its CPU any more, which
// then may be stuck for as long as it likes.
func playWatchdogStopped(t *testing.T) *story {
	b := watchedBox()
	s, wd := b.tellWatchdog()
	stopped := false
	stuck := b.task("stuck", 1, func(x *cpu.Exec) {
		b.tm.Msleep(x, 2000)
		if !stopped {
			t.Error("the thread still runs")
		}
		cpu.LocalIrqDisable(x)
		x.Delay(5 * sim.Second)
		cpu.LocalIrqEnable(x)
	})
	b.run(t, stuck, b.task("plug", 0, func(x *cpu.Exec) {
		b.tm.Msleep(x, 1200)
		s.on = true
		wd.Kthread().Stop(x)
		s.say(x, "stopped")
		s.on, stopped = false, true
	}))
	return s
}

const orderWatchdogStopped = `
cpu0 plug       rmw    watchdog/1->kthread.flags
cpu0 plug       lock   watchdog/1->kthread.exited.wait
cpu1 watchdog/1 read   watchdog/1->kthread.flags
cpu1 watchdog/1 --     policy SCHED_FIFO -> SCHED_NORMAL
cpu1 watchdog/1 --     timers on CPU 1 1 -> 0
cpu1 watchdog/1 unlock hrtimer_bases1.lock
cpu1 watchdog/1 device apic1
cpu1 watchdog/1 lock   watchdog/1->kthread.exited.wait
cpu0 plug       --     stopped
`
