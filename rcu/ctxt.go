package rcu

import "lockstep/cpu"

// place is where a task goes in a leaf's list of blocked readers.
type place uint8

const (
	atHead place = iota
	atTail
	afterExp
	afterGP
)

// Bits of the leaf's state at a context switch inside a reader.
const (
	oweExp    = 1 // expmask has this CPU's bit
	oweGP     = 2 // qsmask has it
	haveExp   = 4 // exp_tasks points somewhere
	haveGP    = 8 // gp_tasks does
	allStates = 16
)

// ctxtPlace is the decision of rcu_preempt_ctxt_queue
// (docs/kernel/rcu-perf.md §2.8). What blocks a grace period is a tail of the
// list, so a task that blocks none goes to the head, where it disturbs no
// pointer, and one that a running grace period need not wait for goes in
// front of what it waits for if that can be had. The table has all sixteen
// states, so the kernel's WARN of an impossible one (W7) cannot be reached.
var ctxtPlace = [allStates]place{
	0:                                 atHead,
	haveExp:                           atHead,
	haveExp | oweGP:                   atHead,
	haveGP:                            atHead,
	haveGP | haveExp:                  atHead,
	oweExp:                            atTail,
	oweGP:                             atTail,
	oweGP | oweExp:                    atTail,
	haveGP | oweExp:                   atTail,
	haveGP | oweGP | oweExp:           atTail,
	haveGP | haveExp | oweGP | oweExp: atTail,
	haveExp | oweExp:                  afterExp,
	haveExp | oweGP | oweExp:          afterExp,
	haveGP | haveExp | oweExp:         afterExp,
	haveGP | oweGP:                    afterGP,
	haveGP | haveExp | oweGP:          afterGP,
}

// ctxtState reads the leaf's state for a CPU's bit; its lock is held.
func (rnp *Node) ctxtState(bit uint64) int {
	s := 0
	if rnp.expmask.Peek()&bit != 0 {
		s |= oweExp
	}
	if rnp.qsmask.Peek()&bit != 0 {
		s |= oweGP
	}
	if rnp.expTasks.Peek() != nil {
		s |= haveExp
	}
	if rnp.gpTasks.Peek() != nil {
		s |= haveGP
	}
	return s
}

// queueBlocked links t as the state demands and returns which of the two
// pointers must now name it.
func (l *blkdList) queueBlocked(t, gpTasks, expTasks *Task, state int) (setGP, setExp bool) {
	switch ctxtPlace[state] {
	case atHead:
		l.insertAfter(nil, t)
	case atTail:
		l.insertAfter(l.last, t)
	case afterExp:
		l.insertAfter(expTasks, t)
	case afterGP:
		l.insertAfter(gpTasks, t)
	}
	return state&(haveGP|oweGP) == oweGP, state&(haveExp|oweExp) == oweExp
}

// noteContextSwitch is rcu_note_context_switch(), at the top of __schedule:
// preemption off, interrupts on, no rq->lock (docs/kernel/rcu-perf.md §2.6).
//
//kernel:fn rcu_note_context_switch kernel/rcu/tree.c
func (r *RCU) noteContextSwitch(x *cpu.Exec) {
	r.schedQS(x)
	r.preemptNoteContextSwitch(x)
	if r.schedQSMask.This(x).ReadOnce(x) != 0 {
		r.momentaryDyntickIdle(x)
	}
}

// preemptNoteContextSwitch is rcu_preempt_note_context_switch(): a reader is
// queued the first time it is switched out, and from then on the task, not
// the CPU, blocks grace periods. A task caught in the tail of its unlock has
// its special work done for it. A second preemption of a queued reader has
// nothing to add (docs/kernel/rcu-perf.md §2.7).
//
//kernel:fn rcu_preempt_note_context_switch kernel/rcu/tree_plugin.h
func (r *RCU) preemptNoteContextSwitch(x *cpu.Exec) {
	t := r.task(x)
	if t.nesting > 0 && !t.special.blocked && !r.m.Mutated("rcu.switch-queues-nobody") {
		rsp := r.preempt
		rdp := rsp.rda.This(x)
		rnp := rdp.mynode
		flags := rnp.lock.LockIrqsave(x)
		t.special.blocked = true
		t.blockedNode = rnp
		cpu.WarnOnce(x, rdp.grpmask&rnp.qsmaskinitnext == 0, "kernel/rcu/tree_plugin.h", "rcu_preempt_note_context_switch: a reader blocks on a CPU that RCU takes for offline")
		cpu.WarnOnce(x, t.linked, "kernel/rcu/tree_plugin.h", "rcu_preempt_note_context_switch: a reader that is not blocked is queued")
		rsp.preemptCtxtQueue(x, rnp, rdp, flags)
	} else if t.nesting < 0 && t.special.any() {
		r.readUnlockSpecial(x, t)
	}
	r.preemptQS(x)
}

// preemptCtxtQueue is rcu_preempt_ctxt_queue(): entered with the leaf's lock,
// left without. If the expedited grace period has already asked this CPU, the
// CPU answers now and the queued task blocks in its place.
//
//kernel:fn rcu_preempt_ctxt_queue kernel/rcu/tree_plugin.h
func (rsp *State) preemptCtxtQueue(x *cpu.Exec, rnp *Node, rdp *Data, flags cpu.Flags) {
	t := rsp.r.task(x)
	rnp.lock.AssertHeld(x)
	state := rnp.ctxtState(rdp.grpmask)
	setGP, setExp := rnp.blkd.queueBlocked(t, rnp.gpTasks.Peek(), rnp.expTasks.Peek(), state)
	if setGP {
		rnp.gpTasks.WriteOnce(x, t)
	}
	if setExp {
		rnp.expTasks.WriteOnce(x, t)
	}
	rsp.auditList(x, rnp)
	rnp.lock.Unlock(x) // interrupts stay off: the flag below is this CPU's
	if state&oweExp != 0 && t.special.expNeedQS {
		t.special.expNeedQS = rsp.r.m.Mutated("rcu.queue-keeps-exp-flag")
		rsp.reportExpRdp(x, rdp, true)
	} else {
		cpu.WarnOnce(x, t.special.expNeedQS, "kernel/rcu/tree_plugin.h", "rcu_preempt_ctxt_queue: an expedited quiescent state is asked that nobody waits for")
	}
	cpu.LocalIrqRestore(x, flags)
}
