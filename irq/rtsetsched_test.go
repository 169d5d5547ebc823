package irq

import (
	"testing"

	"lockstep/cpu"
	"lockstep/cpu/sched"
	"lockstep/sim"
)

// setWhileBoosted gives the owner of an rt_mutex, for which a task of priority
// 49 waits, a real-time priority of its own, and returns its priority behind
// that and behind its unlocking.
func setWhileBoosted(t *testing.T, rtPriority int, mutation string) (lent, own int) {
	b := newBox(cpu.Config{CPUs: 2, Engine: sim.Config{Seed: 1}}, func(b *box) {
		b.m.Mutations = map[string]bool{mutation: true}
	})
	var a sched.RTMutex
	a.Init(b.s, "A", &rtKey)
	low := b.s.NewTask("low", 100, 0, []int{0}, func(x *cpu.Exec) {
		a.Lock(x)
		x.Delay(sim.Millisecond)
		if p := b.s.Task(x).Prio(); p != 49 {
			t.Errorf("the owner has priority %d, want 49", p)
		}
		if !b.s.SetScheduler(x, b.s.Task(x), sched.PolicyFIFO, rtPriority) {
			t.Errorf("no SCHED_FIFO of %d", rtPriority)
		}
		lent = b.s.Task(x).Prio()
		a.Unlock(x)
		own = b.s.Task(x).Prio()
	})
	high := b.s.NewTask("high", 101, 0, []int{1}, func(x *cpu.Exec) {
		x.Delay(100 * sim.Microsecond)
		a.Lock(x)
		a.Unlock(x)
	})
	b.s.InitPolicy(high, sched.PolicyFIFO, 50)
	b.run(t, low, high)
	return lent, own
}

// TestSetSchedulerWhileBoosted: a lower priority of its own counts once what is
// lent is given back, a higher one at once.
func TestSetSchedulerWhileBoosted(t *testing.T) {
	for _, c := range []struct {
		rtPriority, lent, own int
		mutation              string
	}{
		{10, 49, 89, ""},
		{60, 39, 39, ""},
		{10, 89, 89, "sched.setscheduler-drops-boost"},
	} {
		if lent, own := setWhileBoosted(t, c.rtPriority, c.mutation); lent != c.lent || own != c.own {
			t.Errorf("%d %s: priority %d, then %d, want %d and %d", c.rtPriority, c.mutation, lent, own, c.lent, c.own)
		}
	}
}
