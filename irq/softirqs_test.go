package irq

import (
	"slices"
	"strings"
	"testing"

	"lockstep/cpu"
	"lockstep/cpu/lock"
	"lockstep/cpu/sched"
	"lockstep/cpu/softirq"
	"lockstep/sim"
)

// busyCaller is the machine of TestBugH4Lock.
func busyCaller(t *testing.T) (*box, []*sched.Task) {
	b := newBox(cpu.Config{CPUs: 2, Engine: sim.Config{NoRunAhead: true}})
	var l lock.Raw
	l.Init(b.m, "l", &testKey)
	held, deaf := false, false
	return b, []*sched.Task{
		b.s.NewTask("caller", 100, 0, []int{0}, func(x *cpu.Exec) {
			l.Lock(x)
			for held = true; !deaf; {
				x.Delay(100)
			}
			if err := b.ic.CallFunctionSingle(x, 1, func(*cpu.Exec) {}, true); err != nil {
				t.Error(err)
			}
			l.Unlock(x)
		}),
		b.s.NewTask("spinner", 101, 0, []int{1}, func(x *cpu.Exec) {
			for !held {
				x.Delay(100)
			}
			cpu.LocalIrqDisable(x)
			deaf = true
			l.Lock(x)
			l.Unlock(x)
			cpu.LocalIrqEnable(x)
		}),
	}
}

// TestTaskletSerial: a tasklet that is scheduled on two CPUs runs on one at a
// time; the other keeps it on its list and looks again.
func TestTaskletSerial(t *testing.T) {
	for seed := range uint64(20) {
		b := newBox(cpu.Config{CPUs: 2, Engine: sim.Config{Seed: seed, NoRunAhead: true}})
		var w softirq.TaskletWork
		inside, ran, on := 0, 0, [2]int{}
		b.sq.InitTasklet(&w, "w", false, func(x *cpu.Exec) {
			if inside++; inside > 1 {
				t.Errorf("seed %d: runs on two CPUs", seed)
			}
			x.Delay(5000)
			inside--
			ran++
			on[x.CPU().ID]++
		})
		scheduled := 0
		var tasks []*sched.Task
		for i := range 2 {
			tasks = append(tasks, b.s.NewTask("t", 100+i, 0, []int{i}, func(x *cpu.Exec) {
				for range 20 {
					b.sq.LocalBHDisable(x)
					if w.Schedule(x) {
						scheduled++
					}
					b.sq.LocalBHEnable(x) // and here it runs
					x.Delay(3000)
				}
			}))
		}
		b.run(t, tasks...)
		if ran != scheduled || on[0] == 0 || on[1] == 0 || b.verdicts() != "" {
			t.Errorf("seed %d: scheduled %d, ran %d, on %v; %s", seed, scheduled, ran, on, b.verdicts())
		}
	}
}

// TestTaskletOrder: the high ones first, each kind in the order they were
// scheduled.
func TestTaskletOrder(t *testing.T) {
	b := newBox(cpu.Config{CPUs: 1})
	var ws [4]softirq.TaskletWork
	var order []int
	for i := range ws {
		b.sq.InitTasklet(&ws[i], "w", i >= 2, func(*cpu.Exec) { order = append(order, i) })
	}
	b.run(t, b.s.NewTask("t", 100, 0, nil, func(x *cpu.Exec) {
		b.sq.LocalBHDisable(x)
		for i := range ws {
			ws[i].Schedule(x)
		}
		if vs := b.sq.Tasklets(0); len(vs) != 4 || !vs[0].Hi || vs[2].Hi {
			t.Errorf("lists %+v", vs)
		}
		b.sq.LocalBHEnable(x)
	}))
	if !slices.Equal(order, []int{2, 3, 0, 1}) {
		t.Errorf("order %v", order)
	}
}

