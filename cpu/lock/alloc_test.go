package lock_test

import (
	"testing"

	"lockstep/cpu"
	"lockstep/cpu/lock"
	"lockstep/cpu/lockdep"
	"lockstep/cpu/sched"
	"lockstep/cpu/softirq"
	"lockstep/sim"
)

// TestNoAllocation: once the validator knows its chain, a free lock is taken
// and released without allocating.
func TestNoAllocation(t *testing.T) {
	m := cpu.New(cpu.Config{
		CPUs: 1, HZ: 250, Costs: cpu.ProductionCosts(), Lockdep: &lockdep.Config{},
		Engine: sim.Config{Seed: 1, TimeLimit: sim.Second, StepLimit: 1_000_000},
	})
	s := sched.New(m)
	softirq.New(m, s) // no interrupt controller: nothing interrupts the task
	var (
		rw  lock.RW
		seq lock.Seqlock
		sem sched.RWSem
		rt  sched.RTMutex
	)
	rw.Init(m, "rw", &lockdep.Key{Name: "rw"})
	seq.Init(m, "seq", &lockdep.Key{Name: "seq"}, &lockdep.Key{Name: "seq.lock"})
	sem.Init(s, "sem", &lockdep.Key{Name: "sem"})
	rt.Init(s, "rt", &lockdep.Key{Name: "rt"})
	pairs := map[string]func(x *cpu.Exec){
		"read_lock":     func(x *cpu.Exec) { rw.ReadLock(x); rw.ReadUnlock(x) },
		"write_lock":    func(x *cpu.Exec) { rw.WriteLock(x); rw.WriteUnlock(x) },
		"write_seqlock": func(x *cpu.Exec) { seq.WriteLock(x); seq.WriteUnlock(x) },
		"read_seqbegin": func(x *cpu.Exec) { seq.ReadRetry(x, seq.ReadBegin(x)) },
		"down_read":     func(x *cpu.Exec) { sem.DownRead(x); sem.UpRead(x) },
		"down_write":    func(x *cpu.Exec) { sem.DownWrite(x); sem.UpWrite(x) },
		"rt_mutex_lock": func(x *cpu.Exec) { rt.Lock(x); rt.Unlock(x) },
	}
	ran := 0
	task := s.NewTask("task", 1, 0, nil, func(x *cpu.Exec) {
		for name, pair := range pairs {
			if n := testing.AllocsPerRun(100, func() { pair(x) }); n != 0 {
				t.Errorf("%s: %v allocations", name, n)
			}
			ran++
		}
		m.E.Stop()
	})
	s.OnBoot(func(x *cpu.Exec) { s.WakeUpNewTask(x, task) })
	m.Start()
	defer m.E.Close()
	if _, err := m.E.Run(); err != nil || ran != len(pairs) {
		t.Fatalf("%d of %d pairs: %v", ran, len(pairs), err)
	}
}
