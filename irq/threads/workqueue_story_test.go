package threads

import (
	"testing"

	"lockstep/cpu"
	"lockstep/cpu/workqueue"
	"lockstep/sim"
)

// wqStory is a box of two CPUs whose story is told, without the start-up.
func wqStory(about ...string) (*box, *story) {
	b := newBox(cpu.Config{CPUs: 2, Engine: sim.Config{Seed: 1, NoRunAhead: true}})
	return b, tell(b, about...)
}

// settle lets the workers of the start-up become idle.
func (b *box) settle(x *cpu.Exec, s *story) {
	b.tm.Msleep(x, 2)
	s.on = true
}

// TestWorkqueueStories compares what happens with what is written in testdata,
// where every scene says what to look for.
func TestWorkqueueStories(t *testing.T) {
	playScenes(t, "testdata/workqueue", map[string]scene{
		"queue":      {playQueue, orderQueue},
		"sleep":      {playSleep, orderSleep},
		"flush":      {playFlush, orderFlush},
		"colours":    {playColours, orderColours},
		"delayed":    {playDelayed, orderDelayed},
		"cancel":     {playCancel, orderCancel},
		"max-active": {playMaxActive, orderMaxActive},
	})
}

// A work is queued for another CPU: PENDING, then the pool's lock, the list,
// the look at nr_running, and a wake-up under the lock. The worker counts
// itself in before it takes the work, clears PENDING before it lets the lock
// go, and only then runs the function.
func playQueue(t *testing.T) *story {
	b, s := wqStory("pool2->", "w->", "kworker/1:0->pi", "rq1->lock")
	w := b.work("w", func(x *cpu.Exec) { s.say(x, "w runs") })
	b.run(t, b.task("t", 0, func(x *cpu.Exec) {
		b.settle(x, s)
		b.ws.Events.QueueWorkOn(x, 1, w)
	}))
	return s
}

const orderQueue = `
cpu0 t           rmw    w->data
cpu0 t           lock   pool2->lock
cpu0 t           write  w->data
cpu0 t           write  pool2->worklist
cpu0 t           read   pool2->nr_running
cpu0 t           lock   kworker/1:0->pi_lock
cpu0 t           lock   rq1->lock
cpu0 t           unlock rq1->lock
cpu0 t           unlock kworker/1:0->pi_lock
cpu0 t           unlock pool2->lock
cpu1 kworker/1:0 lock   pool2->lock
cpu1 kworker/1:0 rmw    pool2->nr_running
cpu1 kworker/1:0 write  pool2->worklist
cpu1 kworker/1:0 write  w->data
cpu1 kworker/1:0 unlock pool2->lock
cpu1 kworker/1:0 --     w runs
cpu1 kworker/1:0 lock   pool2->lock
cpu1 kworker/1:0 rmw    pool2->nr_running
cpu1 kworker/1:0 unlock pool2->lock
`

// The first of two works sleeps: __schedule counts its worker off under
// rq->lock, finds that works wait, and wakes the idle worker right there, with
// pi_lock tried inside rq->lock. Nobody takes pool->lock for it. When the work's
// sleep ends, the wake-up counts the worker in again.
func playSleep(t *testing.T) *story {
	b, s := wqStory("pool0->", "kworker/0:", "rq0->lock")
	w1 := b.work("w1", func(x *cpu.Exec) {
		s.say(x, "w1 sleeps")
		b.tm.Msleep(x, 1)
		s.say(x, "w1 goes on")
	})
	w2 := b.work("w2", func(x *cpu.Exec) { s.say(x, "w2 runs") })
	b.run(t, b.task("t", 0, func(x *cpu.Exec) {
		b.ws.Events.QueueWork(x, b.work0) // its worker makes another
		b.settle(x, s)
		f := cpu.LocalIrqSave(x)
		b.ws.Events.QueueWork(x, w1)
		b.ws.Events.QueueWork(x, w2)
		cpu.LocalIrqRestore(x, f)
	}))
	return s
}

