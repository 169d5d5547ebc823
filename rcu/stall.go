package rcu

import (
	"math/bits"

	"lockstep/cpu"
)

// ratDelay is RCU_STALL_RAT_DELAY: how long the others give a stalled CPU to
// report itself, in jiffies.
const ratDelay = 2

// tillStallCheck is rcu_jiffies_till_stall_check(): the clamped timeout, and
// five seconds more with PROVE_RCU. The clamp is written back.
//
//kernel:fn rcu_jiffies_till_stall_check kernel/rcu/update.c
func tillStallCheck(cfg *Config, hz int) uint64 {
	cfg.StallTimeout = max(3, min(cfg.StallTimeout, 300))
	till := uint64(cfg.StallTimeout * hz)
	if cfg.ProveRCU {
		till += 5 * uint64(hz)
	}
	return till
}

// recordStallCheckTime is record_gp_stall_check_time(), root lock held. The
// number of the grace period is published behind it.
//
//kernel:fn record_gp_stall_check_time kernel/rcu/tree.c
func (rsp *State) recordStallCheckTime(x *cpu.Exec) {
	now := rsp.r.jiffies(x)
	rsp.gpStart.WriteOnce(x, now)
	x.Spend(rsp.r.m.Costs.Barrier)
	till := rsp.r.tillStall
	rsp.jiffiesStall.WriteOnce(x, now+till)
	rsp.jiffiesResched = now + till/2
	rsp.nForceQSGPStart = rsp.nForceQS.Peek()
}

// checkCPUStall is check_cpu_stall(), in the tick, without locks. The four
// loads are in the order that makes a deadline of one grace period never be
// taken for another's: if a new one began in between, its start is at or
// behind the deadline read, or the first number read has completed
// (docs/kernel/rcu-perf.md §4.3).
//
//kernel:fn check_cpu_stall kernel/rcu/tree.c
func (rsp *State) checkCPUStall(x *cpu.Exec, rdp *Data) {
	if rsp.r.cfg.StallSuppress || !rsp.gpInProgress(x) {
		return
	}
	now := rsp.r.jiffies(x)
	gpnum := rsp.gpnum.ReadOnce(x)
	deadline := rsp.jiffiesStall.ReadOnce(x)
	start := rsp.gpStart.ReadOnce(x)
	completed := rsp.completed.ReadOnce(x)
	if ge(completed, gpnum) || lt(now, deadline) || ge(start, deadline) {
		return
	}
	if rsp.gpInProgress(x) && rdp.mynode.qsmask.ReadOnce(x)&rdp.grpmask != 0 {
		rsp.printCPUStall(x)
	} else if rsp.gpInProgress(x) && ge(now, deadline+ratDelay) {
		rsp.printOtherCPUStall(x, gpnum)
	}
}

// StallReset is rcu_cpu_stall_reset(): no grace period that is in progress
// now will be reported, for half the range of jiffies. It is for who has just
// kept the CPUs busy himself, such as a debugger.
//
//kernel:fn rcu_cpu_stall_reset kernel/rcu/tree.c
func (r *RCU) StallReset(x *cpu.Exec) {
	for _, rsp := range r.flavours {
		rsp.jiffiesStall.WriteOnce(x, r.jiffies(x)+^uint64(0)/2)
	}
}

// stallFinding puts a stall on record.
func (r *RCU) stallFinding(x *cpu.Exec, title string) {
	r.m.AddFinding(x, &cpu.Finding{Kind: "rcu-stall", Title: title})
}

// queued sums the callbacks of all CPUs, as racily as the kernel.
func (rsp *State) queued(x *cpu.Exec) int {
	n := 0
	for c := range rsp.r.m.CPUs {
		n += rsp.rda.Of(c).qlen.ReadOnce(x)
	}
	return n
}