// TestTaskletDisable: disabling waits for the function, which then does not run
// until it is enabled, though it stays scheduled; killing waits until it has.
func TestTaskletDisable(t *testing.T) {
	b := newBox(cpu.Config{CPUs: 2, Engine: sim.Config{NoRunAhead: true}})
	var w softirq.TaskletWork
	running, ran := false, 0
	b.sq.InitTasklet(&w, "w", false, func(x *cpu.Exec) {
		running = true
		x.Delay(50 * sim.Microsecond)
		running = false
		ran++
	})
	other := b.s.NewTask("scheduler", 101, 0, []int{1}, func(x *cpu.Exec) { w.Schedule(x) })
	b.run(t, other, b.s.NewTask("t", 100, 0, []int{0}, func(x *cpu.Exec) {
		for !running {
			x.Delay(100)
		}
		w.Disable(x)
		if running || ran != 1 {
			t.Errorf("disabled while it runs: ran %d", ran)
		}
		w.Schedule(x)
		x.Delay(30 * sim.Microsecond)
		if v := w.View(); ran != 1 || !v.Scheduled || v.Disabled != 1 {
			t.Errorf("ran %d while disabled: %+v", ran, v)
		}
		w.Enable(x)
		w.Kill(x)
		if v := w.View(); ran != 2 || v.Scheduled || v.Running {
			t.Errorf("killed when it had run %d times: %+v", ran, v)
		}
	}))
	if b.verdicts() != "" {
		t.Error(b.verdicts())
	}
}

// TestTaskletSelfDisable: a tasklet that disables itself waits for itself.
func TestTaskletSelfDisable(t *testing.T) {
	b := newBox(cpu.Config{CPUs: 1})
	var w softirq.TaskletWork
	b.sq.InitTasklet(&w, "w", false, func(x *cpu.Exec) { w.Disable(x) })
	b.run(t, b.s.NewTask("t", 100, 0, nil, func(x *cpu.Exec) { w.Schedule(x) }))
	if !strings.Contains(b.verdicts(), "tasklet w, run by CPU0") {
		t.Errorf("no deadlock: %s", b.verdicts())
	}
}

// flood is a CPU under a flood of packets with a task that wants to compute
// and a timer. It returns the part of the time that the task had and how late
// the timer's softirq came on average.
func flood(t *testing.T, leave bool, mean sim.Time) (share float64, late sim.Time) {
	t.Helper()
	const during = 30 * sim.Millisecond
	b := newBox(cpu.Config{CPUs: 1, Engine: sim.Config{Seed: 3}})
	b.sq.LeaveToKsoftirqd = leave
	nic, rx := b.ic.NewNet().NewNIC("eth0", 0, mean, 2*sim.Microsecond, 0)
	var raised, waited sim.Time
	n := sim.Time(0)
	d, msi := b.ic.NewMSI("clock", 0)
	clock := b.ic.NewPeriodic("clock", msi, 100*sim.Microsecond, 500*sim.Microsecond, 0)
	b.sq.Register(softirq.Hi, func(x *cpu.Exec) { waited += x.Now() - raised; n++ })
	tick := d.NewAction("clock", 0, func(x *cpu.Exec, _ int) Return {
		clock.Acknowledge(x)
		if b.sq.Pending(0)&(1<<softirq.Hi) == 0 {
			raised = x.Now()
		}
		b.sq.RaiseIrqoff(x, softirq.Hi)
		return Handled
	}, nil, 0)
	const turn = 100
	computed := 0.0
	b.run(t, b.s.NewTask("hog", 100, 0, nil, func(x *cpu.Exec) {
		request(t, rx, tick)(x)
		for x.Now() < during {
			x.Delay(turn)
			computed += turn
		}
		b.m.E.Stop()
	}))
	if nic.Polled == 0 || n == 0 {
		t.Fatalf("%d packets, %d timers", nic.Polled, n)
	}
	return computed / float64(during), waited / n
}

// TestBugH5: a flood of packets keeps the ends of interrupts serving NET_RX,
// and the task on the CPU starves although ksoftirqd is there to be fair. The
// rule of v4.9 leaves softirqs to ksoftirqd once it is awake: the task gets its
// share again, and now the other softirqs wait for ksoftirqd's turn (bug
// catalogue: BUG-H5, both directions). Without a flood the task has the CPU.
func TestBugH5(t *testing.T) {
	const calm, rain = 200 * sim.Microsecond, sim.Microsecond
	share, late := flood(t, false, rain)
	fairShare, fairLate := flood(t, true, rain)
	if share > 0.15 || fairShare < 0.3 {
		t.Errorf("the task's share is %.2f, with v4.9's rule %.2f", share, fairShare)
	}
	if fairLate < 3*late {
		t.Errorf("softirqs are %v late, with v4.9's rule %v", late, fairLate)
	}
	for _, leave := range []bool{false, true} {
		if share, _ := flood(t, leave, calm); share < 0.7 {
			t.Errorf("without a flood, v4.9's rule %t, the task's share is %.2f", leave, share)
		}
	}
}
