package rcu

import (
	"fmt"

	"lockstep/cpu"
	"lockstep/sim"
)

// The grace-period oracle watches readers and updaters from outside, by when
// they began: it knows nothing of masks, lists or numbers, announces nothing
// and decides nothing. A reader that was open when a consumer asked for a
// grace period of its flavour must have ended when the consumer goes on.
//
// A reader of rcu_sched or rcu_bh is what rcu_read_lock_sched() and
// rcu_read_lock_bh() open. Other stretches with preemption or bottom halves
// off are waited for as well, but nobody has said that they are readers.

// flavourCount is how many flavours there are.
const flavourCount = 3

// moment is a point of a run: the time of the CPU where it is, and the order
// of asking among equal times, which is all there is where time stands still.
type moment struct {
	at  sim.Time
	seq uint64
}

func (a moment) before(b moment) bool { return a.at < b.at || a.at == b.at && a.seq < b.seq }

// readerWatch is what the oracle keeps of a task and a flavour.
type readerWatch struct {
	since    moment // when its reader began
	reported bool
}

// watchNow returns the present moment.
func (r *RCU) watchNow(x *cpu.Exec) moment {
	r.watchSeq++
	return moment{x.Now(), r.watchSeq}
}

// watchOpen notes that t's reader begins. A reader of an interrupt in the
// tail of t's unlock is one of its own.
func (r *RCU) watchOpen(x *cpu.Exec, t *Task, rsp *State) {
	t.watch[rsp.index] = readerWatch{since: r.watchNow(x)}
}

// watchDepth notes that a reader of rcu_sched or rcu_bh begins or ends.
// Interrupts that land inside have theirs nested in it.
func (r *RCU) watchDepth(x *cpu.Exec, rsp *State, by int32) {
	t := r.task(x)
	if t.depth[rsp.index] == 0 {
		r.watchOpen(x, t, rsp)
	}
	t.depth[rsp.index] += by
}

// reading reports whether t is in a reader of the flavour.
func (t *Task) reading(rsp *State) bool {
	if rsp.flavorMask == flavorPreempt {
		return t.nesting != 0 && t.nesting != closing
	}
	return t.depth[rsp.index] != 0
}

// watchEnd judges a grace period asked for at since, which ends for a consumer now.
func (r *RCU) watchEnd(x *cpu.Exec, rsp *State, since moment, consumer *cpu.Exec, call string) {
	for _, t := range r.readers {
		w := &t.watch[rsp.index]
		if !t.reading(rsp) || w.reported || !w.since.before(since) {
			continue
		}
		w.reported = true
		r.m.AddFinding(x, &cpu.Finding{
			Kind: "gp-too-short",
			Title: fmt.Sprintf("grace period too short: %s/%d is still in the reader it began before %s by %s/%d",
				t.x.Comm, t.x.PID, call, consumer.Comm, consumer.PID),
			Text: fmt.Sprintf("reader since %d ns, grace period asked for at %d ns, over at %d ns", w.since.at, since.at, x.Now()),
		})
	}
}
