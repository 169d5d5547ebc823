package cpu

// Hooks is what this package and those beside it need from packages above:
// calls down into hardware, and notes up to whoever wants to know. All are
// filled at boot, before the machine runs; a hook that nobody fills does
// nothing.
type Hooks struct {
	// Interrupt takes what is pending on x's CPU: the interrupt controller's
	// delivery, irq entry to irq exit. x may run on another CPU afterwards.
	Interrupt func(x *Exec)
	// PreemptSchedule is preempt_schedule().
	PreemptSchedule func(x *Exec)
	// CondResched is _cond_resched(), for might_sleep() of
	// CONFIG_PREEMPT_VOLUNTARY.
	CondResched func(x *Exec) bool
	// QueuePush is irq_work_queue_on() of a runqueue's push_work: CPU cpu is
	// to push a real-time task, in the round of CPU src. nil means that there
	// is no irq_work on other CPUs.
	QueuePush func(x *Exec, src, cpu int)
	// SendReschedule is smp_send_reschedule().
	SendReschedule func(x *Exec, cpu int)
	// ProgramTimer arms CPU cpu's local timer for an absolute time.
	ProgramTimer func(x *Exec, cpu int, at int64)
	// Softirq runs pending softirqs; called by irq_exit with interrupts off.
	Softirq func(x *Exec)
	// BHDisable and BHEnable are __local_bh_disable_ip() and
	// __local_bh_enable_ip(): cnt is SOFTIRQ_DISABLE_OFFSET, and one more for
	// a lock's own preempt_count.
	BHDisable func(x *Exec, cnt uint32)
	BHEnable  func(x *Exec, cnt uint32) // see BHDisable
	// Printk prints one record; width is its length for the price of
	// printing, 0 meaning len(text).
	Printk func(x *Exec, level int, text string, width int)

	// ScheduleTimeout is schedule_timeout(): it sleeps in the state that the
	// task has set until woken or for the given jiffies, and returns what is
	// left of them.
	ScheduleTimeout func(x *Exec, jiffies uint64) uint64
	// PrintkDeferred is printk_deferred(), for who holds rq->lock.
	PrintkDeferred func(x *Exec, level int, text string)

	// CPUDisable is native_cpu_disable(), on a CPU that is taken down: it is no
	// longer online, and no interrupt is for it any more.
	CPUDisable func(x *Exec)
	// SynchronizeHotplug waits until all have left off who looked at the
	// active CPUs before: synchronize_rcu_mult() in cpu_down().
	SynchronizeHotplug func(x *Exec)
	// GetOnlineCPUs and PutOnlineCPUs are get_online_cpus() and
	// put_online_cpus(): in between no CPU comes or goes.
	GetOnlineCPUs, PutOnlineCPUs func(x *Exec)
	// TryGetOnlineCPUs is try_get_online_cpus(): the same as GetOnlineCPUs, or
	// false at once if a CPU is coming or going.
	TryGetOnlineCPUs func(x *Exec) bool
	// ReschedulePending reports whether a reschedule IPI to CPU cpu is on its
	// way or waits there; for the checks of [Config.Debug], nil if nobody knows.
	ReschedulePending func(cpu int) bool

	// NoteContextSwitch is rcu_note_context_switch(), at the top of
	// __schedule: preemption off, interrupts on, no rq->lock.
	NoteContextSwitch func(x *Exec)
	// CheckCallbacks is rcu_check_callbacks(), in the tick.
	CheckCallbacks func(x *Exec, user bool)
	// IrqEnter and IrqExit are rcu_irq_enter() and rcu_irq_exit().
	IrqEnter, IrqExit func(x *Exec)
	// IdleEnter and IdleExit are the same for the idle loop.
	IdleEnter, IdleExit func(x *Exec)
	// NMIEnter and NMIExit are the same for NMIs.
	NMIEnter, NMIExit func(x *Exec)
	// TickIdleEnter and TickIdleExit are tick_nohz_idle_enter() and
	// tick_nohz_idle_exit(), of the idle loop with interrupts on.
	TickIdleEnter, TickIdleExit func(x *Exec)
	// TickIrqEnter is tick_irq_enter(), in an interrupt right on top of an idle
	// task, TickIrqExit tick_irq_exit(), in every outermost one. Both are nil in
	// a kernel without NO_HZ.
	TickIrqEnter, TickIrqExit func(x *Exec)
	// RCUNeedsCPU and WorkNeedsCPU are rcu_needs_cpu() and
	// irq_work_needs_cpu() of x's CPU: it keeps its tick, though idle.
	RCUNeedsCPU, WorkNeedsCPU func(x *Exec) bool
	// RCUDyingIdle is rcu_cpu_notify() with CPU_DYING_IDLE: x's CPU is offline
	// and in its idle loop for the last time.
	RCUDyingIdle func(x *Exec)
	// SoftirqDone is rcu_bh_qs(), after each pass over the softirqs.
	SoftirqDone func(x *Exec)
	// ExitRCU is exit_rcu(), in do_exit with preemption off.
	ExitRCU func(x *Exec)
	// RCUSleepCheck is rcu_sleep_check(), where a task may sleep or switches.
	RCUSleepCheck func(x *Exec)
	// ReadLock and ReadUnlock are RCU's readers inside a wake-up
	// (select_task_rq, ttwu_stat).
	ReadLock, ReadUnlock func(x *Exec)
	// SchedOut is perf_event_task_sched_out(), under rq->lock; SchedIn
	// perf_event_task_sched_in(), likewise, in the next task's context.
	SchedOut func(x, next *Exec)
	SchedIn  func(x, prev *Exec) // see SchedOut
	// TaskTick is perf_event_task_tick(), behind scheduler_tick's unlock.
	TaskTick func(x *Exec)
	// IrqWorkTick runs lazy irq_work from the tick.
	IrqWorkTick func(x *Exec)
	// TaskState is a load of current->state.
	TaskState func(x *Exec) uint32
	// RCUDepth is rcu_preempt_depth(): how deep current is in RCU readers.
	RCUDepth func(x *Exec) int
	// TouchSoftlockup and TouchNMI are touch_softlockup_watchdog() and
	// touch_nmi_watchdog(): x's CPU is busy on purpose.
	TouchSoftlockup, TouchNMI func(x *Exec)
	// WorkerSleeping is wq_worker_sleeping() of x, a worker that has just left
	// its runqueue, under that rq->lock: it returns who is to be woken in its
	// place, nil for nobody. WorkerWakingUp is wq_worker_waking_up() of t, a
	// worker that has just been queued on CPU cpu, under its rq->lock. Only
	// threads of workqueues come here, which fill both.
	WorkerSleeping func(x *Exec) *Exec
	WorkerWakingUp func(x, t *Exec, cpu int) // see WorkerSleeping
}