const orderSleep = `
cpu0 kworker/0:1 --      w1 sleeps
cpu0 kworker/0:1 lock    rq0->lock
cpu0 kworker/0:1 write   kworker/0:1->on_rq
cpu0 kworker/0:1 rmw     pool0->nr_running
cpu0 kworker/0:1 read    pool0->worklist
cpu0 kworker/0:1 trylock kworker/0:0->pi_lock
cpu0 kworker/0:1 write   kworker/0:0->on_rq
cpu0 kworker/0:1 write   kworker/0:0->state
cpu0 kworker/0:1 unlock  kworker/0:0->pi_lock
cpu0 kworker/0:1 switch
cpu0 kworker/0:0 unlock  rq0->lock
cpu0 kworker/0:0 lock    pool0->lock
cpu0 kworker/0:0 rmw     pool0->nr_running
cpu0 kworker/0:0 unlock  pool0->lock
cpu0 kworker/0:0 --      w2 runs
cpu0 kworker/0:0 lock    pool0->lock
cpu0 kworker/0:0 rmw     pool0->nr_running
cpu0 swapper/0   lock    kworker/0:1->pi_lock
cpu0 swapper/0   lock    rq0->lock
cpu0 swapper/0   write   kworker/0:1->on_rq
cpu0 swapper/0   rmw     pool0->nr_running
cpu0 swapper/0   unlock  rq0->lock
cpu0 kworker/0:1 --      w1 goes on
`

// flush_work of a work that waits: the barrier goes right behind it, linked to
// it, and the worker takes both. The one behind them has to wait.
func playFlush(t *testing.T) *story {
	b, s := wqStory("pool0->worklist", "w->", "other->", "t's ")
	w := b.work("w", func(x *cpu.Exec) { s.say(x, "w runs") })
	other := b.work("other", func(x *cpu.Exec) { s.say(x, "other runs") })
	b.run(t, b.task("t", 0, func(x *cpu.Exec) {
		w.Flush(x) // there is nothing to wait for, but from now on it has a barrier
		b.settle(x, s)
		cpu.PreemptDisable(x)
		b.ws.Events.QueueWork(x, w)
		b.ws.Events.QueueWork(x, other)
		cpu.PreemptEnableNoResched(x)
		w.Flush(x)
		s.say(x, "flushed")
	}))
	return s
}

const orderFlush = `
cpu0 t           write  w->data
cpu0 t           write  pool0->worklist
cpu0 t           write  other->data
cpu0 t           write  pool0->worklist
cpu0 t           write  w->data
cpu0 t           write  t's barr.work->data
cpu0 t           write  pool0->worklist
cpu0 kworker/0:0 --     w runs
cpu0 kworker/0:0 write  t's barr.work->data
cpu0 kworker/0:0 lock   t's barr.done.wait
cpu0 kworker/0:0 --     other runs
cpu0 t           --     flushed
`

// flush_workqueue twice, with a work queued in between. The second flusher
// takes the next colour and waits behind the first, which hands on to it.
func playColours(t *testing.T) *story {
	b, s := wqStory("q->first", "q->nr_pwqs", "f1's", "f2's")
	q := b.q
	sleeps := func(name string, ms uint64) *workqueue.Work {
		return b.work(name, func(x *cpu.Exec) {
			b.tm.Msleep(x, ms)
			s.say(x, name+" ends")
		})
	}
	w1, w2 := sleeps("w1", 6), sleeps("w2", 10)
	b.run(t,
		b.task("f1", 0, func(x *cpu.Exec) {
			b.settle(x, s)
			q.QueueWork(x, w1)
			q.Flush(x)
			s.say(x, "flushed")
		}),
		b.task("f2", 1, func(x *cpu.Exec) {
			b.tm.Msleep(x, 5)
			q.QueueWork(x, w2)
			q.Flush(x)
			s.say(x, "flushed")
		}))
	return s
}

