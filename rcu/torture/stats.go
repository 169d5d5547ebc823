package torture

import (
	"fmt"

	"lockstep/cpu"
	"lockstep/sim"
)

// stats is what reports carry on from one to the next.
type stats struct {
	errors  int64  // n_rcu_torture_error: reports that were bad
	version uint64 // as of the last report
}

// runStats is rcu_torture_stats().
//
//kernel:fn rcu_torture_stats kernel/rcu/rcutorture.c
func (t *Torture) runStats(x *cpu.Exec) {
	for {
		t.sleep(x, t.seconds(t.p.StatInterval))
		t.printStats(x)
		if t.mustStop(x) {
			return
		}
	}
}

// report gathers the statistics, counter by counter, while they change.
//
//kernel:fn rcu_torture_stats_print kernel/rcu/rcutorture.c
func (t *Torture) report(x *cpu.Exec) *Report {
	r := &Report{HZ: t.m.HZ}
	for c := range t.m.CPUs {
		rc := t.readers.perCPU.Of(c)
		x.Op(cpu.KindRead, &rc.obj, sim.AccessRead, t.m.Costs.Load)
		for i := range rc.pipe {
			r.Pipe[i] += rc.pipe[i]
			r.Batch[i] += rc.batch[i]
		}
	}
	r.Current = pointer(t.current.ReadOnce(x))
	r.Version = t.version.ReadOnce(x)
	p, b, bo := &t.pool, &t.barrier, &t.boost
	r.Empty = p.isEmpty.ReadOnce(x)
	r.Alloc, r.AllocFail, r.Free = p.rta.ReadOnce(x), p.rtaf.ReadOnce(x), p.rtf.ReadOnce(x)
	r.MbError = t.readers.mbError.ReadOnce(x)
	r.BoostKthread, r.BoostRT, r.BoostFailure, r.Boosts = bo.ktrerror.ReadOnce(x), bo.rterror.ReadOnce(x), bo.failures.ReadOnce(x), bo.tests.ReadOnce(x)
	r.Timers = t.readers.timers.ReadOnce(x)
	t.onoffOp(x, cpu.KindRead, sim.AccessRead)
	r.Online, r.Offline = t.onoff.online, t.onoff.offline
	r.BarrierOK, r.Barriers, r.BarrierErrors = b.successes.ReadOnce(x), b.attempts.ReadOnce(x), b.errors.ReadOnce(x)
	r.Floods = t.floods.ReadOnce(x)
	for i := range p.wcount {
		r.FreeBlockCirc[i] = p.wcount[i].ReadOnce(x)
	}
	return r
}

// pointer is %p of an element: an address that is the same in every build.
func pointer(e *element) string {
	if e == nil {
		return "(null)"
	}
	return fmt.Sprintf("%016x", uint64(0xffffffffa0004000)+uint64(e.n)*56)
}

// printStats is rcu_torture_stats_print(). A version that has not changed since
// the last report is a grace period that does not end: the kernel prints how it
// stands, and the scripts that read it call it a hang.
//
//kernel:fn rcu_torture_stats_print kernel/rcu/rcutorture.c
func (t *Torture) printStats(x *cpu.Exec) {
	r := t.report(x)
	for i, line := range r.Lines(t.ops.name) {
		t.alert(x, line)
		if i == 1 && r.Failed() {
			t.stats.errors++
			cpu.WarnOnce(x, true, "kernel/rcu/rcutorture.c", "rcu_torture_stats_print: the report shows an error")
		}
	}
	if t.stats.version == r.Version && t.current.ReadOnce(x) != nil {
		t.writerStall(x, r.Version)
	}
	t.stats.version = r.Version
}

// writerStall is the end of a report while the writer does not get on.
//
//kernel:fn rcu_torture_stats_print kernel/rcu/rcutorture.c
func (t *Torture) writerStall(x *cpu.Exec, version uint64) {
	var gpnum, completed uint64
	var flags uint32
	if rsp := t.ops.state; rsp != nil {
		gpnum, completed, flags = rsp.GPData(x)
	}
	state := t.writer.state.ReadOnce(x)
	t.alert(x, fmt.Sprintf("??? Writer stall state %d g%d c%d f%#x", state, gpnum, completed, flags))
	t.r.ShowGPKthreads(x)
	if state == stateStutter { // it halts with the others
		return
	}
	x.Record(&cpu.Finding{
		Kind:  "hang",
		Title: fmt.Sprintf("%s-torture: GP HANG at %d: no update between two reports", t.ops.name, version),
	})
}

// printModuleParms is rcu_torture_print_module_parms().
//
//kernel:fn rcu_torture_print_module_parms kernel/rcu/rcutorture.c
func (t *Torture) printModuleParms(x *cpu.Exec, tag string) {
	t.flagged(x, "--- %s: %s", tag, t.p.parms(len(t.readers.each), t.ops.canBoost))
}

// flagged prints a line right behind TORTURE_FLAG, which has no blank.
func (t *Torture) flagged(x *cpu.Exec, format string, args ...any) {
	t.alert(x, t.ops.name+"-torture:"+fmt.Sprintf(format, args...))
}
