package rcu

import (
	"fmt"
	"strings"
	"testing"

	"github.com/cockroachdb/datadriven"

	"lockstep/cpu"
	"lockstep/cpu/sched"
	"lockstep/sim"
)

// tracer writes down what matters of the order: locks and wake-ups of RCU and
// what changes in its state, each line with its CPU and current.
type tracer struct {
	b    *box
	out  strings.Builder
	last map[string]string
	rq   bool   // E's runqueue, too
	who  string // CPU and current of the operation before: its effects come last
}

func trace(b *box) *tracer {
	tr := &tracer{b: b, last: map[string]string{}}
	b.m.E.OnOp(tr.op)
	return tr
}

func (tr *tracer) say(format string, args ...any) {
	fmt.Fprintf(&tr.out, "%s %s\n", tr.who, fmt.Sprintf(format, args...))
}

// op is called as an operation happens and before its effects: so first what
// changed since the one before.
func (tr *tracer) op(p *sim.Proc, op sim.Op) {
	tr.changes()
	tr.who = fmt.Sprintf("cpu%d %-11s", p.ID(), tr.b.m.CPUs[p.ID()].Current().Comm)
	name := tr.b.m.ObjName(op.Obj)
	switch {
	case strings.HasPrefix(name, "rcu_node_") && op.Kind == cpu.KindLock,
		strings.HasSuffix(name, "_wq") && op.Kind == cpu.KindLock:
		tr.say("L(%s)", name)
	case strings.HasPrefix(name, "rcu_node_") && op.Kind == cpu.KindUnlock:
		tr.say("U(%s)", name)
	case op.Kind == cpu.KindLock && (name == "C" || name == "rq1->lock" && tr.rq && tr.b.m.CPUs[p.ID()].Current().Comm == "E"):
		tr.say("L(%s)", name)
	case op.Kind == cpu.KindUnlock && name == "C":
		tr.say("U(%s)", name)
	case op.Kind == cpu.KindSend:
		tr.say("IPI")
	}
}

// changes writes what is different from the last time somebody looked.
func (tr *tracer) changes() {
	rsp := tr.b.r.Preempt()
	root := rsp.root()
	tr.note("gpnum", "%d", int64(rsp.gpnum.Peek()))
	tr.note("completed", "%d", int64(rsp.completed.Peek()))
	tr.note("gp_flags", "%d", rsp.gpFlags.Peek())
	tr.note("qsmask", "%02b", root.qsmask.Peek())
	tr.note("expmask", "%02b", root.expmask.Peek())
	tr.note("gp_tasks", "%s", comm(root.gpTasks.Peek()))
	tr.note("exp_tasks", "%s", comm(root.expTasks.Peek()))
	tr.note("expedited_sequence", "%d", rsp.expeditedSeq.Peek())
	for _, t := range tr.b.r.readers {
		if t.x.PID >= 100 {
			tr.note(t.x.Comm+".special", "%s", t.special.String())
		}
	}
	if b := rsp.leaves()[0].boost; b != nil {
		tr.note("boost_tasks", "%s", comm(b.tasks.Peek()))
		tr.note("rcub", "%s", b.status.Peek())
	}
	for _, t := range tr.b.s.Tasks() {
		if t.Comm == "T" {
			tr.note("T.prio", "%d", t.Prio())
		}
	}
	for i := range tr.b.m.CPUs {
		tr.note(fmt.Sprintf("cpu%d segments", i), "%v", flat(&rsp.rda.Of(i).cbs))
	}
}

func (tr *tracer) note(what, format string, args ...any) {
	now := fmt.Sprintf(format, args...)
	before, known := tr.last[what]
	tr.last[what] = now
	if known && now != before {
		tr.say("    %s %s -> %s", what, before, now)
	}
}

func comm(t *Task) string {
	if t == nil {
		return "nil"
	}
	return t.x.Comm
}

// String names what is set, for traces.
func (s special) String() string {
	var set []string
	for _, f := range []struct {
		on   bool
		name string
	}{{s.blocked, "blocked"}, {s.needQS, "need_qs"}, {s.expNeedQS, "exp_need_qs"}} {
		if f.on {
			set = append(set, f.name)
		}
	}
	return "{" + strings.Join(set, " ") + "}"
}

// traces are the machines of the transcripts: two CPUs, one node.
var traces = map[string]func(b *box) []*sched.Task{
	"ctx-lock-preempt-off": ctxLock(underPreemptOff),
	"ctx-lock-irqs-off":    ctxLock(underIrqsOff),
	"normal": func(b *box) []*sched.Task {
		var h Head
		return []*sched.Task{b.task("caller", 0, func(x *cpu.Exec) { b.r.CallRCU(x, &h, func(*cpu.Exec) {}) })}
	},
	"blocked": func(b *box) []*sched.Task {
		var h Head
		return []*sched.Task{
			b.task("caller", 0, func(x *cpu.Exec) {
				x.Delay(100 * sim.Microsecond)
				b.r.CallRCU(x, &h, func(*cpu.Exec) {})
			}),
			b.task("reader", 1, func(x *cpu.Exec) {
				b.r.ReadLock(x)
				b.tm.Msleep(x, 8)
				b.r.ReadUnlock(x)
			}),
		}
	},
	"expedited": func(b *box) []*sched.Task {
		return []*sched.Task{
			b.task("reader", 0, func(x *cpu.Exec) {
				b.r.ReadLock(x)
				x.Delay(200 * sim.Microsecond)
				b.r.ReadUnlock(x)
			}),
			b.task("E", 1, func(x *cpu.Exec) {
				x.Delay(50 * sim.Microsecond)
				b.r.SynchronizeExpedited(x)
			}),
		}
	},
	"expedited-preempted": func(b *box) []*sched.Task {
		return []*sched.Task{
			b.task("T", 0, func(x *cpu.Exec) {
				b.r.ReadLock(x)
				x.Delay(200 * sim.Microsecond)
				b.tm.Msleep(x, 1)
				b.r.ReadUnlock(x)
			}),
			b.task("E", 1, func(x *cpu.Exec) {
				x.Delay(50 * sim.Microsecond)
				b.r.SynchronizeExpedited(x)
			}),
		}
	},
}

// TestTraces compares runs with the transcripts in testdata/traces. Each file
// says first which order the sheet demands, and traceOrders asks for it apart
// from the text; read a diff against both before rewriting (go test -rewrite).
func TestTraces(t *testing.T) {
	datadriven.Walk(t, "testdata/traces", func(t *testing.T, path string) {
		datadriven.RunTest(t, path, func(t *testing.T, d *datadriven.TestData) string {
			build := traces[d.Cmd]
			if build == nil {
				d.Fatalf(t, "no machine %q", d.Cmd)
			}
			b := newBox(cpu.Config{CPUs: 2, Engine: sim.Config{NoRunAhead: true}}, Config{Expedited: true})
			tasks := build(b)
			tr := trace(b)
			tr.rq = strings.HasPrefix(d.Cmd, "ctx-lock")
			end := b.run(t, tasks...)
			checkOrder(t, tr.out.String(), traceOrders[d.Cmd])
			return tr.out.String() + fmt.Sprintf("end %d, findings %q\n", end, b.kinds())
		})
	})
}
