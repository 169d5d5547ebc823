package rcu

import (
	"fmt"

	"lockstep/cpu"
	"lockstep/cpu/sched"
	"lockstep/sim"
)

// The progress oracle: a queued callback gets its grace period, and who waits
// for an expedited one goes on when it is over. It looks at every tick, from
// outside. A grace period that something still holds up is none of its
// business: the kernel's own detector speaks of those.

// outstanding is a flavour's callbacks that have not been invoked, in the
// order they were queued, whatever CPU's list they are on.
type outstanding struct{ first, last *Head }

func (o *outstanding) add(h *Head) {
	h.older, h.newer = o.last, nil
	if o.last == nil {
		o.first = h
	} else {
		o.last.newer = h
	}
	o.last = h
}

func (o *outstanding) remove(h *Head) {
	if h.older == nil {
		o.first = h.newer
	} else {
		h.older.newer = h.newer
	}
	if h.newer == nil {
		o.last = h.older
	} else {
		h.newer.older = h.older
	}
	h.older, h.newer = nil, nil
}

// patience is how long a grace period that nothing holds up may take: a
// second, and two waits of the kthread of each kind.
func (r *RCU) patience() sim.Time {
	ticks := 2 * (min(r.jiffiesTillFirstFqs(), uint64(r.m.HZ)) + min(r.jiffiesTillNextFqs(), uint64(r.m.HZ)))
	return sim.Second + sim.Time(ticks)*sim.Second/sim.Time(r.m.HZ)
}

// checkProgress is asked in the tick, right behind a global operation.
func (r *RCU) checkProgress(x *cpu.Exec) {
	if c := x.CPU(); c.Count() == cpu.HardirqOffset || r.ruptFromIdle(x) {
		r.dynticks.This(x).free = x.Now()
	}
	for _, rsp := range r.flavours {
		if h := rsp.out.first; h != nil && !h.overdue && x.Now()-h.since.at > r.patience() {
			rsp.checkOverdue(x, h)
		}
		rsp.checkExpWaiter(x)
	}
}

// checkOverdue judges the oldest callback of a flavour, which is old. Each
// needs the second end of a grace period after its queueing, at most; but all
// the time before may have gone to something that held a grace period up, so
// the patience begins anew whenever something does, or one ends.
func (rsp *State) checkOverdue(x *cpu.Exec, h *Head) {
	completed := rsp.completed.Peek()
	if completed-h.gp >= 2 {
		return
	}
	if completed != rsp.heldGP || rsp.heldAt < h.since.at || rsp.heldUp(x.Now()-rsp.r.patience()/2) {
		rsp.heldAt, rsp.heldGP = x.Now(), completed
	}
	if x.Now()-rsp.heldAt <= rsp.r.patience() {
		return
	}
	h.overdue = true
	x.RecordOp()
	rsp.r.m.AddFinding(x, &cpu.Finding{
		Kind:  "hang",
		Title: fmt.Sprintf("%s: %s of %s/%d waits for a grace period that nothing holds up", rsp.name, h.call, h.consumer.Comm, h.consumer.PID),
		Text: fmt.Sprintf("queued at %d ns; gpnum %d, completed %d, root qsmask %#x, kthread %s",
			h.since.at, int64(rsp.gpnum.Peek()), int64(rsp.completed.Peek()), rsp.root().qsmask.Peek(), StateWords[rsp.gpState.Peek()]),
	})
}

// heldUp reports whether something has held a grace period up since then: a
// reader, a CPU that had no chance to say that it is quiescent, or a kthread
// that waits for a CPU, which is the scheduler's affair.
func (rsp *State) heldUp(since sim.Time) bool {
	r := rsp.r
	if rsp.gpKthread == nil || rsp.gpKthread.OnRQ.Peek() != sched.NotQueued {
		return true
	}
	for c := range r.m.CPUs {
		rdp := rsp.rda.Of(c)
		if d := r.dynticks.Of(c); d.free < since && d.count.Peek()&1 != 0 && rdp.mynode.qsmaskinitnext&rdp.grpmask != 0 {
			return true
		}
	}
	for _, t := range r.readers {
		if t.reading(rsp) && t.watch[rsp.index].since.at < since {
			return true
		}
	}
	return false
}

// expPatience is how long a requester may sleep on behind the last report of
// its expedited grace period. Whoever reports last wakes it at once, but a
// slow console may keep that CPU from it for a while.
const expPatience = sim.Second

// checkExpWaiter looks for a wake-up that was lost (docs/kernel/rcu-perf.md
// §8.4, I7).
func (rsp *State) checkExpWaiter(x *cpu.Exec) {
	root := rsp.root()
	if rsp.expeditedSeq.Peek()&1 == 0 || !root.expDone() || !rsp.expAsleep() {
		rsp.expOver = 0
		return
	}
	if rsp.expOver == 0 {
		rsp.expOver = x.Now()
	}
	if x.Now()-rsp.expOver < expPatience || rsp.expLost {
		return
	}
	rsp.expLost = true
	x.RecordOp()
	r := rsp.r
	r.m.AddFinding(x, &cpu.Finding{
		Kind:  "hang",
		Title: rsp.name + ": an expedited grace period is over and its requester sleeps on (I7)",
		Text:  fmt.Sprintf("over since %d ns, expedited_sequence %d", rsp.expOver, rsp.expeditedSeq.Peek()),
	})
}

// expAsleep reports whether somebody sleeps on expedited_wq whom nobody has woken.
func (rsp *State) expAsleep() bool {
	for _, e := range rsp.expeditedWq.Sleepers() {
		if e.Task.OnRQ.Peek() == sched.NotQueued {
			return true
		}
	}
	return false
}

// barrierSince and barrierJudge hold rcu_barrier() to its promise: no
// callback that was queued before it was called is left when it returns.
func (r *RCU) barrierSince(x *cpu.Exec) moment { return r.watchNow(x) }

func (rsp *State) barrierJudge(x *cpu.Exec, since moment) {
	h := rsp.out.first
	if h == nil || !h.since.before(since) {
		return
	}
	rsp.r.broken(x, "I11", "%s: a barrier by %s/%d is over and a callback that %s/%d queued before it has not run",
		rsp.name, x.Comm, x.PID, h.consumer.Comm, h.consumer.PID)
}
