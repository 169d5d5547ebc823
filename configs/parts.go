package configs

import (
	"lockstep/cpu"
	"lockstep/cpu/lockdep"
	"lockstep/cpu/softirq"
	"lockstep/cpu/stop"
	"lockstep/cpu/workqueue"
	"lockstep/irq"
)

// part is something of the machine that costs objects or threads, and that
// only those machines have whose scenario can use it: because it has a table of
// it, or because a program mentions a builtin of it. What is not there has no
// part in a run.
type part uint8

const (
	partStop       part = 1 << iota // the stoppers, threads migration/N
	partWorkqueues                  // pools, their first workers, the system's workqueues
	partCallMany                    // the csds of smp_call_function_many
	partRemoteWork                  // irq_work_queue_on

	partTorture = partStop // rcutorture, which takes CPUs down and moves tasks
)

// parts returns what the scenario can use.
func (p *Program) parts() part {
	s := p.scenario
	var need part
	for i := range builtinTable {
		if bt := &builtinTable[i]; bt.needs != 0 && p.uses[bt.Name] {
			need |= bt.needs
		}
	}
	if len(s.Works)+len(s.Workqueues) > 0 {
		need |= partWorkqueues
	}
	return need
}

// makeParts makes the parts that the scenario uses, and what is in their
// tables.
func (m *Machine) makeParts() {
	need := m.prog.need
	if need&partStop != 0 {
		m.Stop = stop.New(m.CPU, m.Sched)
		m.Stop.TwoCPUsSeparately = m.prog.scenario.Kernel.Stop.TwoCPUs == "separate"
	}
	if need&partCallMany != 0 {
		m.IRQ.InitCallMany()
	}
	if need&partRemoteWork != 0 {
		m.IRQ.InitRemoteWork()
	}
	if need&partWorkqueues != 0 {
		m.Workqueues = workqueue.New(m.CPU, m.Sched, m.Timers)
		m.makeWorkqueues()
	}
	m.Softirq.LeaveToKsoftirqd = m.prog.scenario.Kernel.Softirq.KsoftirqdRunning
	m.Softirq.ForceIRQThreads = m.prog.scenario.Kernel.Softirq.ThreadIRQs
	m.makeTimers()
	m.makeBottomHalves()
	m.makeLines()
}

// startParts is the parts' share of the start-up, on CPU 0: the first workers,
// then the handlers.
func (m *Machine) startParts(x *cpu.Exec) {
	if m.Workqueues != nil {
		m.Workqueues.Init(x)
	}
	m.requestIRQs(x)
}

// makeWorkqueues makes the [[workqueue]]s and the [[work]]s.
func (m *Machine) makeWorkqueues() {
	ws := m.Workqueues
	m.workqueues = map[string]*workqueue.Workqueue{}
	m.works = map[string]*workqueue.DelayedWork{}
	for _, q := range []*workqueue.Workqueue{ws.Events, ws.EventsHighpri, ws.EventsLong, ws.EventsUnbound} {
		m.workqueues[q.Name()] = q
	}
	for _, spec := range m.prog.scenario.Workqueues {
		var flags workqueue.Flags
		for _, f := range []struct {
			set  bool
			flag workqueue.Flags
		}{
			{spec.Unbound, workqueue.Unbound}, {spec.Highpri, workqueue.Highpri},
			{spec.CPUIntensive, workqueue.CPUIntensive}, {spec.MemReclaim, workqueue.MemReclaim},
		} {
			if f.set {
				flags |= f.flag
			}
		}
		m.workqueues[spec.Name] = ws.Alloc(spec.Name, flags, spec.MaxActive)
	}
	for i, spec := range m.prog.scenario.Works {
		run, _ := m.script(joinIndex("work", i) + ".body")
		w := new(workqueue.DelayedWork)
		w.Init(ws, spec.Name, m.prog.workKeys[i], func(x *cpu.Exec, _ *workqueue.Work) { run(x) })
		m.works[spec.Name] = w
	}
}

// makeWorkKeys makes the lock classes of the works, named as the kernel would
// name them.
func (s *Scenario) makeWorkKeys() []*lockdep.Key {
	var keys []*lockdep.Key
	for _, w := range s.Works {
		keys = append(keys, &lockdep.Key{Name: "(&" + w.Name + ")"})
	}
	return keys
}

// softirqs are those that a scenario may open.
var softirqs = map[string]softirq.Nr{
	"NET_TX": softirq.NetTX, "NET_RX": softirq.NetRX, "BLOCK": softirq.Block, "BLOCK_IOPOLL": softirq.BlockIopoll,
}

// makeBottomHalves makes the [[tasklet]]s, [[irq_work]]s and [[softirq]]s.
func (m *Machine) makeBottomHalves() {
	s := m.prog.scenario
	m.tasklets, m.irqWorks = map[string]*softirq.TaskletWork{}, map[string]*irq.Work{}
	for i, spec := range s.Tasklets {
		run, _ := m.script(joinIndex("tasklet", i) + ".body")
		t := new(softirq.TaskletWork)
		m.Softirq.InitTasklet(t, spec.Name, spec.Hi, func(x *cpu.Exec) { run(x) })
		m.tasklets[spec.Name] = t
	}
	for i, spec := range s.IrqWorks {
		run, _ := m.script(joinIndex("irq_work", i) + ".body")
		w := new(irq.Work)
		m.IRQ.InitWork(w, spec.Name, spec.Lazy, func(x *cpu.Exec) { run(x) })
		m.irqWorks[spec.Name] = w
	}
	for i, spec := range s.Softirqs {
		run, _ := m.script(joinIndex("softirq", i) + ".body")
		m.Softirq.Register(softirqs[spec.Name], func(x *cpu.Exec) { run(x) })
	}
}
