package rcu

import (
	"fmt"
	"math/bits"
	"strings"

	"lockstep/cpu"
	"lockstep/cpu/softirq"
)

// err prints one record at error level. The kernel continues a line in
// pieces; here a line is one record.
func (r *RCU) err(x *cpu.Exec, format string, args ...any) {
	r.m.Hooks.Printk(x, cpu.LevelErr, fmt.Sprintf(format, args...), 0)
}

// printTaskStall is rcu_print_task_stall(), leaf lock held: the tasks that
// block the grace period at this leaf. It returns how many they are.
//
//kernel:fn rcu_print_task_stall kernel/rcu/tree_plugin.h
func (rsp *State) printTaskStall(x *cpu.Exec, rnp *Node) int {
	if !rnp.blockedReadersCgp() {
		return 0
	}
	if rsp.r.Variants.StallPrintLocks {
		flags := rnp.lock.LockIrqsave(x)
		defer rnp.lock.UnlockIrqrestore(x, flags)
	}
	n := 0
	var b strings.Builder
	fmt.Fprintf(&b, "\tTasks blocked on level-%d rcu_node (CPUs %d-%d):", rnp.level, rnp.grplo, rnp.grphi)
	for t := rnp.gpTasks.Peek(); t != nil; t = t.next {
		fmt.Fprintf(&b, " P%d", t.x.PID)
		n++
	}
	rsp.r.err(x, "%s", b.String())
	return n
}

// printCPUStallInfo is print_cpu_stall_info(). Another CPU's data are read
// while it writes them.
//
//kernel:fn print_cpu_stall_info kernel/rcu/tree_plugin.h
func (rsp *State) printCPUStallInfo(x *cpu.Exec, c int) {
	r := rsp.r
	rdp, d := rsp.rda.Of(c), r.dynticks.Of(c)
	d.ticks.ReadOnce(x) // what follows is as of that CPU's last tick
	seen := d.shown
	if c == x.CPU().ID {
		seen = shown{d.nesting, d.nmi, r.sq.Served(c, softirq.RCU)}
	}
	value, title := rdp.ticksThisGP, "ticks this GP"
	if gpnum := rsp.gpnum.ReadOnce(x); gpnum != rdp.gpnum {
		value, title = gpnum-rdp.gpnum, "GPs behind"
	}
	rnp := rdp.mynode
	r.err(x, "\t%d-%s%s%s: (%d %s) idle=%03x/%x/%d softirq=%d/%d fqs=%d ", c, r.onlineMark(c),
		maskMark(rnp.qsmaskinit, rdp.grpmask, "o"), maskMark(rnp.qsmaskinitnext, rdp.grpmask, "N"),
		value, title, d.count.ReadOnce(x)&0xfff, uint64(seen.nesting), seen.nmi,
		rdp.softirqSnap, seen.softirqs, rsp.nForceQS.ReadOnce(x)-rsp.nForceQSGPStart)
}

// dumpCPUStacks is rcu_dump_cpu_stacks(): plain printk under each leaf's lock,
// with no NMI in v4.4.
//
//kernel:fn rcu_dump_cpu_stacks kernel/rcu/tree.c
func (rsp *State) dumpCPUStacks(x *cpu.Exec) {
	leaves := rsp.leaves()
	for i := range leaves {
		rnp := &leaves[i]
		flags := rnp.lock.LockIrqsave(x)
		for left := rnp.qsmask.Peek(); left != 0; left &= left - 1 {
			rsp.r.s.DumpCPUTask(x, rnp.grplo+bits.TrailingZeros64(left))
		}
		rnp.lock.UnlockIrqrestore(x, flags)
	}
}

// printDetailTaskStall is rcu_print_detail_task_stall(): the root, then each
// leaf. In a tree of one level that is the same node twice (quirk 9).
//
//kernel:fn rcu_print_detail_task_stall kernel/rcu/tree_plugin.h
func (rsp *State) printDetailTaskStall(x *cpu.Exec) {
	rsp.printDetailTaskStallRnp(x, rsp.root())
	leaves := rsp.leaves()
	for i := range leaves {
		rsp.printDetailTaskStallRnp(x, &leaves[i])
	}
}

// printDetailTaskStallRnp is rcu_print_detail_task_stall_rnp().
//
//kernel:fn rcu_print_detail_task_stall_rnp kernel/rcu/tree_plugin.h
func (rsp *State) printDetailTaskStallRnp(x *cpu.Exec, rnp *Node) {
	flags := rnp.lock.LockIrqsave(x)
	for t := rnp.gpTasks.Peek(); t != nil; t = t.next {
		rsp.r.s.ShowTask(x, rsp.r.s.Task(t.x))
	}
	rnp.lock.UnlockIrqrestore(x, flags)
}

// ShowGPKthreads is show_rcu_gp_kthreads(): one line per flavour.
//
//kernel:fn show_rcu_gp_kthreads kernel/rcu/tree.c
func (r *RCU) ShowGPKthreads(x *cpu.Exec) {
	for _, rsp := range r.flavours {
		r.m.Hooks.Printk(x, cpu.LevelInfo, fmt.Sprintf("%s: wait state: %d ->state: %#x", rsp.name,
			rsp.gpState.ReadOnce(x), uint32(rsp.gpKthread.State.ReadOnce(x))), 0)
	}
}

// checkGPKthreadStarvation is rcu_check_gp_kthread_starvation().
//
//kernel:fn rcu_check_gp_kthread_starvation kernel/rcu/tree.c
func (rsp *State) checkGPKthreadStarvation(x *cpu.Exec) {
	r := rsp.r
	idle := r.jiffies(x) - rsp.gpActivity.ReadOnce(x)
	if idle <= 2*uint64(r.m.HZ) || rsp.gpKthread == nil {
		return
	}
	r.err(x, "%s kthread starved for %d jiffies! g%d c%d f0x%x s%d ->state=0x%x", rsp.name, idle,
		rsp.gpnum.ReadOnce(x), rsp.completed.ReadOnce(x), rsp.gpFlags.ReadOnce(x), rsp.gpState.ReadOnce(x),
		uint32(rsp.gpKthread.State.ReadOnce(x)))
}
