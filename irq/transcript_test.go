package irq

import (
	"fmt"
	"strings"
	"testing"

	"github.com/cockroachdb/datadriven"

	"lockstep/cpu"
	"lockstep/cpu/sched"
	"lockstep/sim"
)

// transcript writes down the operations between start and stop as a kernel
// developer would tell them: who does what to what, without times.
type transcript struct {
	b   *box
	on  bool
	end bool // the sleeper ran
	out strings.Builder
}

// told are the kinds worth telling; the rest is preempt_count and flags.
var told = map[sim.Kind]bool{
	cpu.KindLock: true, cpu.KindAcquired: true, cpu.KindUnlock: true, cpu.KindSend: true, cpu.KindUpdate: true,
	cpu.KindWrite: true, cpu.KindSwitch: true, cpu.KindIrqEntry: true, cpu.KindIrqExit: true, cpu.KindTrylock: true,
}

func (tr *transcript) op(p *sim.Proc, op sim.Op) {
	if !tr.on || !told[op.Kind] {
		return
	}
	line := fmt.Sprintf("cpu%d %-10s %-9s %s", p.ID(), tr.b.m.CPUs[p.ID()].Current().Comm, cpu.KindName(op.Kind), tr.b.m.ObjName(op.Obj))
	fmt.Fprintln(&tr.out, strings.TrimRight(line, " "))
}

// sleeper sleeps until it is woken once, and ends the transcript then.
func (tr *transcript) sleeper(c int) *sched.Task {
	return tr.b.s.NewTask("sleeper", 100, 0, []int{c}, func(x *cpu.Exec) {
		tr.b.s.SetCurrentState(x, sched.Uninterruptible)
		tr.b.s.Schedule(x)
		tr.on, tr.end = false, true
	})
}

// waker wakes p from CPU 0 once ready.
func (tr *transcript) waker(p *sched.Task, ready func() bool) *sched.Task {
	return tr.b.s.NewTask("waker", 101, 0, []int{0}, func(x *cpu.Exec) {
		for !ready() {
			x.Delay(30)
		}
		tr.on = true
		tr.b.s.WakeUpProcess(x, p)
	})
}

// scenes are what transcripts are made of. Each returns the tasks of its
// machine.
var scenes = map[string]struct {
	llc   []int
	poll  bool
	tasks func(tr *transcript) []*sched.Task
}{
	"shared-cache": {nil, false, func(tr *transcript) []*sched.Task {
		p := tr.sleeper(1)
		return []*sched.Task{p, tr.waker(p, func() bool { return tr.asleep(p) })}
	}},
	"other-cache": {[]int{0, 1}, false, func(tr *transcript) []*sched.Task {
		p := tr.sleeper(1)
		return []*sched.Task{p, tr.waker(p, func() bool { return tr.asleep(p) })}
	}},
	"polling": {nil, true, func(tr *transcript) []*sched.Task {
		p := tr.sleeper(1)
		return []*sched.Task{p, tr.waker(p, func() bool { return tr.asleep(p) })}
	}},
	"preempts": {nil, false, func(tr *transcript) []*sched.Task {
		p := tr.sleeper(1)
		hog := tr.b.s.NewTask("hog", 102, 0, []int{1}, func(x *cpu.Exec) {
			for !tr.end {
				x.Delay(100)
			}
		})
		waker := tr.waker(p, func() bool {
			return tr.asleep(p) && hog.OnCPU.Peek() && tr.b.m.E.Now() > 20*sim.Millisecond
		})
		return []*sched.Task{p, hog, waker}
	}},
	"on-cpu": {nil, false, func(tr *transcript) []*sched.Task {
		p := tr.sleeper(1)
		// Off its runqueue, yet the switch away from it is not complete.
		return []*sched.Task{p, tr.waker(p, func() bool {
			return p.State.Peek() != sched.Running && !p.Queued() && p.OnCPU.Peek()
		})}
	}},
}

func (tr *transcript) asleep(p *sched.Task) bool {
	return p.State.Peek() == sched.Uninterruptible && !p.OnCPU.Peek() && tr.b.m.CPUs[1].P.Parked() != tr.hogged(p)
}

// hogged says whether CPU 1 runs something else than its idle task.
func (tr *transcript) hogged(p *sched.Task) bool {
	cur := tr.b.m.CPUs[1].Current()
	return cur.PID != 0 && cur != &p.Exec
}

// TestTranscripts compares what happens in the scenes with what is written in
// testdata, where every scene says what to look for.
func TestTranscripts(t *testing.T) {
	datadriven.RunTest(t, "testdata/wakeups", func(t *testing.T, d *datadriven.TestData) string {
		scene, ok := scenes[d.Input]
		if d.Cmd != "scene" || !ok {
			t.Fatalf("%s: no scene %q", d.Pos, d.Input)
		}
		tr := &transcript{b: newBox(cpu.Config{CPUs: 2, LLC: scene.llc, PollIdle: scene.poll, Engine: sim.Config{Seed: 1, NoRunAhead: true}})}
		tr.b.m.E.OnOp(tr.op)
		if end := tr.b.run(t, scene.tasks(tr)...); end != sim.EndStopped {
			t.Fatalf("%s: the run ended with %v", d.Pos, end)
		}
		return tr.out.String() + tr.b.verdicts()
	})
}
