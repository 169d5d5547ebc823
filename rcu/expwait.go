package rcu

import (
	"fmt"
	"math/bits"
	"strings"

	"lockstep/cpu"
	"lockstep/cpu/sched"
)

// expeditedWait is synchronize_sched_expedited_wait(), which both flavours
// use: sleep until the root owes nothing, and complain at each timeout. A
// task of this machine gets no signals, so that way out is left out
// (docs/kernel/rcu-perf.md §3.7).
//
//kernel:fn synchronize_sched_expedited_wait kernel/rcu/tree.c
func (rsp *State) expeditedWait(x *cpu.Exec) {
	r := rsp.r
	if r.m.Mutated("rcu.exp-does-not-wait") {
		return
	}
	root := rsp.root()
	stall := r.tillStall
	start := r.jiffies(x)
	for r.tm.WaitEventTimeout(x, &rsp.expeditedWq, sched.Interruptible, stall,
		func() bool { return root.expDoneUnlocked(x) }) == 0 {
		rsp.printExpStall(x, start)
		stall = 3*r.tillStall + 3
	}
}

// printExpStall is the report inside that loop. It takes no RCU lock, so what
// it names may have changed while it names it.
//
//kernel:fn synchronize_sched_expedited_wait kernel/rcu/tree.c
func (rsp *State) printExpStall(x *cpu.Exec, start uint64) {
	r := rsp.r
	var b strings.Builder
	fmt.Fprintf(&b, "INFO: %s detected expedited stalls on CPUs/tasks: {", rsp.name)
	leaves := rsp.leaves()
	for i := range leaves {
		rnp := &leaves[i]
		for t := rnp.expTasks.ReadOnce(x); t != nil; t = t.next {
			fmt.Fprintf(&b, " P%d", t.x.PID)
		}
		for left := rnp.expmask.ReadOnce(x); left != 0; left &= left - 1 {
			bit := left & -left
			fmt.Fprintf(&b, " %d-%s%s%s", rnp.grplo+bits.TrailingZeros64(bit), r.onlineMark(rnp.grplo+bits.TrailingZeros64(bit)),
				maskMark(rnp.expmaskinit, bit, "o"), maskMark(rnp.expmaskinitnext, bit, "N"))
		}
	}
	fmt.Fprintf(&b, " } %d jiffies s: %d", r.jiffies(x)-start, rsp.expeditedSeq.ReadOnce(x))
	r.stallFinding(x, b.String())
	r.m.Hooks.Printk(x, cpu.LevelErr, b.String(), 0)
	for i := range leaves {
		rnp := &leaves[i]
		for left := rnp.expmask.ReadOnce(x); left != 0; left &= left - 1 {
			r.s.DumpCPUTask(x, rnp.grplo+bits.TrailingZeros64(left))
		}
	}
}

// onlineMark is '.' for a CPU that is online, else 'O'. It looks right behind
// somebody's load, at no price of its own.
func (r *RCU) onlineMark(c int) string {
	if r.m.Online.Peek().Has(c) {
		return "."
	}
	return "O"
}

// maskMark is '.' for a CPU that is in the mask, else the mark of its absence.
func maskMark(mask, bit uint64, absent string) string {
	if mask&bit != 0 {
		return "."
	}
	return absent
}
