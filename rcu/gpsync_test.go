package rcu

import (
	"testing"

	"lockstep/cpu"
	"lockstep/cpu/lockdep"
	"lockstep/cpu/sched"
	"lockstep/sim"
)

// slowPath is a fast path between whose look at the state and whose counter time
// passes, as if an interrupt came.
type slowPath struct{ *Sync }

func (p slowPath) IsIdle(x *cpu.Exec) bool {
	idle := p.Sync.IsIdle(x)
	x.Delay(20 * sim.Microsecond)
	return idle
}

// TestPercpuWriterNeedsGracePeriod: a writer enters while a reader is between
// its look at the fast path and its counter, where preemption is off. Only the
// grace period lets the writer's sum count that reader.
func TestPercpuWriterNeedsGracePeriod(t *testing.T) {
	for mutation, beside := range map[string]bool{"": false, "rcu.sync-enter-no-gp": true} {
		var p sched.PercpuRWSem
		var reading cpu.Var[bool]
		b := newBoxWith(cpu.Config{CPUs: 2}, Config{}, func(b *box) {
			reading.Init(b.m, "reading", false)
			p.Init(b.s, "sem", &lockdep.Key{Name: "sem", Inner: lockdep.WaitSleep}, slowPath{b.r.NewSync("sem")})
		}, mutation)
		met := false
		reader := b.task("reader", 0, func(x *cpu.Exec) {
			p.DownRead(x)
			reading.WriteOnce(x, true)
			x.Delay(100 * sim.Microsecond)
			reading.WriteOnce(x, false)
			p.UpRead(x)
		})
		writer := b.task("writer", 1, func(x *cpu.Exec) {
			x.Delay(10 * sim.Microsecond)
			for range 40 {
				p.DownWrite(x)
				met = reading.ReadOnce(x) || met
				x.Delay(sim.Microsecond)
				met = reading.ReadOnce(x) || met
				p.UpWrite(x)
			}
		})
		b.run(t, reader, writer)
		if met != beside {
			t.Errorf("mutation %q: a reader beside the writer: %v, want %v", mutation, met, beside)
		}
	}
}

// TestSyncOpensAgain: behind the last writer's exit the fast path stays closed
// for a grace period, and longer if somebody enters meanwhile; then it is open.
func TestSyncOpensAgain(t *testing.T) {
	var g *Sync
	b := newBoxWith(cpu.Config{CPUs: 2}, Config{}, func(b *box) { g = b.r.NewSync("sync") })
	var closed, again, open bool
	b.run(t, b.task("writer", 0, func(x *cpu.Exec) {
		g.Enter(x)
		g.Exit(x)
		closed = !g.IsIdle(x)
		from := x.Now()
		g.Enter(x)
		again = x.Now()-from < 100*sim.Microsecond // no second grace period
		g.Exit(x)
		x.Delay(sim.Microsecond)
		for range 4 { // the callback, its replay, and their grace periods
			b.r.SynchronizeSched(x)
		}
		open = g.IsIdle(x)
	}))
	if !closed || !again || !open {
		t.Errorf("closed behind the exit: %v, entered again without a grace period: %v, open in the end: %v", closed, again, open)
	}
}