// printCPUStall is print_cpu_stall(): a CPU reports itself. Nobody elects it,
// so several may at once; only the stacks are dumped under a node's lock
// (docs/kernel/rcu-perf.md §4.4).
//
//kernel:fn print_cpu_stall kernel/rcu/tree.c
func (rsp *State) printCPUStall(x *cpu.Exec) {
	r := rsp.r
	head := "INFO: " + rsp.name + " self-detected stall on CPU"
	r.stallFinding(x, head)
	r.err(x, "%s", head)
	rsp.printCPUStallInfo(x, x.CPU().ID)
	r.err(x, "\t (t=%d jiffies g=%d c=%d q=%d)", r.jiffies(x)-rsp.gpStart.ReadOnce(x),
		int64(rsp.gpnum.ReadOnce(x)), int64(rsp.completed.ReadOnce(x)), rsp.queued(x))
	rsp.checkGPKthreadStarvation(x)
	rsp.dumpCPUStacks(x)
	root := rsp.root()
	flags := root.lock.LockIrqsave(x)
	if now := r.jiffies(x); ge(now, rsp.jiffiesStall.Peek()) {
		rsp.jiffiesStall.WriteOnce(x, now+3*r.tillStall+3)
	}
	root.lock.UnlockIrqrestore(x, flags)
	r.s.ReschedCPU(x, x.CPU().ID) // kick ourselves, we may just not have had to schedule
}

// printOtherCPUStall is print_other_cpu_stall(): a CPU that owes nothing
// reports those that do. Pushing the deadline under the root's lock elects
// one reporter. What blocks is printed under the leaf's lock, which keeps it
// from changing and makes everybody who wants that lock wait for the console
// (docs/kernel/rcu-perf.md §4.5).
//
//kernel:fn print_other_cpu_stall kernel/rcu/tree.c
func (rsp *State) printOtherCPUStall(x *cpu.Exec, gpnum uint64) {
	r := rsp.r
	root := rsp.root()
	flags := root.lock.LockIrqsave(x)
	now := r.jiffies(x)
	if delta := int64(now - rsp.jiffiesStall.Peek()); delta < ratDelay || !rsp.gpInProgress(x) {
		root.lock.UnlockIrqrestore(x, flags)
		return
	}
	rsp.jiffiesStall.WriteOnce(x, now+3*r.tillStall+3)
	root.lock.UnlockIrqrestore(x, flags)

	head := "INFO: " + rsp.name + " detected stalls on CPUs/tasks:"
	r.stallFinding(x, head)
	r.err(x, "%s", head)
	stalled := rsp.printStalled(x)
	r.err(x, "\t(detected by %d, t=%d jiffies, g=%d, c=%d, q=%d)", x.CPU().ID,
		r.jiffies(x)-rsp.gpStart.ReadOnce(x), int64(rsp.gpnum.ReadOnce(x)), int64(rsp.completed.ReadOnce(x)), rsp.queued(x))
	if stalled > 0 {
		rsp.dumpCPUStacks(x)
	} else {
		rsp.printNothingStalls(x, gpnum)
	}
	rsp.printDetailTaskStall(x)
	rsp.checkGPKthreadStarvation(x)
	rsp.forceQuiescentState(x)
}

// printStalled prints each leaf's tasks and CPUs that owe, under its lock.
//
//kernel:fn print_other_cpu_stall kernel/rcu/tree.c
func (rsp *State) printStalled(x *cpu.Exec) int {
	n := 0
	leaves := rsp.leaves()
	for i := range leaves {
		rnp := &leaves[i]
		flags := rnp.lock.LockIrqsave(x)
		n += rsp.printTaskStall(x, rnp)
		for left := rnp.qsmask.Peek(); left != 0; left &= left - 1 {
			rsp.printCPUStallInfo(x, rnp.grplo+bits.TrailingZeros64(left))
			n++
		}
		rnp.lock.UnlockIrqrestore(x, flags)
	}
	return n
}

// printNothingStalls says why there was nobody to name.
//
//kernel:fn print_other_cpu_stall kernel/rcu/tree.c
func (rsp *State) printNothingStalls(x *cpu.Exec, gpnum uint64) {
	r := rsp.r
	if rsp.gpnum.ReadOnce(x) != gpnum || rsp.completed.ReadOnce(x) == gpnum {
		r.err(x, "INFO: Stall ended before state dump start")
		return
	}
	now, last := r.jiffies(x), rsp.gpActivity.ReadOnce(x)
	r.err(x, "All QSes seen, last %s kthread activity %d (%d-%d), jiffies_till_next_fqs=%d, root ->qsmask 0x%x",
		rsp.name, now-last, now, last, r.jiffiesTillNextFqs(), rsp.root().qsmask.ReadOnce(x))
	r.s.ShowTask(x, r.s.Task(x))
}
