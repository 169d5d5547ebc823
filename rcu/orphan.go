package rcu

import (
	"lockstep/cpu"
	"lockstep/cpu/lock"
	"lockstep/cpu/lockdep"
)

var orphanLockKey = lockdep.Key{Name: "&rsp->orphan_lock"}

// orphans are callbacks of a CPU that is gone, between it and the one that
// takes them over: those that are done, and those that need a grace period and
// are not assigned to one any more. All is under lock, which is held
// throughout, so nobody but views ever sees any.
type orphans struct {
	lock       lock.Raw // orphan_lock
	done, rest cbList   // orphan_donelist, orphan_nxtlist
	qlen, lazy int      // orphan counts
	moved      uint64   // n_cbs_orphaned, a statistic
}

// cbList is a list of callbacks with its end. It must not be copied.
type cbList struct {
	head *Head
	tail **Head
}

func (l *cbList) init() { l.head, l.tail = nil, &l.head }

// add appends a chain whose last callback's link is end.
func (l *cbList) add(first *Head, end **Head) {
	*l.tail = first
	l.tail = end
	*end = nil
}

func (o *orphans) init(r *RCU) {
	o.lock.Init(r.m, ".orphan_lock", &orphanLockKey)
	o.done.init()
	o.rest.init()
}

// cleanupDeadCPU is rcu_cleanup_dead_cpu(): the CPU is gone; who took it down
// takes its callbacks over.
//
//kernel:fn rcu_cleanup_dead_cpu kernel/rcu/tree.c
func (rsp *State) cleanupDeadCPU(x *cpu.Exec, c int) {
	rdp := rsp.rda.Of(c)
	rsp.boostSetAffinity(x, rdp.mynode, -1)
	o := &rsp.orphans
	flags := o.lock.LockIrqsave(x)
	rsp.sendToOrphanage(x, rdp)
	if !rsp.r.m.Mutated("rcu.orphans-forgotten") {
		rsp.adoptOrphans(x, flags)
	}
	o.lock.UnlockIrqrestore(x, flags)
	cpu.WarnOnce(x, rdp.qlen.Peek() != 0 || rdp.cbs.head != nil, "kernel/rcu/tree.c", "rcu_cleanup_dead_cpu: Callbacks on offline CPU")
}

// sendToOrphanage is rcu_send_cbs_to_orphanage(): everything but what is done
// has to wait for a grace period anew, whichever it waited for: the one who
// takes it over may know of another. The list of the CPU is disabled.
//
//kernel:fn rcu_send_cbs_to_orphanage kernel/rcu/tree.c
func (rsp *State) sendToOrphanage(x *cpu.Exec, rdp *Data) {
	if rdp.nocb != nil {
		return // rcuo goes on without its CPU
	}
	o, l := &rsp.orphans, &rdp.cbs
	if l.head != nil {
		o.qlen += rdp.qlen.Peek()
		o.lazy += rdp.qlenLazy
		o.moved += uint64(rdp.qlen.Peek())
		rdp.qlenLazy = 0
		rdp.qlen.WriteOnce(x, 0)
	}
	if first := *l.tail[segDone]; first != nil {
		o.rest.add(first, l.tail[segNext])
		*l.tail[segDone] = nil
	}
	if l.head != nil {
		o.done.add(l.head, l.tail[segDone])
	}
	l.init()
	l.disabled = true
}

// adoptOrphans is rcu_adopt_orphan_cbs(): they become this CPU's: what is done
// goes behind what is done here, the rest to the end. Interrupts are off.
//
//kernel:fn rcu_adopt_orphan_cbs kernel/rcu/tree.c
func (rsp *State) adoptOrphans(x *cpu.Exec, flags cpu.Flags) {
	o, rdp := &rsp.orphans, rsp.rda.This(x)
	if rdp.nocb != nil {
		rsp.adoptNocb(x, rdp, flags)
		return
	}
	l := &rdp.cbs
	rdp.qlenLazy += o.lazy
	rdp.qlen.WriteOnce(x, rdp.qlen.Peek()+o.qlen)
	o.qlen, o.lazy = 0, 0
	if o.done.head != nil {
		l.spliceDone(&o.done)
		o.done.init()
	}
	if o.rest.head != nil {
		*l.tail[segNext] = o.rest.head
		l.tail[segNext] = o.rest.tail
		o.rest.init()
	}
}

// adoptNocb is rcu_nocb_adopt_orphan_cbs(): they are posted, what is done first.
// flags are those from before orphan_lock was taken, and on as a rule, so the
// leader is woken under it (docs/kernel/rcu-boost-nocb.md C10).
//
//kernel:fn rcu_nocb_adopt_orphan_cbs kernel/rcu/tree_plugin.h
func (rsp *State) adoptNocb(x *cpu.Exec, rdp *Data, flags cpu.Flags) {
	o := &rsp.orphans
	n, lazy := o.qlen, o.lazy
	o.qlen, o.lazy = 0, 0
	for _, l := range []*cbList{&o.done, &o.rest} {
		if l.head != nil {
			rsp.postNocb(x, rdp, l.head, l.tail, n, lazy, flags)
			l.init()
			n, lazy = 0, 0
		}
	}
}

// spliceDone puts a list at the end of the done segment. From the last on, the
// tails of segments that were empty behind it move with it.
func (l *segments) spliceDone(done *cbList) {
	*done.tail = *l.tail[segDone]
	*l.tail[segDone] = done.head
	for i := segCount - 1; i >= segDone; i-- {
		if l.tail[i] == l.tail[segDone] {
			l.tail[i] = done.tail
		}
	}
}
