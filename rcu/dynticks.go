package rcu

import "lockstep/cpu"

func plusOne(n uint32) uint32 { return n + 1 }
func plusTwo(n uint32) uint32 { return n + 2 }

// eqsEnterCommon is rcu_eqs_enter_common(): RCU stops watching this CPU. Before
// that, whoever is still to be woken is.
//
//kernel:fn rcu_eqs_enter_common kernel/rcu/tree.c
func (r *RCU) eqsEnterCommon(x *cpu.Exec, d *dynticks) {
	if len(r.cfg.Nocbs) > 0 {
		for _, rsp := range r.flavours {
			rsp.nocbDeferredWakeup(x, rsp.rda.This(x))
		}
	}
	old := d.count.Update(x, plusOne)
	cpu.WarnOnce(x, old&1 == 0, "kernel/rcu/tree.c", "rcu_eqs_enter: RCU did not watch this CPU")
	d.shown.nesting = d.nesting
	r.checkIdleEntry(x)
}

// eqsExitCommon is rcu_eqs_exit_common(): RCU watches again.
//
//kernel:fn rcu_eqs_exit_common kernel/rcu/tree.c
func (r *RCU) eqsExitCommon(x *cpu.Exec, d *dynticks) {
	old := d.count.Update(x, plusOne)
	d.shown.nesting = d.nesting
	cpu.WarnOnce(x, old&1 != 0, "kernel/rcu/tree.c", "rcu_eqs_exit: RCU watched this CPU already")
}

// checkIdleEntry complains of a CPU that becomes idle inside a reader (W23).
func (r *RCU) checkIdleEntry(x *cpu.Exec) {
	if !r.cfg.ProveRCU || r.m.Lockdep == nil {
		return
	}
	r.suspicious(x, r.mapHeld(x, &r.lockMap), "kernel/rcu/tree.c", "Illegal idle entry in RCU read-side critical section.")
	r.suspicious(x, r.mapHeld(x, &r.bhLockMap), "kernel/rcu/tree.c", "Illegal idle entry in RCU-bh read-side critical section.")
	r.suspicious(x, r.mapHeld(x, &r.schedLockMap), "kernel/rcu/tree.c", "Illegal idle entry in RCU-sched read-side critical section.")
}

// idleEnter is rcu_idle_enter().
//
//kernel:fn rcu_idle_enter kernel/rcu/tree.c
func (r *RCU) idleEnter(x *cpu.Exec) {
	flags := cpu.LocalIrqSave(x)
	d := r.dynticks.This(x)
	cpu.WarnOnce(x, d.nesting&nestMask == 0, "kernel/rcu/tree.c", "rcu_idle_enter: idle already")
	if d.nesting&nestMask == nestValue {
		d.nesting = 0
		r.eqsEnterCommon(x, d)
	} else {
		d.nesting -= nestValue
	}
	cpu.LocalIrqRestore(x, flags)
}

// idleExit is rcu_idle_exit().
//
//kernel:fn rcu_idle_exit kernel/rcu/tree.c
func (r *RCU) idleExit(x *cpu.Exec) {
	flags := cpu.LocalIrqSave(x)
	d := r.dynticks.This(x)
	cpu.WarnOnce(x, d.nesting < 0, "kernel/rcu/tree.c", "rcu_idle_exit: nesting below zero")
	if d.nesting&nestMask != 0 {
		d.nesting += nestValue
	} else {
		d.nesting = exitIdle
		r.eqsExitCommon(x, d)
	}
	cpu.LocalIrqRestore(x, flags)
}

// irqEnter is rcu_irq_enter(): an interrupt out of idle makes RCU watch.
//
//kernel:fn rcu_irq_enter kernel/rcu/tree.c
func (r *RCU) irqEnter(x *cpu.Exec) {
	flags := cpu.LocalIrqSave(x)
	d := r.dynticks.This(x)
	d.nesting++
	if d.nesting == 1 {
		r.eqsExitCommon(x, d)
	}
	cpu.LocalIrqRestore(x, flags)
}

