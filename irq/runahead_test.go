package irq

import (
	"fmt"
	"testing"

	"lockstep/cpu"
	"lockstep/cpu/sched"
	"lockstep/cpu/softirq"
	"lockstep/sim"
)

// site is a machine on which everything of this package happens at once:
// level, edge and message-signalled interrupts, shared and threaded handlers,
// a network card, tasklets, irq_work and calls between all CPUs, lines that
// move and are disabled.
type site struct {
	*box
	t     *testing.T
	rnd   []sim.Rand
	lines []*Desc
	tl    [2]softirq.TaskletWork
	works [3]Work
	calls [2]Call
	tasks []*sched.Task
	left  int // tasks that have not finished
}

func newSite(t *testing.T, cpus int, e sim.Config) *site {
	s := &site{box: newBox(cpu.Config{CPUs: cpus, Engine: e}), t: t}
	s.sq.LeaveToKsoftirqd = e.Seed%3 == 0
	s.ic.InitCallMany()
	s.ic.InitRemoteWork()
	for i := range s.tl {
		s.sq.InitTasklet(&s.tl[i], fmt.Sprintf("tasklet%d", i), i == 1, func(x *cpu.Exec) { x.Delay(700) })
	}
	for i := range s.works {
		s.ic.InitWork(&s.works[i], fmt.Sprintf("work%d", i), i == 2, func(x *cpu.Exec) { x.Spend(300) })
	}
	for i := range s.calls {
		s.ic.InitCall(&s.calls[i], fmt.Sprintf("call%d", i))
	}
	s.place(cpus)
	return s
}

// place puts the devices into the machine and makes the tasks.
func (s *site) place(cpus int) {
	io := s.ic.NewIOAPIC(8)
	disk := io.Map(3, "disk", true, 0)
	edge := io.Map(4, "edge", false, cpus-1)
	msi, wire := s.ic.NewMSI("msi", cpus/2)
	a := s.ic.NewPoisson("disk a", io.Pin(3), 40*sim.Microsecond, 30)
	b := s.ic.NewPeriodic("edge b", io.Pin(4), 5000, 31*sim.Microsecond, 30)
	c := s.ic.NewPeriodic("msi c", wire, 7000, 17*sim.Microsecond, 40)
	nic, rxAction := s.ic.NewNet().NewNIC("eth0", 0, 3*sim.Microsecond, 800, 400)
	s.lines = []*Desc{disk, edge, msi}
	tasklet := func(x *cpu.Exec, irq int) Return {
		if c.Acknowledge(x) == 0 {
			return None
		}
		s.tl[irq&1].Schedule(x)
		return Handled
	}
	actions := []*Action{
		disk.NewAction("a", Shared|Oneshot, nil, func(x *cpu.Exec, _ int) Return {
			x.Delay(2000)
			return Return(min(a.Acknowledge(x), 1))
		}, 300),
		disk.NewAction("b", Shared|Oneshot, func(*cpu.Exec, int) Return { return WakeThread }, func(x *cpu.Exec, _ int) Return { x.Delay(900); return Handled }, 301),
		edge.NewAction("edge", 0, b.Handler(3000), nil, 0),
		msi.NewAction("msi", 0, tasklet, nil, 0),
		rxAction,
	}
	_ = nic
	for i := range cpus + 1 {
		s.rnd = append(s.rnd, sim.NewRand(s.m.E.Seed(), uint64(1<<30+i)))
		s.left++
		s.tasks = append(s.tasks, s.s.NewTask(fmt.Sprintf("t%d", i), 100+i, 0, nil, func(x *cpu.Exec) {
			if i == 0 {
				for _, a := range actions {
					if err := a.Request(x); err != nil {
						s.t.Error(err)
					}
				}
			}
			for range 12 {
				s.step(x, i)
			}
			s.left--
		}))
	}
}

