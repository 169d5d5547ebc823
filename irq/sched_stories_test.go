package irq

import (
	"strings"
	"testing"

	"lockstep/cpu"
	"lockstep/cpu/sched"
	"lockstep/cpu/timer"
	"lockstep/sim"
)

// schedStories are what testdata/classes tells.
var schedStories = map[string]func(t *testing.T) (*story, []*sched.Task){
	"preempt-full": func(*testing.T) (*story, []*sched.Task) { return preemption(cpu.PreemptFull) },
	"preempt-none": func(*testing.T) (*story, []*sched.Task) { return preemption(cpu.PreemptNone) },
	"voluntary":    func(*testing.T) (*story, []*sched.Task) { return preemption(cpu.PreemptVoluntary) },
	"round-robin":  roundRobin,
	"throttling":   throttling,
}

// newModelStory is newHRStory for a preemption model; it tells of context
// switches and, with irqs, of interrupts.
func newModelStory(model cpu.PreemptModel, irqs bool) (*story, *hrBox) {
	h := newRTBox(cpu.Config{CPUs: 1, Preempt: model, Debug: true, Engine: sim.Config{Seed: 1, NoRunAhead: true, TimeLimit: 5 * sim.Second}}, false)
	s := &story{b: h.box}
	if irqs {
		h.m.E.OnOp(s.op)
	}
	h.m.E.OnOp(func(p *sim.Proc, op sim.Op) {
		if op.Kind == cpu.KindSwitch {
			s.line(h.m.CPUs[p.ID()], "switch")
		}
	})
	return s, h
}

// preemption: an hrtimer wakes a task that comes before the one that computes,
// which then may sleep, and gives the CPU away in the end.
func preemption(model cpu.PreemptModel) (*story, []*sched.Task) {
	s, h := newModelStory(model, true)
	fifo := s.task("fifo", 0, func(x *cpu.Exec) {
		h.hr.Nanosleep(x, shot, timer.Monotonic, timer.Abs)
		s.say(x, "runs")
	})
	h.s.InitPolicy(fifo, sched.PolicyFIFO, 1)
	hog := s.task("hog", 0, func(x *cpu.Exec) {
		s.wait(x)
		x.Delay(100 * sim.Microsecond)
		s.say(x, "might_sleep")
		sched.MightSleep(x)
		s.say(x, "cond_resched")
		h.s.CondResched(x)
		s.say(x, "ends")
		s.on = false
	})
	return s, []*sched.Task{fifo, hog}
}

// roundRobin: two tasks of one priority take turns of 100 ms, while a third of
// SCHED_FIFO with the same priority, behind them, would not give its turn up.
func roundRobin(*testing.T) (*story, []*sched.Task) {
	s, h := newModelStory(cpu.PreemptFull, false)
	var tasks []*sched.Task
	s.on = true
	ended := 0
	for _, name := range []string{"rr a", "rr b", "fifo c"} {
		p := s.task(name, 0, func(x *cpu.Exec) {
			s.say(x, "begins, jiffies %d", h.m.Jiffies.Peek())
			x.Delay(150 * sim.Millisecond)
			s.say(x, "ends, jiffies %d", h.m.Jiffies.Peek())
			ended++
			s.on = ended < 3
		})
		policy := sched.PolicyRR
		if name == "fifo c" {
			policy = sched.PolicyFIFO
		}
		h.s.InitPolicy(p, policy, 10)
		tasks = append(tasks, p)
	}
	return s, tasks
}

// throttling: a real-time task that never sleeps leaves 50 ms of each second to
// a fair one.
func throttling(*testing.T) (*story, []*sched.Task) {
	s, h := newModelStory(cpu.PreemptFull, false)
	h.m.Hooks.PrintkDeferred = func(x *cpu.Exec, _ int, text string) { s.say(x, "printk_deferred: %s", text) }
	s.on = true
	over := false
	hog := s.task("hog", 0, func(x *cpu.Exec) {
		for !over {
			x.Delay(sim.Millisecond)
		}
		s.on = false
	})
	h.s.InitPolicy(hog, sched.PolicyFIFO, 1)
	fair := s.task("fair", 0, func(x *cpu.Exec) {
		s.say(x, "runs at %d ms", x.Now()/sim.Millisecond)
		for x.Now() < 1100*sim.Millisecond {
			x.Delay(10 * sim.Microsecond)
		}
		s.say(x, "runs at %d ms", x.Now()/sim.Millisecond)
		over = true
	})
	return s, []*sched.Task{hog, fair}
}

// TestClassStories compares the stories of the scheduling classes with those
// in testdata.
func TestClassStories(t *testing.T) { testStories(t, "testdata/classes", schedStories) }

// TestLockOrderIsWatched: the debug mode sees rq->lock taken before p->pi_lock.
func TestLockOrderIsWatched(t *testing.T) {
	b := newBox(cpu.Config{CPUs: 2, Debug: true, Engine: sim.Config{Seed: 1}}, func(b *box) {
		b.m.Mutations = map[string]bool{"sched.task-rq-lock-inverted": true}
	})
	p := b.s.NewTask("p", 100, 0, nil, func(x *cpu.Exec) { b.s.SetUserNice(x, b.s.Task(x), 5) })
	b.s.OnBoot(func(x *cpu.Exec) { b.s.WakeUpNewTask(x, p) })
	_, err := b.m.E.Run()
	if err == nil || !strings.Contains(err.Error(), "->lock and takes p->pi_lock") {
		t.Errorf("the run ended with %v", err)
	}
	b.m.E.Close()
}

// TestFairByWeight: over ten seconds tasks that never sleep get what their
// weights say, within 5 %.
func TestFairByWeight(t *testing.T) {
	fairByWeight(t, 1)
}

// fairByWeight runs a task of nice 0, 5 and -5 for each CPU.
func fairByWeight(t *testing.T, cpus int) {
	b := newBox(cpu.Config{CPUs: cpus, Engine: sim.Config{Seed: 1, TimeLimit: 11 * sim.Second}})
	weights := map[int]float64{0: 1024, 5: 335, -5: 3121}
	ran := map[int]sim.Time{}
	var tasks []*sched.Task
	total := 0.0
	for i := range 3 * cpus {
		nice := []int{0, 5, -5}[i%3]
		total += weights[nice]
		tasks = append(tasks, b.s.NewTask("t", 100+i, nice, nil, func(x *cpu.Exec) {
			for x.Now() < 10*sim.Second {
				x.Delay(50 * sim.Microsecond)
				ran[nice] += 50 * sim.Microsecond
			}
		}))
	}
	b.run(t, tasks...)
	all := ran[0] + ran[5] + ran[-5]
	if all < 9*sim.Second*sim.Time(cpus) {
		t.Errorf("they ran %d ms in all", all/sim.Millisecond)
	}
	for nice, w := range weights {
		want := w * float64(cpus) / total
		if got := float64(ran[nice]) / float64(all); got < 0.95*want || got > 1.05*want {
			t.Errorf("nice %d got %.4f of the time, want %.4f", nice, got, want)
		}
	}
}
