package threads

import (
	"fmt"
	"testing"

	"lockstep/cpu"
	"lockstep/cpu/sched"
	"lockstep/cpu/workqueue"
	"lockstep/sim"
)

// twin is a dumb model of workqueues: it counts, from outside, what was asked
// for and what happened, and says what cannot be.
type twin struct {
	works  []*twinWork
	inside map[*workqueue.Workqueue]map[int]int // how many works run: of a workqueue, on a CPU
	limit  map[*workqueue.Workqueue]int         // how many may
	wrong  []string
}

// twinWork is what is known of a work. A count of what was asked for is raised
// when the answer is there, that of cancellers under way before they ask.
type twinWork struct {
	name            string
	queued          int // queueings that said true
	cancelled       int // cancellations that said true
	cancelling      int // that have not said anything yet
	cancels         int // cancellations asked for
	flushing        int // flushes of it under way
	flushes         int // that have begun
	began, ended    int
	self            int // how often it is to queue itself again
	sleeps, spends  uint64
	delayed         *workqueue.DelayedWork
	work            *workqueue.Work
	wq              *workqueue.Workqueue
	mightBeQueuedBy int // queueings under way
}

func (tw *twin) complain(format string, args ...any) {
	tw.wrong = append(tw.wrong, fmt.Sprintf(format, args...))
}

// run is the function of w.
func (tw *twin) run(b *box, x *cpu.Exec, w *twinWork) {
	c := x.CPU().ID
	if w.began != w.ended {
		tw.complain("%s runs beside itself", w.name)
	}
	if w.began++; w.began > w.queued-w.cancelled+w.mightBeQueuedBy+w.cancelling {
		tw.complain("%s began %d times, was queued %d and cancelled %d times", w.name, w.began, w.queued, w.cancelled)
	}
	if w.wq == b.ordered {
		c = 0 // however many CPUs, one at a time
	}
	in := tw.inside[w.wq]
	if in[c]++; in[c] > tw.limit[w.wq] {
		tw.complain("%d works of %s run at once on CPU %d", in[c], w.wq.Name(), c)
	}
	x.Delay(sim.Time(w.spends))
	if w.sleeps > 0 {
		b.tm.Msleep(x, w.sleeps-1)
	}
	if w.self > 0 {
		w.self--
		tw.queue(x, w, workqueue.AnyCPU, 0)
	}
	in[c]--
	w.ended++
}

func (tw *twin) queue(x *cpu.Exec, w *twinWork, c int, delay uint64) {
	w.mightBeQueuedBy++
	var ok bool
	if w.delayed != nil {
		ok = w.wq.QueueDelayedWorkOn(x, c, w.delayed, delay)
	} else {
		ok = w.wq.QueueWorkOn(x, c, w.work)
	}
	if w.mightBeQueuedBy--; ok {
		w.queued++
	}
}

// mod is mod_delayed_work: what was pending is taken back, as by a canceller,
// and queued anew, unless somebody cancels it.
func (tw *twin) mod(x *cpu.Exec, w *twinWork, c int, delay uint64) {
	if w.delayed == nil {
		tw.queue(x, w, c, delay)
		return
	}
	w.cancels++
	w.cancelling++
	w.mightBeQueuedBy++
	pending := w.wq.ModDelayedWorkOn(x, c, w.delayed, delay)
	w.cancelling--
	if w.mightBeQueuedBy--; !pending {
		w.queued++
	}
}

func (tw *twin) cancel(x *cpu.Exec, w *twinWork) {
	w.cancels++
	w.cancelling++
	var ok bool
	if w.delayed != nil {
		ok = w.delayed.CancelSync(x)
	} else {
		ok = w.work.CancelSync(x)
	}
	if w.cancelling--; ok {
		w.cancelled++
	}
}

// flushed checks that what was queued when a flush began has ended, but for
// what was cancelled.
func (w *twinWork) flushed(tw *twin, queued int, how string) {
	if w.ended < queued-w.cancelled-w.cancelling {
		tw.complain("%s returned: %s was queued %d times before, cancelled %d, and has ended %d times", how, w.name, queued, w.cancelled, w.ended)
	}
}

