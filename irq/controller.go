package irq

import (
	"strconv"

	"lockstep/cpu"
	"lockstep/cpu/sched"
	"lockstep/cpu/softirq"
	"lockstep/sim"
)

// Controller is all interrupt hardware of one machine.
type Controller struct {
	m        *cpu.Machine
	s        *sched.Sched
	sq       *softirq.Softirq
	apics    []apic
	channels map[int]*sim.Source
	inFlight int
	handlers [256]func(x *cpu.Exec)
	nmi      *nmis
	pmus     []pmu // see InitCycles

	calls cpu.PerCPU[callQueue]
	works cpu.PerCPU[workLists]
	lazy  int // queued lazy works of all CPUs

	raised *remoteLists // see InitRemoteWork
	many   *callRows    // see InitCallMany

	ioapics []*IOAPIC
	buses   []*sim.Source // of messages from pins and devices, for views
	lines   *lines        // interrupt descriptors; nil in a machine without devices

	// TickStopped is tick_nohz_tick_stopped() of x's CPU; nil where ticks
	// never stop. Lazy irq_work cannot wait for a tick that does not come.
	TickStopped func(x *cpu.Exec) bool
}

// firstChannel is the source number of the first IPI channel; channels are
// made when first used and numbered by who sends what to whom, so that the
// number is the same in every run.
const (
	firstChannel = 1 << 20
	moreChannels = 1 << 27 // beyond three times 4096 times 4096
)

// New makes the controllers and takes the hooks that are theirs.
func New(m *cpu.Machine, s *sched.Sched, sq *softirq.Softirq) *Controller {
	ic := &Controller{m: m, s: s, sq: sq, apics: make([]apic, len(m.CPUs)), channels: map[int]*sim.Source{}}
	for i := range ic.apics {
		a := &ic.apics[i]
		outer := m.Numbered(i)
		a.obj = m.NewObj("apic")
		m.Leave(outer)
		a.p = m.CPUs[i].P
		a.timer = m.E.NewSource("timer"+strconv.Itoa(i), func(arg uint64) { ic.timerFires(a, arg) })
		a.late = m.E.Rand(a.timer)
		a.latency = sim.NewRand(m.E.Seed(), firstChannel+uint64(i))
	}
	ic.initCalls()
	ic.works.Init(m)
	ic.handlers[Reschedule] = ic.rescheduleInterrupt
	ic.handlers[CallFunctionSingle] = ic.callFunctionSingleInterrupt
	ic.handlers[CallFunction] = ic.callFunctionInterrupt
	ic.handlers[Spurious] = ic.spuriousInterrupt
	ic.handlers[IrqWork] = ic.irqWorkInterrupt
	m.Hooks.Interrupt = ic.Interrupt
	m.Hooks.SendReschedule = ic.SendReschedule
	m.Hooks.ProgramTimer = ic.programTimer
	m.Hooks.CPUDisable = ic.cpuDisable
	s.OnCPU(sched.PriDefault, ic.onCPU)
	m.Hooks.ReschedulePending = func(c int) bool { return ic.apics[c].coming > 0 || ic.apics[c].irr.has(Reschedule) }
	m.Hooks.IrqWorkTick = ic.workTick
	m.Hooks.WorkNeedsCPU = ic.WorkNeedsCPU
	m.OnBusy(ic.busy)
	return ic
}

// busy reports whether anything but a timer is in flight or requested.
func (ic *Controller) busy() bool {
	if ic.inFlight > 0 || ic.lazy > 0 {
		return true
	}
	online := ic.m.Online.Peek() // a dead CPU takes nothing
	for i := range ic.apics {
		if v := ic.apics[i].irr.highest(); online.Has(i) && v >= 0 && Vector(v) != LocalTimer || ic.apics[i].nmi {
			return true
		}
	}
	return false
}

// OnLocalTimer sets the local timer's event handler.
func (ic *Controller) OnLocalTimer(fn func(x *cpu.Exec)) {
	ic.handlers[LocalTimer] = func(x *cpu.Exec) { ic.apicTimerInterrupt(x, fn) }
}

// programTimer arms a CPU's timer: late by a little, never early.
func (ic *Controller) programTimer(x *cpu.Exec, c int, at int64) {
	a := &ic.apics[c]
	x.Op(cpu.KindDevice, &a.obj, sim.AccessWrite, ic.m.Costs.EOI)
	ic.m.E.Cancel(a.timer)
	ic.m.E.At(a.timer, max(sim.Time(at), x.Now())+a.late.Between(50, 350), 0)
}