// irqExit is rcu_irq_exit().
//
//kernel:fn rcu_irq_exit kernel/rcu/tree.c
func (r *RCU) irqExit(x *cpu.Exec) {
	flags := cpu.LocalIrqSave(x)
	d := r.dynticks.This(x)
	d.nesting--
	cpu.WarnOnce(x, d.nesting < 0, "kernel/rcu/tree.c", "rcu_irq_exit: nesting below zero")
	if d.nesting == 0 || d.nesting == 1 && r.m.Mutated("rcu.nested-irq-exit-idles") {
		r.eqsEnterCommon(x, d)
	}
	cpu.LocalIrqRestore(x, flags)
}

// nmiEnter is rcu_nmi_enter(). An NMI in the middle of an idle transition
// finds the count whole, before or behind it; the odd nesting remembers that
// it was the NMI which made RCU watch.
//
//kernel:fn rcu_nmi_enter kernel/rcu/tree.c
func (r *RCU) nmiEnter(x *cpu.Exec) {
	d := r.dynticks.This(x)
	incby := 2
	cpu.WarnOnce(x, d.nmi < 0, "kernel/rcu/tree.c", "rcu_nmi_enter: nesting below zero")
	if d.count.Peek()&1 == 0 {
		d.count.Update(x, plusOne)
		incby = 1
	}
	d.nmi += incby
}

// nmiExit is rcu_nmi_exit().
//
//kernel:fn rcu_nmi_exit kernel/rcu/tree.c
func (r *RCU) nmiExit(x *cpu.Exec) {
	d := r.dynticks.This(x)
	cpu.WarnOnce(x, d.nmi <= 0, "kernel/rcu/tree.c", "rcu_nmi_exit: no NMI to leave")
	cpu.WarnOnce(x, d.count.Peek()&1 == 0, "kernel/rcu/tree.c", "rcu_nmi_exit: RCU does not watch this CPU")
	if d.nmi != 1 {
		d.nmi -= 2
		return
	}
	d.nmi = 0
	d.count.Update(x, plusOne)
}

// momentaryDyntickIdle is rcu_momentary_dyntick_idle(): for a flavour that
// asked, an extended quiescent state of no length. Requests that arrive
// between the load of the mask and the store of zero are lost and made again.
//
//kernel:fn rcu_momentary_dyntick_idle kernel/rcu/tree.c
func (r *RCU) momentaryDyntickIdle(x *cpu.Exec) {
	flags := cpu.LocalIrqSave(x)
	v := r.schedQSMask.This(x)
	mask := v.ReadOnce(x)
	v.WriteOnce(x, 0)
	for _, rsp := range r.flavours {
		rdp := rsp.rda.This(x)
		if mask&rsp.flavorMask == 0 {
			continue
		}
		x.Spend(r.m.Costs.Barrier)
		if rdp.mynode.completed.ReadOnce(x) != rdp.condReschedCompleted.ReadOnce(x) {
			continue // asked for an earlier grace period
		}
		r.dynticks.This(x).count.Update(x, plusTwo)
		break
	}
	cpu.LocalIrqRestore(x, flags)
}

// allQS is rcu_all_qs(): a quiescent state of every flavour, so never inside
// a reader.
//
//kernel:fn rcu_all_qs kernel/rcu/tree.c
func (r *RCU) allQS(x *cpu.Exec) {
	if r.schedQSMask.This(x).ReadOnce(x) != 0 {
		r.momentaryDyntickIdle(x)
	}
	r.local(x)
	*r.qsCtr.This(x)++
}

// CondReschedQS is cond_resched_rcu_qs(): a long loop outside of readers calls
// it now and then.
//
//kernel:fn cond_resched_rcu_qs include/linux/rcupdate.h
func (r *RCU) CondReschedQS(x *cpu.Exec) {
	if !r.s.CondResched(x) {
		r.allQS(x)
	}
}