const orderColours = `
cpu0 f1          write  q->first_flusher
cpu0 f1          rmw    q->nr_pwqs_to_flush
cpu0 f1          lock   f1's this_flusher.done.wait
cpu1 f2          lock   f2's this_flusher.done.wait
cpu0 kworker/0:0 --     w1 ends
cpu0 kworker/0:0 rmw    q->nr_pwqs_to_flush
cpu0 kworker/0:0 lock   f1's this_flusher.done.wait
cpu0 f1          write  q->first_flusher
cpu0 f1          write  q->first_flusher
cpu0 f1          --     flushed
cpu1 kworker/1:0 --     w2 ends
cpu1 kworker/1:0 lock   f2's this_flusher.done.wait
cpu1 f2          --     flushed
`

// A delayed work: PENDING now, the timer, and the list when it expires, in
// softirq. mod_delayed_work in between takes it off its timer.
func playDelayed(t *testing.T) *story {
	b, s := wqStory("timer_base0->lock", "d->", "pool0->worklist")
	d := new(workqueue.DelayedWork)
	d.Init(b.ws, "d", &workKey, func(x *cpu.Exec, _ *workqueue.Work) { s.say(x, "d runs") })
	b.run(t, b.task("t", 0, func(x *cpu.Exec) {
		b.settle(x, s)
		b.ws.Events.QueueDelayedWork(x, d, 50)
		x.Delay(sim.Microsecond)
		s.say(x, "sooner")
		b.ws.Events.ModDelayedWork(x, d, 2)
		s.say(x, "armed")
		x.Delay(5 * sim.Millisecond)
		d.Flush(x)
	}))
	return s
}

const orderDelayed = `
cpu0 t           rmw    d->data
cpu0 t           lock   timer_base0->lock
cpu0 t           --     sooner
cpu0 t           lock   timer_base0->lock
cpu0 t           --     armed
cpu0 t           write  d->data
cpu0 t           write  pool0->worklist
cpu0 kworker/0:0 write  pool0->worklist
cpu0 kworker/0:0 write  d->data
cpu0 kworker/0:0 --     d runs
`

// cancel_work_sync of a work that runs: it gets PENDING, marks the word, so
// that nobody can queue the work, puts a barrier in front of what the worker is
// to do next, and clears the word when the function has ended.
func playCancel(t *testing.T) *story {
	b, s := wqStory("w->", "t's ")
	w := b.work("w", func(x *cpu.Exec) {
		s.say(x, "w runs")
		x.Delay(50 * sim.Microsecond)
		s.say(x, "w ends")
	})
	b.run(t, b.task("t", 1, func(x *cpu.Exec) {
		w.Flush(x)
		b.settle(x, s)
		b.ws.Events.QueueWorkOn(x, 0, w)
		x.Delay(20 * sim.Microsecond)
		w.CancelSync(x)
		s.say(x, "cancelled")
	}))
	return s
}

const orderCancel = `
cpu0 kworker/0:0 --    w runs
cpu1 t           rmw   w->data
cpu1 t           write w->data
cpu1 t           write t's barr.work->data
cpu0 kworker/0:0 --    w ends
cpu0 kworker/0:0 lock  t's barr.done.wait
cpu1 t           write w->data
cpu1 t           --    cancelled
`

// max_active is one: the second work is kept back, and let into the pool when
// the first ends, although it sleeps in between and a worker is idle.
func playMaxActive(t *testing.T) *story {
	b, s := wqStory("pool0->worklist", "w1->", "w2->")
	w1 := b.work("w1", func(x *cpu.Exec) {
		s.say(x, "w1 sleeps")
		b.tm.Msleep(x, 1)
		s.say(x, "w1 ends")
	})
	w2 := b.work("w2", func(x *cpu.Exec) { s.say(x, "w2 runs") })
	b.run(t, b.task("t", 0, func(x *cpu.Exec) {
		b.settle(x, s)
		b.single.QueueWork(x, w1)
		b.single.QueueWork(x, w2)
	}))
	return s
}

const orderMaxActive = `
cpu0 t           write w1->data
cpu0 t           write pool0->worklist
cpu0 t           write w2->data
cpu0 kworker/0:0 --    w1 sleeps
cpu0 kworker/0:0 --    w1 ends
cpu0 kworker/0:0 write pool0->worklist
cpu0 kworker/0:0 write w2->data
cpu0 kworker/0:0 --    w2 runs
`
