package rcu

import (
	"fmt"

	"lockstep/cpu"
)

// The invariants of docs/kernel/rcu-perf.md §8.4 that can be told from a
// node, a CPU or a task alone. Each is looked at where its parts stand still:
// a node's under its lock, a CPU's in its own tick. They find what the
// kernel's own WARNs would only notice at the next grace period, or never.

// broken puts a broken invariant on record, each kind once.
func (r *RCU) broken(x *cpu.Exec, id, format string, args ...any) {
	for _, seen := range r.brokenIDs {
		if seen == id {
			return
		}
	}
	r.brokenIDs = append(r.brokenIDs, id)
	x.RecordOp()
	r.m.AddFinding(x, &cpu.Finding{Kind: "warn", Title: "RCU invariant " + id + ": " + fmt.Sprintf(format, args...)})
}

// auditList is I2: both pointers are nil or name an element of the list, and
// every element says of itself that it is there. The node's lock is held.
func (rsp *State) auditList(x *cpu.Exec, rnp *Node) {
	gp, exp := rnp.gpTasks.Peek(), rnp.expTasks.Peek()
	foundGP, foundExp := gp == nil, exp == nil
	for t := rnp.blkd.first; t != nil; t = t.next {
		foundGP, foundExp = foundGP || t == gp, foundExp || t == exp
		if !t.linked || t.blockedNode != rnp {
			rsp.r.broken(x, "I2", "%s/%d is on the list of %s and does not say so", t.x.Comm, t.x.PID, rnp.lock.Name())
		}
	}
	if !foundGP || !foundExp {
		rsp.r.broken(x, "I2", "a pointer of %s names a task that is not on its list (gp_tasks: %t, exp_tasks: %t)", rnp.lock.Name(), !foundGP, !foundExp)
	}
}

// auditStopped is I3, where a report ends at a node because something below
// it is still owed: then the parent waits for the node. The node's lock is
// held, and a parent's bit is cleared only behind the node's last one.
func (rsp *State) auditStopped(x *cpu.Exec, rnp *Node) {
	up := rnp.parent
	if up == nil || up.gpnum.Peek() != rnp.gpnum.Peek() || up.qsmask.Peek()&rnp.grpmask != 0 {
		return
	}
	rsp.r.broken(x, "I3", "%s waits and its parent does not wait for it", rnp.lock.Name())
}

// auditExpEnd is I4: behind the end of an expedited grace period nobody owes it.
func (rsp *State) auditExpEnd(x *cpu.Exec) {
	for i := range rsp.node {
		if rnp := &rsp.node[i]; !rnp.expDone() {
			rsp.r.broken(x, "I4", "%s: an expedited grace period is over and %s owes it %#x", rsp.name, rnp.lock.Name(), rnp.expmask.Peek())
		}
	}
}

// auditTick looks at what belongs to this CPU, in its tick: I12, RCU watches
// a CPU that is in an interrupt; I6, who is asked for an expedited quiescent
// state is in a reader, not yet queued; I11, the count of callbacks is that
// of the list. A batch that is being invoked is in the count and on no list.
// And I5: a CPU that has had the IPI of an expedited grace period and still
// owes it runs a reader that has been asked. The bit is set before that IPI and
// this CPU alone clears it, so while it stands the sequence does too.
func (r *RCU) auditTick(x *cpu.Exec) {
	if !r.watching(x) {
		r.broken(x, "I12", "CPU %d is in an interrupt and RCU does not watch it", x.CPU().ID)
	}
	if t := r.tasks.Peek(x); t != nil && t.special.expNeedQS && (t.nesting == 0 || t.special.blocked) {
		r.broken(x, "I6", "%s/%d is asked for an expedited quiescent state: nesting %d, blocked %t", x.Comm, x.PID, t.nesting, t.special.blocked)
	}
	if rdp := r.preempt.rda.This(x); rdp.expAsked&1 != 0 && rdp.expAsked == r.preempt.expeditedSeq.Peek() && rdp.mynode.expmask.Peek()&rdp.grpmask != 0 {
		if t := r.tasks.Peek(x); t == nil || !t.special.expNeedQS {
			r.broken(x, "I5", "CPU %d owes an expedited quiescent state, and %s/%d has not been asked for it", x.CPU().ID, x.Comm, x.PID)
		}
	}
	for _, rsp := range r.flavours {
		if rdp := rsp.rda.This(x); !rdp.inBatch && (rdp.qlen.Peek() == 0) != (rdp.cbs.head == nil) {
			r.broken(x, "I11", "%s: CPU %d counts %d callbacks, and its list is empty: %t", rsp.name, x.CPU().ID, rdp.qlen.Peek(), rdp.cbs.head == nil)
		}
	}
}
