package threads

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"lockstep/cpu"
	"lockstep/cpu/lockdep"
	"lockstep/cpu/sched"
	"lockstep/cpu/workqueue"
	"lockstep/sim"
)

// TestWorkRuns: a work runs once per queueing, in a worker of the CPU it was
// queued for, of the right pool.
func TestWorkRuns(t *testing.T) {
	b := newBox(cpu.Config{CPUs: 2})
	w := b.work("w", func(x *cpu.Exec) {
		b.note("%s/%d on %d nice %d", x.Comm, x.PID, x.CPU().ID, b.s.Task(x).Nice())
	})
	b.check(t, "kworker/0:0/4 on 0 nice 0 kworker/1:0/14 on 1 nice 0 kworker/u4:0/6 on 1 nice 0 kworker/1:0H/15 on 1 nice -20",
		b.task("t", 0, func(x *cpu.Exec) {
			b.ws.Events.QueueWork(x, w)
			w.Flush(x)
			b.ws.Events.QueueWorkOn(x, 1, w)
			w.Flush(x)
			b.ws.EventsUnbound.QueueWork(x, w)
			w.Flush(x)
			b.ws.EventsHighpri.QueueWorkOn(x, 1, w)
			w.Flush(x)
		}))
}

// sleeper queues a work that waits for what another one behind it does.
func sleeper(b *box) *sched.Task {
	var done sched.Completion
	done.Init(b.s, "done")
	waits := b.work("waits", func(x *cpu.Exec) {
		done.Wait(x)
		b.note("waited")
	})
	completes := b.work("completes", func(x *cpu.Exec) {
		b.note("completes")
		done.Complete(x)
	})
	return b.task("t", 0, func(x *cpu.Exec) {
		b.ws.Events.QueueWork(x, b.work0) // its worker makes another
		b.tm.Msleep(x, 2)
		f := cpu.LocalIrqSave(x)
		b.ws.Events.QueueWork(x, waits)
		b.ws.Events.QueueWork(x, completes)
		cpu.LocalIrqRestore(x, f)
	})
}

// TestSleeperIsReplaced: when the worker that runs goes to sleep, the next one
// is woken. Without that the machine hangs, and the hang names the worker.
func TestSleeperIsReplaced(t *testing.T) {
	b := newBox(cpu.Config{CPUs: 1})
	b.check(t, "completes waited", sleeper(b))

	b = newBox(cpu.Config{CPUs: 1}, "workqueue.sleeper-wakes-nobody")
	b.run(t, sleeper(b))
	if b.kinds() != "hang" || !strings.Contains(b.verdicts(), "kworker/0:1/1001 state D waits for completion done") {
		t.Errorf("nobody was to be woken: %s", b.verdicts())
	}
}

// ghost has a producer write values and queue the work that reads them, and
// returns what was read last (BUG-H2: the work that is queued while PENDING is
// still set must see what was written before).
func ghost(t *testing.T, seed uint64, mutations ...string) (wrote, read int) {
	b := newBox(cpu.Config{CPUs: 2, Engine: sim.Config{Seed: seed, Stalls: seed%2 == 1}}, mutations...)
	var data cpu.Var[int]
	w := b.work("w", func(x *cpu.Exec) {
		read = data.ReadOnce(x)
		x.Delay(2000)
	})
	data.Init(b.m, "data", 0)
	b.run(t, b.task("producer", 1, func(x *cpu.Exec) {
		for wrote < 20 {
			wrote++
			data.WriteOnce(x, wrote)
			b.q.QueueWorkOn(x, 0, w)
			x.Delay(700)
		}
	}))
	return wrote, read
}

// TestNoGhostPending: every store is seen at once here, so that a queueing that
// finds PENDING set is served by the run to come, as it must be. With the bit
// cleared behind the function's reads, which is what a store buffer may make of
// it, the last value is lost.
func TestNoGhostPending(t *testing.T) {
	lost := 0
	for seed := range uint64(40) {
		if wrote, read := ghost(t, seed); wrote != read {
			t.Fatalf("seed %d: %d was written last and %d read", seed, wrote, read)
		}
		if wrote, read := ghost(t, seed, "workqueue.pending-cleared-late"); wrote != read {
			lost++
		}
	}
	if lost == 0 {
		t.Error("nothing was lost with the bit cleared late")
	}
}

