package panes

import (
	"lockstep/cpu/stop"
	"lockstep/cpu/workqueue"
	"lockstep/sim"
	"lockstep/ui/snapshot"
)

// devices is the reader's machine with everything on it: lines, timers of both
// kinds, workqueues and stoppers.
func devices() *Context {
	c := reader()
	s := c.Now
	s.Tasks = append(s.Tasks,
		snapshot.Task{ID: 10, PID: 1000, Comm: "kworker/0:0", State: "D", CPU: 0, Daemon: true},
		snapshot.Task{ID: 11, PID: 10, Comm: "migration/0", State: "R", CPU: 0, OnCPU: true, OnRQ: true, Daemon: true},
		snapshot.Task{ID: 12, PID: 1001, Comm: "kworker/0:1", State: "S", CPU: 0, Daemon: true})
	s.Jiffies, s.HighRes = 4294937300, true
	s.Timers, s.HRTimers, s.Bases = deviceTimers()
	s.CPUs[1].Irr, s.CPUs[1].Pending = []int{0xef, 0x41}, []string{"timer tick", "irq 4 ttyS0"}
	s.Lines, s.APICs = deviceLines(), deviceAPICs()
	s.Work, s.Stop = deviceWork(), deviceStop()
	s.Watchdog = []snapshot.Watch{{Touched: 0, Interrupts: 3}, {Touched: 1, Interrupts: 5, Saved: 5, Soft: true, Hard: true}}
	for i := range s.Tasks {
		s.Tasks[i].Prio, s.Tasks[i].NormalPrio, s.Tasks[i].Policy = 120, 120, "SCHED_NORMAL"
	}
	irq, boosted := &s.Tasks[7], &s.Tasks[10]
	irq.Policy, irq.RTPrio, irq.Prio, irq.NormalPrio = "SCHED_FIFO", 50, 49, 49
	boosted.Prio, boosted.Nice, boosted.Donors = 49, 5, []int{7}
	s.Tasks[11].Policy, boosted.VRuntime = stopPolicy, 2500000
	s.Queues[0] = snapshot.RunQueue{CPU: 0, Curr: 11, NrRunning: 3, MinVRuntime: 2000000, RT: []int{7}, Queued: []int{10}, Throttled: true, RTTime: 950000000}
	s.Locks[3].Kind, s.Locks[3].OwnerTask, s.Locks[3].Owner, s.Locks[3].OwnerCPU, s.Locks[3].WaiterIDs = "rt_mutex", 10, "kworker/0:0/1000", -1, []int{7, 8}
	return c
}

func deviceTimers() ([]snapshot.Timer, []snapshot.HRTimer, []snapshot.TimerBase) {
	timers := []snapshot.Timer{
		{CPU: 0, Expires: 4294937299, Level: 0, Name: "[red]"},
		{CPU: 1, Expires: 4294937323, Level: 1, Name: "process_timeout requester/102"},
		{CPU: 1, Expires: 4294938300, Level: 2, Name: "idle_worker_timeout", Deferrable: true},
	}
	hr := []snapshot.HRTimer{
		{CPU: 0, Clock: "mono", Soft: 1000000, Hard: 1000000, Due: 1000000, Tick: true, Name: "tick_sched_timer"},
		{CPU: 2, Clock: "mono", Soft: 440 * sim.Second, Hard: 440 * sim.Second, Due: 440 * sim.Second, Tick: true, Name: "tick_sched_timer"},
		{CPU: 0, Clock: "real", Soft: 1200 * sim.Second, Hard: 1200*sim.Second + 50000, Due: 66322, Name: "hrtimer_wakeup writer/103"},
	}
	bases := []snapshot.TimerBase{
		{CPU: 0, Jiffies: 4294937298, Pending: 1, Running: "delayed_work_timer_fn", DoTimer: true, Next: 66322, Events: 16, Retries: 2},
		{CPU: 1, Jiffies: 4294937301, Pending: 2, Deferrable: 1, Next: 1000000, HRRunning: "watchdog_timer_fn", Hang: true},
		{CPU: 2, Next: sim.Forever, TickStopped: true}, {CPU: 3, Next: 500000},
	}
	return timers, hr, bases
}

