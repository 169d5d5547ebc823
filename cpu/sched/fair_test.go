package sched

import (
	"fmt"
	"math/big"
	"testing"

	"pgregory.net/rapid"

	"lockstep/sim"
)

// fairTwin is the fair class as a definition: tasks with a vruntime, and the
// next one is that with the smallest, the longest queued among equals.
type fairTwin struct {
	queued []*Task
	since  map[*Task]int
	clock  int
}

func (w *fairTwin) enqueue(p *Task) {
	w.clock++
	w.since[p] = w.clock
	w.queued = append(w.queued, p)
}

func (w *fairTwin) dequeue(p *Task) {
	for i, q := range w.queued {
		if q == p {
			w.queued = append(w.queued[:i], w.queued[i+1:]...)
			return
		}
	}
}

func (w *fairTwin) next() *Task {
	var best *Task
	for _, p := range w.queued {
		if best == nil || p.se.vruntime < best.se.vruntime || p.se.vruntime == best.se.vruntime && w.since[p] < w.since[best] {
			best = p
		}
	}
	return best
}

// TestFairAgainstTwin lets tasks of all weights come, run, be preempted and
// sleep. Without buddies the next task is that with the least vruntime;
// min_vruntime never decreases; count and load are those of the queued.
func TestFairAgainstTwin(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rq := &RQ{idle: &Task{}}
		c := &rq.cfs
		c.init(1)
		c.feat = DefaultFeatures
		w := &fairTwin{since: map[*Task]int{}}
		var out []*Task
		for i, nice := range rapid.SliceOfN(rapid.IntRange(-20, 19), 1, 6).Draw(t, "nice") {
			p := &Task{staticPrio: defaultPrio + nice}
			p.Comm = fmt.Sprintf("t%d", i)
			p.se.setWeight(PolicyNormal, nice)
			out = append(out, p)
		}
		cur := rq.idle // what runs
		for range rapid.IntRange(1, 60).Draw(t, "steps") {
			rq.clock += sim.Time(rapid.IntRange(0, 5_000_000).Draw(t, "ns"))
			min := c.minV.Peek()
			switch what := rapid.SampledFrom([]string{"wake", "schedule", "sleep"}).Draw(t, "what"); {
			case what == "wake" && len(out) > 0:
				p := out[0]
				out = out[1:]
				c.enqueue(rq, p, enqueueWakeup|enqueueWaking)
				w.enqueue(p)
			case what == "sleep" && cur != rq.idle:
				c.dequeue(rq, cur, dequeueSleep)
				w.dequeue(cur)
				cur.se.vruntime -= c.minV.Peek() // as try_to_wake_up will
				out = append(out, cur)
				fallthrough
			case what == "schedule":
				if cur != rq.idle {
					c.putPrev(rq, cur)
				}
				if cur.se.onRQ { // behind its equals
					w.dequeue(cur)
					w.enqueue(cur)
				}
				cur = rq.idle
				if len(w.queued) > 0 {
					want := w.next()
					if cur = c.pick(); cur != want {
						t.Fatalf("picked %s with vruntime %d, want %s with %d", cur.Comm, cur.se.vruntime, want.Comm, want.se.vruntime)
					}
					c.setNext(rq, cur)
				}
			}
			load := int64(0)
			for _, p := range w.queued {
				load += p.se.weight
			}
			if c.nr != len(w.queued) || c.load != load || c.minV.Peek() < min {
				t.Fatalf("nr %d load %d min_vruntime %d, want %d, %d, at least %d", c.nr, c.load, c.minV.Peek(), len(w.queued), load, min)
			}
		}
	})
}

// TestCalcDelta: the fixed point is within a hundred-thousandth of
// delta*1024/weight, and a nanosecond.
func TestCalcDelta(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var se entity
		se.setWeight(PolicyNormal, rapid.IntRange(-20, 19).Draw(t, "nice"))
		delta := rapid.Int64Range(0, int64(100*sim.Second)).Draw(t, "delta")
		exact := new(big.Int).Mul(big.NewInt(delta), big.NewInt(niceZeroWeight))
		want := exact.Div(exact, big.NewInt(se.weight)).Int64()
		if got := calcDeltaFair(delta, &se); got < want-want/100_000-1 || got > want+want/100_000+1 {
			t.Fatalf("%d ns at weight %d are %d, want %d", delta, se.weight, got, want)
		}
	})
}

// TestBuddies: who was preempted or woken last is preferred unless that is
// too unfair to the leftmost.
func TestBuddies(t *testing.T) {
	rq := &RQ{idle: &Task{}}
	c := &rq.cfs
	c.init(1)
	left, near, far := &Task{}, &Task{}, &Task{}
	for v, p := range map[int64]*Task{0: left, wakeupGran: near, wakeupGran + 1: far} {
		p.se.setWeight(PolicyNormal, 0)
		p.se.vruntime = v
		c.enqueue(rq, p, 0)
	}
	c.next = far
	if p := c.pick(); p != left {
		t.Error("a buddy too far from the leftmost was picked")
	}
	c.next, c.last = near, far
	if p := c.pick(); p != near || c.next != nil {
		t.Error("a near buddy was not picked, or stays one")
	}
}