// TestCancelSync: behind it the function does not run, two who cancel at once
// both return behind it, and one says that the work was pending.
func TestCancelSync(t *testing.T) {
	for seed := range uint64(40) {
		b := newBox(cpu.Config{CPUs: 3, Engine: sim.Config{Seed: seed, Stalls: seed%2 == 1}})
		running, pending := false, 0
		w := b.work("w", func(x *cpu.Exec) {
			running = true
			b.tm.Msleep(x, 1)
			running = false
		})
		cancel := func(x *cpu.Exec) {
			b.tm.Msleep(x, 1)
			if w.CancelSync(x) {
				pending++
			}
			if running {
				t.Errorf("seed %d: the function runs behind cancel_work_sync", seed)
			}
		}
		b.run(t, b.task("c1", 1, cancel), b.task("c2", 2, cancel), b.task("t", 0, func(x *cpu.Exec) {
			b.tm.Msleep(x, 1)
			b.q.QueueWork(x, w)
			b.q.QueueWorkOn(x, 1, w)
		}))
		if b.verdicts() != "" || pending > 2 {
			t.Fatalf("seed %d: pending %d times; %s", seed, pending, b.verdicts())
		}
	}
}

// TestModDelayed: the work runs once, when the latest delay says.
func TestModDelayed(t *testing.T) {
	b := newBox(cpu.Config{CPUs: 2})
	d := new(workqueue.DelayedWork)
	at := uint64(0)
	d.Init(b.ws, "d", &workKey, func(x *cpu.Exec, _ *workqueue.Work) {
		b.note("runs on %d behind %d", x.CPU().ID, b.m.Jiffies.Peek()-at)
	})
	b.check(t, "false true true runs on 1 behind 3 true false", b.task("t", 0, func(x *cpu.Exec) {
		at = b.m.Jiffies.ReadOnce(x)
		b.note("%t", b.q.ModDelayedWorkOn(x, 1, d, 100))
		b.note("%t", b.q.ModDelayedWorkOn(x, 1, d, 50))
		b.note("%t", b.q.ModDelayedWorkOn(x, 1, d, 3))
		b.tm.Msleep(x, 6)
		b.q.QueueDelayedWork(x, d, 10)
		b.note("%t", d.Cancel(x))
		b.note("%t", d.CancelSync(x))
	}))
}

// TestDrain: works that queue one another are waited for, and nobody else may
// queue meanwhile.
func TestDrain(t *testing.T) {
	b := newBox(cpu.Config{CPUs: 2})
	left := 5
	var w *workqueue.Work
	w = b.work("w", func(x *cpu.Exec) {
		b.tm.Msleep(x, 1)
		if left--; left > 0 {
			b.q.QueueWork(x, w)
		}
	})
	outside := b.work("outside", func(*cpu.Exec) { t.Error("a work got in") })
	b.run(t, b.task("t", 0, func(x *cpu.Exec) {
		b.q.QueueWork(x, w)
		b.q.Drain(x)
		if left != 0 {
			t.Errorf("drained with %d left", left)
		}
	}), b.task("other", 1, func(x *cpu.Exec) {
		b.tm.Msleep(x, 3)
		b.q.QueueWork(x, outside)
	}))
	if b.kinds() != "warn" || !strings.Contains(b.verdicts(), "queued on a workqueue that is drained") {
		t.Error(b.verdicts())
	}
}

// TestFlushIsValidated: who waits for a work under a lock that its function
// takes is found though they never meet; so are a work that flushes itself and
// one that flushes its own workqueue.
func TestFlushIsValidated(t *testing.T) {
	for _, c := range []struct {
		title string
		play  func(b *box) *sched.Task
	}{
		{"possible circular locking dependency detected", func(b *box) *sched.Task {
			m := new(sched.Mutex)
			m.Init(b.s, "m", &mutexKey)
			w := b.work("w", func(x *cpu.Exec) {
				m.Lock(x)
				m.Unlock(x)
			})
			return b.task("t", 0, func(x *cpu.Exec) {
				b.q.QueueWork(x, w)
				b.tm.Msleep(x, 3)
				m.Lock(x)
				w.Flush(x)
				m.Unlock(x)
			})
		}},
		{"possible recursive locking detected", func(b *box) *sched.Task {
			w := b.work("w", func(x *cpu.Exec) { b.ordered.Flush(x) })
			return b.task("t", 0, func(x *cpu.Exec) { b.ordered.QueueWork(x, w) })
		}},
		{"possible recursive locking detected", func(b *box) *sched.Task {
			w := new(workqueue.Work)
			w.Init(b.ws, "w", &workKey, func(x *cpu.Exec, w *workqueue.Work) { w.Flush(x) })
			return b.task("t", 0, func(x *cpu.Exec) { b.q.QueueWork(x, w) })
		}},
	} {
		b := newBox(cpu.Config{CPUs: 1})
		b.run(t, c.play(b))
		if f := b.m.Findings(); len(f) == 0 || f[0].Kind != "lockdep" || !strings.Contains(f[0].Title, c.title) {
			t.Errorf("want %s, found %q", c.title, b.verdicts())
		}
	}
}

var mutexKey = lockdep.Key{Name: "m"}