// flushWork waits for the latest queueing. If that one is cancelled meanwhile,
// its barrier runs on its own, though an earlier one may still run. And of two
// who flush a delayed work at once, one may come while the other has taken it
// off its timer and not queued it yet: there is nothing to wait for, then.
func (tw *twin) flushWork(x *cpu.Exec, w *twinWork) {
	queued, cancelled, cancels := w.queued, w.cancelled, w.cancels
	alone := w.cancelling == 0 && (w.delayed == nil || w.flushing == 0)
	w.flushing++
	w.flushes++
	flushes := w.flushes
	if w.delayed != nil {
		w.delayed.Flush(x)
	} else {
		w.work.Flush(x)
	}
	w.flushing--
	if w.cancels == cancels && w.cancelled == cancelled && w.cancelling == 0 && alone && (w.delayed == nil || w.flushes == flushes) {
		w.flushed(tw, queued, "flush_work")
	}
}

func (tw *twin) flushQueue(x *cpu.Exec, q *workqueue.Workqueue) {
	before := make([]int, len(tw.works))
	for i, w := range tw.works {
		before[i] = w.queued
	}
	q.Flush(x)
	for i, w := range tw.works {
		if w.wq == q && w.delayed == nil {
			w.flushed(tw, before[i], "flush_workqueue")
		}
	}
}

// deed is one thing that a task does.
type deed struct{ what, work, cpu, delay, pause int }

func newTwin(b *box, nr int, draw func(name string, lo, hi int) int) *twin {
	tw := &twin{inside: map[*workqueue.Workqueue]map[int]int{}, limit: map[*workqueue.Workqueue]int{}}
	wqs := []*workqueue.Workqueue{b.q, b.single, b.ordered, b.ws.EventsUnbound, b.ws.EventsHighpri}
	for _, q := range wqs {
		tw.inside[q], tw.limit[q] = map[int]int{}, 100
	}
	tw.limit[b.single], tw.limit[b.ordered] = 1, 1
	for i := range nr {
		w := &twinWork{
			name: fmt.Sprintf("w%d", i), wq: wqs[draw("wq", 0, len(wqs)-1)], self: draw("self", 0, 2),
			sleeps: uint64(max(0, draw("sleeps", -2, 2))), spends: uint64(draw("spends", 100, 30000)),
		}
		fn := func(x *cpu.Exec, _ *workqueue.Work) { tw.run(b, x, w) }
		if i%3 == 2 {
			w.delayed = new(workqueue.DelayedWork)
			w.delayed.Init(b.ws, w.name, &twinKeys[i], fn)
		} else {
			w.work = new(workqueue.Work)
			w.work.Init(b.ws, w.name, &twinKeys[i], fn)
		}
		tw.works = append(tw.works, w)
	}
	return tw
}

// do does a deed.
func (tw *twin) do(b *box, x *cpu.Exec, d deed) {
	w := tw.works[d.work]
	switch d.what {
	case 0, 1, 2, 3:
		tw.queue(x, w, d.cpu, uint64(d.delay))
	case 4:
		tw.flushWork(x, w)
	case 5:
		tw.flushQueue(x, w.wq)
	case 6:
		tw.cancel(x, w)
	case 7:
		tw.mod(x, w, d.cpu, uint64(d.delay))
	}
	x.Delay(sim.Time(d.pause))
}

// load makes tasks of random deeds and runs them.
func (tw *twin) load(t testing.TB, b *box, draw func(name string, lo, hi int) int) {
	n := len(b.m.CPUs)
	var tasks []*sched.Task
	for i := range n {
		var deeds []deed
		for range draw("deeds", 1, 12) {
			deeds = append(deeds, deed{
				draw("what", 0, 7), draw("work", 0, len(tw.works)-1), draw("cpu", -1, n-1), draw("delay", 0, 3), draw("pause", 100, 40000),
			})
		}
		tasks = append(tasks, b.task(fmt.Sprintf("t%d", i), i, func(x *cpu.Exec) {
			for _, d := range deeds {
				tw.do(b, x, d)
			}
		}))
	}
	if end := b.run(t, tasks...); end != sim.EndStopped {
		tw.complain("the run ended with %v", end)
	}
	for _, w := range tw.works {
		if w.began != w.ended || w.ended != w.queued-w.cancelled {
			tw.complain("%s was queued %d times and cancelled %d, began %d times and ended %d", w.name, w.queued, w.cancelled, w.began, w.ended)
		}
	}
	if v := b.verdicts(); v != "" {
		tw.complain("%s", v)
	}
}