// fill gives every hook that is nil a body that does nothing, so that no
// caller has to ask.
func (h *Hooks) fill() {
	nop := func(*Exec) {}
	for _, f := range []*func(*Exec){
		&h.PreemptSchedule, &h.Softirq, &h.NoteContextSwitch, &h.IrqEnter, &h.IrqExit,
		&h.IdleEnter, &h.IdleExit, &h.NMIEnter, &h.NMIExit, &h.SoftirqDone, &h.ReadLock, &h.ReadUnlock,
		&h.CPUDisable, &h.SynchronizeHotplug, &h.GetOnlineCPUs, &h.PutOnlineCPUs, &h.RCUDyingIdle, &h.TaskTick, &h.IrqWorkTick, &h.Interrupt, &h.TickIdleEnter, &h.TickIdleExit, &h.TouchSoftlockup, &h.TouchNMI,
		&h.ExitRCU, &h.RCUSleepCheck,
	} {
		if *f == nil {
			*f = nop
		}
	}
	for _, f := range []*func(*Exec) bool{&h.RCUNeedsCPU, &h.WorkNeedsCPU} {
		if *f == nil {
			*f = func(*Exec) bool { return false }
		}
	}
	if h.TryGetOnlineCPUs == nil {
		h.TryGetOnlineCPUs = func(*Exec) bool { return true }
	}
	if h.BHDisable == nil {
		h.BHDisable = func(x *Exec, cnt uint32) { x.cpu.AddCount(cnt) }
	}
	if h.BHEnable == nil {
		h.BHEnable = func(x *Exec, cnt uint32) { x.cpu.SubCount(cnt) }
	}
	if h.SendReschedule == nil {
		h.SendReschedule = func(*Exec, int) {}
	}
	if h.ProgramTimer == nil {
		h.ProgramTimer = func(*Exec, int, int64) {}
	}
	if h.ScheduleTimeout == nil {
		h.ScheduleTimeout = func(*Exec, uint64) uint64 { panic("cpu: a machine without timers has no timeouts") }
	}
	if h.Printk == nil {
		h.Printk = func(*Exec, int, string, int) {}
	}
	if h.PrintkDeferred == nil {
		h.PrintkDeferred = func(*Exec, int, string) {}
	}
	if h.CheckCallbacks == nil {
		h.CheckCallbacks = func(*Exec, bool) {}
	}
	if h.RCUDepth == nil {
		h.RCUDepth = func(*Exec) int { return 0 }
	}
	if h.SchedOut == nil {
		h.SchedOut = func(_, _ *Exec) {}
	}
	if h.SchedIn == nil {
		h.SchedIn = func(_, _ *Exec) {}
	}
}

// Start fills the hooks that nobody took and returns: the machine may run.
func (m *Machine) Start() {
	m.Hooks.fill()
	m.started = true
}