// TestFlushDeadlock: the same when they do meet. The wait-for graph knows which
// worker has the barrier among its next works, and names the cycle.
func TestFlushDeadlock(t *testing.T) {
	b := newBox(cpu.Config{CPUs: 2})
	m := new(sched.Mutex)
	m.Init(b.s, "m", &mutexKey)
	w := b.work("w", func(x *cpu.Exec) {
		b.tm.Msleep(x, 2)
		m.Lock(x)
		m.Unlock(x)
	})
	b.run(t, b.task("t", 1, func(x *cpu.Exec) {
		b.q.QueueWorkOn(x, 0, w)
		b.tm.Msleep(x, 1)
		m.Lock(x)
		w.Flush(x)
		m.Unlock(x)
	}))
	for _, f := range b.m.Findings() {
		if f.Kind == "deadlock" && strings.Contains(f.Text, "task kworker/0:0/4 waits for mutex m, held by task t/") &&
			strings.Contains(f.Text, "waits for completion t's barr.done.wait, to be completed by task kworker/0:0/4") {
			return
		}
	}
	t.Errorf("no deadlock of worker and flusher: %s", b.verdicts())
}

// TestMaxActiveIsClamped: what is out of range is said when the machine starts.
func TestMaxActiveIsClamped(t *testing.T) {
	b := newBox(cpu.Config{CPUs: 1})
	b.run(t)
	if want := "workqueue: max_active 600 requested for many is out of range, clamping between 1 and 512"; len(b.log) != 1 || b.log[0] != want {
		t.Errorf("printed %q", b.log)
	}
}

// TestLeak: a function that leaves preempt_count raised is named.
func TestLeak(t *testing.T) {
	b := newBox(cpu.Config{CPUs: 1})
	w := b.work("w", func(x *cpu.Exec) {
		cpu.PreemptDisable(x)
		b.note("leaks")
	})
	b.run(t, b.task("t", 0, func(x *cpu.Exec) { b.q.QueueWork(x, w) }))
	if want := "BUG: workqueue leaked lock or atomic: kworker/0:0/0x00000001/4"; !slices.Contains(b.log, want) {
		t.Errorf("printed %q, want %q", b.log, want)
	}
}

// TestCPUIntensive: a work of a CPU-intensive workqueue holds nobody up.
func TestCPUIntensive(t *testing.T) {
	b := newBox(cpu.Config{CPUs: 1})
	w := b.work("w", func(x *cpu.Exec) { b.note("runs with %d running", b.ws.View().Pools[0].Running) })
	long := b.work("long", func(x *cpu.Exec) {
		x.Delay(20 * sim.Millisecond)
		b.note("long ends")
	})
	b.check(t, "runs with 1 running long ends", b.task("t", 0, func(x *cpu.Exec) {
		b.intensive.QueueWork(x, long)
		b.tm.Msleep(x, 1)
		b.ws.Events.QueueWork(x, w)
	}))
}

// TestIdleWorkersGo: after five minutes the pool has as many as it needs.
func TestIdleWorkersGo(t *testing.T) {
	b := newBox(cpu.Config{CPUs: 1, HZ: 100, Engine: sim.Config{TimeLimit: 400 * sim.Second}})
	var works []*workqueue.Work
	for i := range 6 {
		works = append(works, b.work(fmt.Sprintf("w%d", i), func(x *cpu.Exec) { b.tm.Msleep(x, 50) }))
	}
	count := func() { b.note("%d", len(b.ws.View().Pools[0].Workers)) }
	b.check(t, "7 2", b.task("t", 0, func(x *cpu.Exec) {
		for _, w := range works {
			b.q.QueueWork(x, w)
		}
		b.q.Flush(x)
		count()
		b.tm.Msleep(x, 310_000)
		count()
	}))
}

// TestWorkqueueView looks while a work runs, one waits behind max_active and
// somebody flushes.
func TestWorkqueueView(t *testing.T) {
	b := newBox(cpu.Config{CPUs: 1})
	slow := b.work("slow", func(x *cpu.Exec) { b.tm.Msleep(x, 5) })
	next := b.work("next", func(*cpu.Exec) {})
	var v workqueue.View
	b.run(t, b.task("t", 0, func(x *cpu.Exec) {
		b.single.QueueWork(x, slow)
		b.single.QueueWork(x, next)
		b.single.Flush(x)
	}), b.task("looks", 0, func(x *cpu.Exec) {
		b.tm.Msleep(x, 2)
		v = b.ws.View()
	}))
	p := v.Pools[0]
	if w := p.Workers[0]; w.Comm != "kworker/0:0" || w.Work != "slow" || w.Queue != "one" || w.Flags != "" || p.Running != 0 || fmt.Sprint(p.Idle) != "[1001]" {
		t.Errorf("%+v", p)
	}
	for _, q := range v.Queues {
		if q.Name == "one" && (q.First != "t" || q.MaxActive != 1 || len(q.PWQs) != 1 || fmt.Sprint(q.PWQs[0].Delayed) != "[next]" || q.PWQs[0].Active != 1) {
			t.Errorf("%+v", q)
		}
	}
}
