package rcu

import (
	"fmt"

	"lockstep/cpu"
	"lockstep/sim"
)

// The grace-period oracle watches readers and updaters from outside, by when
// they began: it knows nothing of masks, lists or numbers, announces nothing
// and decides nothing. A reader that was open when a consumer asked for a
// grace period must have ended when the consumer goes on.

// moment is a point of a run: the time of the CPU where it is, and the order
// of asking among equal times, which is all there is where time stands still.
type moment struct {
	at  sim.Time
	seq uint64
}

func (a moment) before(b moment) bool { return a.at < b.at || a.at == b.at && a.seq < b.seq }

// watchNow returns the present moment.
func (r *RCU) watchNow(x *cpu.Exec) moment {
	r.watchSeq++
	return moment{x.Now(), r.watchSeq}
}

// watchOpen notes that t's reader begins. A reader of an interrupt in the
// tail of t's unlock is one of its own.
func (r *RCU) watchOpen(x *cpu.Exec, t *Task) {
	r.watchSeq++
	t.watch = readerWatch{at: x.Now(), seq: r.watchSeq}
}

// watchEnd judges a grace period asked for at since, which ends for a consumer now.
func (r *RCU) watchEnd(x *cpu.Exec, since moment, consumer *cpu.Exec, call string) {
	for _, t := range r.readers {
		if t.nesting == 0 || t.nesting == closing || t.watch.reported || !(moment{t.watch.at, t.watch.seq}).before(since) {
			continue
		}
		t.watch.reported = true
		r.m.AddFinding(x, &cpu.Finding{
			Kind: "gp-too-short",
			Title: fmt.Sprintf("grace period too short: %s/%d is still in the reader it began before %s by %s/%d",
				t.x.Comm, t.x.PID, call, consumer.Comm, consumer.PID),
			Text: fmt.Sprintf("reader since %d ns, grace period asked for at %d ns, over at %d ns", t.watch.at, since.at, x.Now()),
		})
	}
}
