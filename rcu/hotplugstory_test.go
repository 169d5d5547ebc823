package rcu

import (
	"fmt"
	"testing"

	"github.com/cockroachdb/datadriven"

	"lockstep/cpu"
	"lockstep/sim"
)

// plugTracer writes down what hot-plug changes of RCU, and who does it.
type plugTracer struct {
	tracer
}

func (tr *plugTracer) op(p *sim.Proc, op sim.Op) {
	tr.look()
	tr.who = fmt.Sprintf("cpu%d %-11s", p.ID(), tr.b.m.CPUs[p.ID()].Current().Comm)
	switch name := tr.b.m.ObjName(op.Obj); {
	case name == "rcu_preempt.orphan_lock" && op.Kind == cpu.KindLock:
		tr.say("L(%s)", name)
	case name == "rcu_preempt.orphan_lock" && op.Kind == cpu.KindUnlock:
		tr.say("U(%s)", name)
	}
}

func (tr *plugTracer) look() {
	r := tr.b.r
	rsp := r.preempt
	root, rdp := rsp.root(), rsp.rda.Of(1)
	tr.note("cpu1 online", "%t", tr.b.m.Online.Peek().Has(1))
	tr.note("qsmaskinitnext", "%02b", root.qsmaskinitnext)
	tr.note("qsmaskinit", "%02b", root.qsmaskinit)
	tr.note("cpu1's list is disabled", "%t", rdp.cbs.disabled)
	tr.note("taken over", "%d", rsp.orphans.moved)
	if rsp.orphans.moved > 0 {
		tr.note("cpu0 segments", "%v", flat(&rsp.rda.Of(0).cbs))
	}
}

// plugOrder is what docs/kernel/rcu-perf.md §17 demands of it, H.2 to H.6.
var plugOrder = []string{
	"cpu1 online true -> false",              // in its stopper;
	"cpu1 swapper/1       qsmaskinitnext 11", // then, idle for the last time, out of the next masks
	"cpu0 plug        L(rcu_preempt.orphan_lock)",
	"taken over 0 -> ", "cpu1's list is disabled false -> true",
	"cpu0 segments [] -> [3 3", // all are to be assigned anew
	"cpu0 plug        U(rcu_preempt.orphan_lock)",
	"rcu_preempt     qsmaskinit 11 -> 01", // the next grace period begins without it
	"cpu1's list is disabled true -> false", "cpu0 plug            qsmaskinitnext 01 -> 11",
	"cpu1 online false -> true", // and only then it runs
	"rcu_preempt     qsmaskinit 01 -> 11",
}

// TestHotplugStory takes a CPU away whose task keeps queueing callbacks, and
// brings it back: every callback runs, in the order of its queueing.
func TestHotplugStory(t *testing.T) {
	datadriven.RunTest(t, "testdata/hotplug", func(t *testing.T, d *datadriven.TestData) string {
		b, st := plugBox(cpu.Config{CPUs: 2, Engine: sim.Config{NoRunAhead: true}}, Config{})
		heads := make([]Head, 300)
		var ran []int
		over := false
		post := b.s.NewTask("post", 150, 0, []int{1}, func(x *cpu.Exec) {
			for i := range heads {
				if over {
					break
				}
				b.r.CallRCU(x, &heads[i], func(*cpu.Exec) { ran = append(ran, i) })
				x.Delay(300 * sim.Microsecond)
			}
		})
		plug := b.task("plug", 0, func(x *cpu.Exec) {
			b.tm.Msleep(x, 5)
			if err := st.CPUDown(x, 1); err != nil {
				t.Error(err)
			}
			over = true
			b.r.Synchronize(x)
			if err := st.CPUUp(x, 1); err != nil {
				t.Error(err)
			}
			b.r.Synchronize(x)
		})
		tr := &plugTracer{tracer{b: b, last: map[string]string{}}}
		b.m.E.OnOp(tr.op)
		end := b.run(t, post, plug)
		checkOrder(t, tr.out.String(), plugOrder)
		for i, n := range ran {
			if i != n {
				t.Fatalf("callback %d was the %d-th to run", n, i)
			}
		}
		return tr.out.String() + fmt.Sprintf("%d callbacks; end %d, findings %q\n", len(ran), end, b.kinds())
	})
}
