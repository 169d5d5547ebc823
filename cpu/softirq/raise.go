package softirq

import (
	"fmt"
	"strconv"

	"lockstep/cpu"
	"lockstep/cpu/sched"
)

// Nr is a softirq's number; lower ones are served first.
type Nr int

// Softirqs in the order they run.
const (
	Hi Nr = iota
	Timer
	NetTX
	NetRX
	Block
	BlockIopoll
	Tasklet
	Sched
	HRTimer
	RCU
	count
)

var names = [count]string{"HI", "TIMER", "NET_TX", "NET_RX", "BLOCK", "BLOCK_IOPOLL", "TASKLET", "SCHED", "HRTIMER", "RCU"}

// String returns the softirq's name as /proc/softirqs has it.
func (n Nr) String() string { return names[n] }

// Names lists the softirqs in the order of their numbers.
func Names() []string { return names[:] }

// Softirq is the softirq machinery of one machine.
type Softirq struct {
	m       *cpu.Machine
	s       *sched.Sched
	pending cpu.PerCPU[uint32]
	served  cpu.PerCPU[[count]uint64]
	thread  cpu.PerCPU[*sched.Task]
	action  [count]func(x *cpu.Exec)
	// tasklets are the CPUs' lists; nil in a machine without any.
	tasklets *cpu.PerCPU[taskletLists]

	// LeaveToKsoftirqd is the rule of v4.9: while ksoftirqd is awake the ends
	// of interrupts leave the softirqs to it. Tasks get their share, and the
	// timers wait their turn.
	LeaveToKsoftirqd bool

	nohzSaid int // times that the kernel complained of softirqs left to idle
}

// First PIDs of the per-CPU threads, as a booted system numbers them.
const pidKsoftirqd0 = 3

// New makes the machinery and the ksoftirqd threads, asleep.
func New(m *cpu.Machine, s *sched.Sched) *Softirq {
	q := &Softirq{m: m, s: s}
	q.pending.Init(m)
	q.served.Init(m)
	q.thread.Init(m)
	threads := &sched.SmpbootThread{
		Name: func(c int) string { return "ksoftirqd/" + strconv.Itoa(c) },
		PID: func(c int) int {
			if c == 0 {
				return pidKsoftirqd0
			}
			return 8 + 5*c
		},
		ShouldRun: func(x *cpu.Exec, c int) bool { // ksoftirqd_should_run
			x.Local(cpu.KindWork, m.Costs.Load)
			return *q.pending.Of(c) != 0
		},
		Fn: func(x *cpu.Exec, _ int) { q.runKsoftirqd(x) },
	}
	s.RegisterSmpboot(threads)
	for c := range m.CPUs {
		*q.thread.Of(c) = threads.Task(c)
	}
	q.Register(Sched, s.RunRebalance)
	s.OnBalance(func(x *cpu.Exec) { q.RaiseIrqoff(x, Sched) })
	m.Hooks.Softirq = q.invoke
	m.Hooks.BHDisable, m.Hooks.BHEnable = q.bhDisable, q.bhEnable
	s.OnCPU(sched.PriDefault, q.onCPU)
	m.OnBusy(q.busy)
	return q
}

// busy reports whether a CPU has softirqs to serve. What is pending on one that
// is gone nobody serves and nobody misses: RCU's callbacks, timers and tasklets
// have been taken over by others.
func (q *Softirq) busy() bool {
	online := q.m.Online.Peek()
	for i := range q.m.CPUs {
		if *q.pending.Of(i) != 0 && online.Has(i) {
			return true
		}
	}
	return false
}

// StopsTick is the part of can_stop_idle_tick() about softirqs: with one
// pending on x's CPU, which is idle, the tick goes on. RCU's own may be left
// over; others should have been served, and the kernel says so ten times.
//
//kernel:fn can_stop_idle_tick kernel/time/tick-sched.c
func (q *Softirq) StopsTick(x *cpu.Exec) bool {
	pending := *q.pending.This(x)
	if pending == 0 {
		return true
	}
	if left := pending &^ (1 << RCU); left != 0 && q.nohzSaid < 10 {
		x.RecordOp() // which CPU says it is a matter of the operations' order
		if q.nohzSaid < 10 {
			q.nohzSaid++
			q.m.Hooks.Printk(x, cpu.LevelWarning, fmt.Sprintf("NOHZ: local_softirq_pending %02x", pending), 0)
		}
	}
	return false
}

// Register is open_softirq().
func (q *Softirq) Register(n Nr, fn func(x *cpu.Exec)) { q.action[n] = fn }

// Pending returns the softirqs pending on a CPU as a mask, for views.
func (q *Softirq) Pending(c int) uint32 { return *q.pending.Of(c) }

// Served returns how often softirq n has run on a CPU.
func (q *Softirq) Served(c int, n Nr) uint64 { return q.served.Of(c)[n] }

// Raise is raise_softirq().
//
//kernel:fn raise_softirq kernel/softirq.c
func (q *Softirq) Raise(x *cpu.Exec, n Nr) {
	f := cpu.LocalIrqSave(x)
	q.RaiseIrqoff(x, n)
	cpu.LocalIrqRestore(x, f)
}

// RaiseIrqoff is raise_softirq_irqoff(). Outside any interrupt context nobody
// would look at the mask soon, so it wakes ksoftirqd.
//
//kernel:fn raise_softirq_irqoff kernel/softirq.c
func (q *Softirq) RaiseIrqoff(x *cpu.Exec, n Nr) {
	q.RaiseBit(x, n)
	if !x.CPU().InInterrupt() {
		q.wakeupSoftirqd(x)
	}
}

// RaiseBit is __raise_softirq_irqoff(): only the bit.
//
//kernel:fn __raise_softirq_irqoff kernel/softirq.c
func (q *Softirq) RaiseBit(x *cpu.Exec, n Nr) { *q.pending.This(x) |= 1 << n }

// wakeupSoftirqd is wakeup_softirqd().
//
//kernel:fn wakeup_softirqd kernel/softirq.c
func (q *Softirq) wakeupSoftirqd(x *cpu.Exec) {
	t := *q.thread.This(x)
	if t.State.ReadOnce(x) != sched.Running {
		q.s.WakeUpProcess(x, t)
	}
}