// step lets a task do something at random.
func (s *site) step(x *cpu.Exec, i int) {
	r := &s.rnd[i]
	n := int(r.Intn(int64(len(s.m.CPUs))))
	switch r.Intn(10) {
	case 0:
		s.ic.CallFunction(x, func(x *cpu.Exec) { x.Spend(200) }, r.Intn(2) == 0)
	case 1:
		s.ic.QueueWorkOn(x, &s.works[0], n)
		s.ic.SyncWork(x, &s.works[0])
	case 2:
		s.ic.QueueWork(x, &s.works[r.Intn(3)])
	case 3:
		d := s.lines[r.Intn(3)]
		if d.action.ReadOnce(x) == nil {
			break // starting the line would enable it
		}
		d.Disable(x)
		x.Delay(r.Between(100, 5000))
		d.Enable(x)
	case 4:
		if err := s.lines[r.Intn(3)].SetAffinity(x, n); err != nil {
			s.t.Error(err)
		}
	case 5:
		t := &s.tl[r.Intn(2)]
		t.Disable(x)
		x.Delay(r.Between(100, 3000))
		t.Enable(x)
	case 6:
		s.tl[r.Intn(2)].Schedule(x)
	case 7:
		s.ic.OnEachCPU(x, func(x *cpu.Exec) { x.Spend(100) }, true)
	case 8:
		f := cpu.LocalIrqSave(x)
		x.Spend(3000)
		cpu.LocalIrqRestore(x, f)
	case 9:
		s.lines[r.Intn(3)].Synchronize(x)
	}
	x.Delay(r.Between(100, 60000))
}

// TestRunAheadDevices: with everything that interrupts the hash is the same
// with run-ahead and without, and all tasks come to their end.
func TestRunAheadDevices(t *testing.T) {
	for seed := range uint64(120) {
		var got [2]outcome
		for i := range got {
			s := newSite(t, 1+int(seed%4), sim.Config{Seed: seed, Stalls: seed%2 == 1, NoRunAhead: i == 1})
			if end := s.run(t, s.tasks...); end != sim.EndStopped || s.left != 0 {
				t.Fatalf("seed %d: ended with %v, %d tasks left\n%s", seed, end, s.left, s.verdicts())
			}
			got[i] = outcome{s.m.E.Hash(), s.m.E.Steps(), s.m.E.Now(), s.verdicts()}
		}
		if got[0] != got[1] {
			t.Fatalf("seed %d:\nahead   %+v\nstepped %+v", seed, got[0], got[1])
		}
		if got[0].found != "" {
			t.Fatalf("seed %d: %s", seed, got[0].found)
		}
	}
}

// TestRunAheadTimers: the same of the local timer's own modes and of the task
// priority.
func TestRunAheadTimers(t *testing.T) {
	for seed := range uint64(60) {
		var got [2]outcome
		for i := range got {
			b := newHardware(3, sim.Config{Seed: seed, Stalls: seed%2 == 1, NoRunAhead: i == 1})
			var seen cpu.Var[int]
			seen.Init(b.m, "seen", 0)
			b.ic.OnLocalTimer(func(x *cpu.Exec) { seen.Update(x, func(n int) int { return n + 1 }) })
			var tasks []*sched.Task
			for c := range 3 {
				rnd := sim.NewRand(seed, uint64(1<<30+c))
				tasks = append(tasks, b.s.NewTask("t", 100+c, 0, []int{c}, func(x *cpu.Exec) {
					for range 20 {
						switch rnd.Intn(4) {
						case 0:
							b.ic.SetTimer(x, TimerMode(rnd.Intn(3)), rnd.Intn(4) == 0)
						case 1:
							b.ic.WriteTimerCount(x, rnd.Between(2000, 9000))
						case 2:
							b.ic.WriteTSCDeadline(x, x.Now()+rnd.Between(-500, 5000))
						case 3:
							b.ic.WriteTPR(x, 0xf0)
							x.Delay(rnd.Between(10, 3000))
							b.ic.WriteTPR(x, 0)
						}
						x.Delay(rnd.Between(10, 5000))
					}
					b.ic.SetTimer(x, OneShot, false)
					b.ic.WriteTimerCount(x, 0)
				}))
			}
			b.run(t, tasks...)
			got[i] = outcome{b.m.E.Hash(), b.m.E.Steps(), b.m.E.Now(), fmt.Sprint(seen.Peek())}
		}
		if got[0] != got[1] || got[0].found == "0" {
			t.Fatalf("seed %d:\nahead   %+v\nstepped %+v", seed, got[0], got[1])
		}
	}
}
