package perf

import (
	"fmt"
	"strings"
	"testing"

	"lockstep/cpu"
	"lockstep/sim"
)

// expedited opens a second event on a running task while another CPU starts
// an expedited grace period, at the given time after the open began, with the
// costs of a PROVE_LOCKING kernel.
func expedited(t *testing.T, mode LockMode, sent sim.Time) string {
	t.Helper()
	const start = 400 * sim.Microsecond // before the first tick
	b := newBox(3, mode, sim.Config{Seed: 1})
	b.m.LockdepCost = cpu.ProveLockingCosts().Lockdep
	victim := b.task("victim", 1, func(x *cpu.Exec) {
		until(x, start-100*sim.Microsecond)
		b.tm.Msleep(x, 1) // its context is loaded: rq->lock -> ctx->lock
		x.Delay(sim.Millisecond)
	})
	opener := b.task("opener", 0, func(x *cpu.Exec) {
		x.Delay(10 * sim.Microsecond)
		for range 2 {
			if e, err := b.p.EventOpen(x, victim); err != nil {
				t.Error(err)
			} else {
				b.events = append(b.events, e)
			}
			until(x, start)
		}
		for _, e := range b.events {
			b.p.Close(x, e)
		}
	})
	requester := b.task("requester", 2, func(x *cpu.Exec) {
		until(x, start+sent)
		b.r.SynchronizeExpedited(x)
	})
	b.run(t, victim, opener, requester)
	return b.findings()
}

// TestExpedited is the founding bug (docs/kernel/scenario.md §4): the IPI of
// an expedited grace period finds the reader of perf_lock_task_context, whose
// end then reports under ctx->lock and wakes the requester. With interrupts
// off around the reader it cannot.
func TestExpedited(t *testing.T) {
	for _, mode := range []LockMode{LockPreemptOff, LockIrqsOff} {
		want := mode == LockPreemptOff
		t.Run(fmt.Sprintf("mode %d", mode), func(t *testing.T) {
			found := 0
			for sent := -10 * sim.Microsecond; sent < 2*sim.Microsecond; sent += 60 {
				if s := expedited(t, mode, sent); strings.Contains(s, "circular") {
					found++
				} else if s != "" {
					t.Fatalf("sent at %d ns: %s", sent, s)
				}
			}
			if (found > 0) != want {
				t.Errorf("lockdep complained %d times, want any: %t", found, want)
			}
		})
	}
}