func deviceLines() []snapshot.Line {
	return []snapshot.Line{
		{
			IRQ: 4, Name: "ttyS0", Chip: "IO-APIC", Flow: "edge", CPU: 1, Vector: 0x41, MoveTo: 3, Actions: []string{"serial"}, Handled: 12,
			Pin: &snapshot.Pin{InFlight: true, Vector: 0x41, Dest: []int{1}, Lost: 1},
		},
		{
			IRQ: 9, Name: "[acpi]", Chip: "IO-APIC", Flow: "fasteoi", CPU: 0, Vector: 0x51, MoveTo: -1, Handled: 1, InProgress: true, Masked: true,
			Pending: true, Replay: true, Disabled: true, Depth: 1, Threads: 1, Oneshot: true,
			Actions: []string{"acpi with irq/9-acpi/33, woken", "other"}, Pin: &snapshot.Pin{Level: true, Masked: true, Asserted: true, RemoteIRR: true},
		},
		{IRQ: 24, Name: "eth0", Chip: "PCI-MSI", Flow: "edge", CPU: 3, Vector: 0x61, MoveTo: -1, Depth: 1, Disabled: true, Masked: true},
	}
}

func deviceAPICs() []snapshot.APIC {
	return []snapshot.APIC{
		{TMR: []int{0x51}, PPR: 0xf0, Timer: snapshot.LocalTimer{Mode: "TSC-deadline", Due: 66322, Armed: true}, Calls: []string{"rcu_exp_handler from CPU1, which waits"}},
		{NMI: true, NMIBlocked: true, TPR: 0x20, PPR: 0x20, Spurious: true, Timer: snapshot.LocalTimer{Mode: "periodic", Due: 1000000, Period: 4000000, Masked: true}},
		{Timer: snapshot.LocalTimer{Mode: "one-shot"}},
		{Tasklets: []string{"slow hi", "[red] disabled"}, Works: []string{"wake_up_klogd", "perf_pending lazy"}, Timer: snapshot.LocalTimer{Mode: "one-shot", Armed: true}},
	}
}

func deviceWork() *workqueue.View {
	return &workqueue.View{
		Pools: []workqueue.PoolView{
			{ID: 0, CPU: 0, Running: 1, Worklist: []string{"vmstat_update", "[red]"}, Idle: []int{1001}, Manager: 1000, Workers: []workqueue.WorkerView{
				{PID: 1000, Comm: "kworker/0:0", Work: "slow", Queue: "one", Scheduled: []string{"barrier"}, Done: 7, Flags: "CPU_INTENSIVE"},
				{PID: 1001, Comm: "kworker/0:1", Flags: "IDLE PREP", Done: 1},
			}},
			{ID: 1, CPU: 0, Nice: -20}, {ID: 2, CPU: 1, Idle: []int{1002}, Workers: []workqueue.WorkerView{{PID: 1002, Comm: "kworker/1:0", Flags: "IDLE"}}},
			{ID: 3, CPU: -1, Worklist: []string{"u"}},
		},
		Queues: []workqueue.QueueView{
			{Name: "events", MaxActive: 256},
			{
				Name: "one", Words: "UNBOUND DRAINING", MaxActive: 1, WorkColor: 4, FlushColor: 3, First: "writer", Queue: []string{"late", "[rcu]"}, Overflow: []string{"last"},
				PWQs: []workqueue.PWQView{{Pool: 0, Active: 1, Delayed: []string{"next"}, InFlight: [15]int{3: 2}, FlushColor: 3}},
			},
		},
	}
}

func deviceStop() *stop.View {
	return &stop.View{
		Stoppers: []stop.StopperView{{Thread: 10, Enabled: true, Running: "requester", Queued: []string{"writer"}}, {Thread: 12, Enabled: true}, {Thread: 17}},
		Meetings: []stop.MeetingView{{Caller: 102, State: stop.DisableIRQ, Left: 1, CPUs: []int{0, 1}, Missing: []int{1}}},
	}
}
