package panes

import (
	"fmt"

	"lockstep/rcu"
	"lockstep/sim"
	"lockstep/ui/snapshot"
)

// free is a lock nobody has.
func free(name, class string) snapshot.Lock {
	return snapshot.Lock{Name: name, Class: class, Usage: "{......}", Kind: "raw_spinlock", OwnerCPU: -1, OwnerTask: -1}
}

func readerLocks() []snapshot.Lock {
	ctx := snapshot.Lock{
		Name: "ctx1->lock", Class: "&ctx->lock", Usage: "{-.-...}", Kind: "raw_spinlock", Obj: objCtx, OwnerCPU: 0, OwnerTask: 2,
		Owner: "CPU0 monitor/101", Waiters: []string{"CPU1 requester/102"}, WaitTime: 38, Contended: 3, ContendedTime: 12345, Changed: true,
	}
	rq := snapshot.Lock{
		Name: "rq1->lock", Class: "&rq->lock", Usage: "{-.-.-.}", Kind: "raw_spinlock", Obj: objRQ1, OwnerCPU: 1, OwnerTask: 3,
		Owner: "CPU1 requester/102",
	}
	sem := snapshot.Lock{
		Name: "exp_funnel_mutex", Class: "&rdp->exp_funnel_mutex", Usage: "{+.+.+.}", Kind: "mutex", Obj: objMutex, OwnerCPU: 1, OwnerTask: 3,
		Owner: "CPU1 requester/102", Waiters: []string{"task writer/103", "task late/104"}, Contended: 2, ContendedTime: 4500000,
	}
	read := free("tasklist_lock", "tasklist_lock")
	read.Kind, read.Read, read.Owner, read.OwnerCPU = "rwlock", 1, "CPU3 kworker/3:0/33", 3
	changed := free("[red]", "")
	changed.Usage, changed.Changed = "", true
	reserved := free("rcu_node_0[0]", "rcu_node_0")
	reserved.Reserved, reserved.Owner, reserved.OwnerCPU, reserved.Obj = true, "CPU3 kworker/3:0/33", 3, objNode
	bad := free("A", "A")
	return []snapshot.Lock{ctx, rq, free("rq0->lock", "&rq->lock"), sem, read, changed, reserved, bad}
}

// gpNow is the grace period of the fixtures: numbers begin at -300.
const gpNow = ^uint64(298)

func readerRCU() []snapshot.RCU {
	cpus := []snapshot.RCUCPU{
		{GPNum: gpNow, QSPending: true, Ticks: 12, Limit: 10},
		{
			GPNum: gpNow, QSPending: true, Passed: true, Callbacks: 5, Lazy: 1, Limit: 10,
			Segments: [4]int{1, 2, 0, 1}, WaitFor: [4]uint64{1: gpNow}, // one of a batch is being invoked
		},
		{GPNum: gpNow, Passed: true, Limit: 10},
		{GPNum: gpNow - 1, Limit: 10},
	}
	sched := make([]snapshot.RCUCPU, 4)
	sched[1] = snapshot.RCUCPU{ExpPending: true}
	return []snapshot.RCU{
		{Name: "rcu_bh", GPNum: gpNow - 1, Completed: gpNow - 1, State: "waits for a request", Kthread: -1, Nodes: []snapshot.RCUNode{{Hi: 3, Parent: -1, GPTasks: -1, ExpTasks: -1}}},
		{
			Name: "rcu_preempt", GPNum: gpNow, Completed: gpNow - 1, State: "waits for quiescent states", Flags: 2, ExpSeq: 13, CPUs: cpus,
			Kthread: 4, Start: 1000, Activity: 1009, Forced: 4, Deadline: 6250, Barrier: 3, Missing: 2,
			Nodes: []snapshot.RCUNode{
				{Level: 0, Lo: 0, Hi: 3, Parent: -1, QSMask: 1, ExpMask: 3, QSMaskInit: 3, GPTasks: -1, ExpTasks: -1, Lock: "rcu_node_0[0]"},
				{Level: 1, Lo: 0, Hi: 1, Parent: 0, QSMask: 1, ExpMask: 3, QSMaskInit: 3, InitNext: 3, NeedGP: [2]int{1, 0}, Blocked: []int{104, 101}, GPTasks: 1, ExpTasks: 0, BoostTasks: 1, Boost: "R", Boosted: 2, Balk: "too early"},
				{Level: 1, Lo: 2, Hi: 3, Parent: 0, QSMask: 0, ExpMask: 2, QSMaskInit: 3, InitNext: 1, GPTasks: -1, ExpTasks: -1},
			},
		},
		{
			Name: "rcu_sched", GPNum: 7, Completed: 7, State: "waits for a request", ExpSeq: 4, Kthread: -1, CPUs: sched,
			Nodes: []snapshot.RCUNode{{Hi: 3, Parent: -1, GPTasks: -1, ExpTasks: -1}},
		},
	}
}

// readerWatch: a task, a task that an NMI hit in an interrupt, an idle CPU, and
// one that was interrupted when idle.
func readerWatch() []rcu.WatchView {
	return []rcu.WatchView{
		{Count: 17, Process: true}, {Count: 9, Process: true, Interrupts: 1, NMI: 1}, {Count: 22}, {Count: 5, Interrupts: 1},
	}
}

// readerGraph has the cycle that the founding bug's validator reports.
func readerGraph() *snapshot.Graph {
	return &snapshot.Graph{
		On: true,
		Classes: []snapshot.Class{
			{Name: "&ctx->lock", Usage: "{-.-...}"}, {Name: "&rq->lock", Usage: "{-.-.-.}"}, {Name: "rcu_node_0", Usage: "{..-...}"},
			{Name: "&p->pi_lock", Usage: "{......}"}, {Name: "[red]"},
		},
		Edges: []snapshot.Edge{
			{From: 1, To: 0, Site: "__perf_event_task_sched_out+0x12", Cycle: true}, {From: 0, To: 2, Site: "rcu_read_unlock_special+0x88", Cycle: true},
			{From: 2, To: 3, Cycle: true}, {From: 3, To: 1, Site: "try_to_wake_up+0x40", Cycle: true}, {From: 4, To: 0, Site: "perf_event_open+0x1"}, {From: 0, To: 4},
		},
	}
}

// reader is a machine in the middle of the founding bug: an IPI has landed in
// a reader that holds a lock, for which another CPU spins.
func reader() *Context {
	s := &snapshot.Snapshot{
		Step: 12, Ops: 11, Time: 16322, NextCPU: 0, NextDevice: -1,
		CPUs: readerCPUs(), Tasks: readerTasks(), Locks: readerLocks(), RCU: readerRCU(), Watch: readerWatch(), Jiffies: 1012, Graph: readerGraph(),
		Queues: []snapshot.RunQueue{
			{CPU: 0, Curr: 2, NrRunning: 1, MinVRuntime: 2000000, Switches: 2}, {CPU: 1, Curr: 3, MinVRuntime: 2000000, Switches: 4, WakeList: []int{7, 4}},
			{CPU: 2, Curr: 5}, {CPU: 3, Curr: 6, NrRunning: 2, MinVRuntime: 1100000, Queued: []int{8}, Switches: 15},
		},
		Timers: []snapshot.Timer{{CPU: 1, Expires: 4294937323, Name: "process_timeout requester/102"}},
		Devices: []snapshot.Device{
			{Source: 10, Name: "timer3", Due: 16290, CPU: 3, What: "timer tick"}, {Source: 11, Name: "ttyS0", Due: 3216322, CPU: -1, What: "transmitter empty"},
		},
		Perf: []snapshot.PerfContext{
			{Name: "ctx1", Task: "requester/102", CPU: 1, RefCount: 3, Generation: 14, Events: []string{"event1 active CPU1", "event2 inactive"}},
			{Name: "ctx2", Task: "writer/103", CPU: -1, RefCount: 1, Parent: "ctx1"}, {Name: "ctx3", CPU: -1, Freed: true},
		},
		Vars: []snapshot.Var{{Name: "x", Value: "1", Changed: true}, {Name: "ready_[red]", Value: "false"}},
		Console: []snapshot.Record{
			{Level: 6, Time: 1234567, Text: "[rcu] hello", Printed: true}, {Level: 3, Time: 2 * sim.Second, Text: "[red] INFO: rcu_preempt detected stalls", Printed: true},
			{Level: 4, Time: 2*sim.Second + 6000, Text: "not yet on the wire"},
		},
	}
	before := *s
	before.Vars = []snapshot.Var{{Name: "x", Value: "0"}, {Name: "ready_[red]", Value: "false"}}
	return &Context{
		Now: s, Before: &before, W: 78, Log: readerEvents(), Source: someSources(),
		Stops: map[string]bool{"irq/call.go:9": true}, Marks: map[uint64]string{8: "the IPI [rcu]"},
	}
}

// deadlock is two processors that wait for each other, and a third behind
// them.
func deadlock() *Context {
	c := reader()
	s := c.Now
	s.Tasks[2].OnCPU = true
	s.CPUs[0].State, s.CPUs[0].Contexts, s.CPUs[0].Isr = snapshot.Spin, s.CPUs[0].Contexts[:1], nil
	s.CPUs[0].Wait = &snapshot.Wait{Kind: "on_cpu", On: "requester->on_cpu", Holder: "CPU1 requester/102", How: "to be cleared at the end of the switch", CPU: 1, Task: 3}
	s.CPUs[3].State, s.CPUs[3].IrqsOn = snapshot.Spin, false
	s.CPUs[3].Wait = &snapshot.Wait{Kind: "spinlock", On: "rq1->lock", Holder: "CPU1 requester/102", How: "held", CPU: 1, Task: 3}
	s.NextCPU, s.End = -1, "deadlock"
	s.Findings = []snapshot.Finding{
		{Kind: "deadlock", Title: "deadlock", CPU: 1, Text: "  CPU1 requester/102 waits for spinlock ctx1->lock, held by CPU0 monitor/101\n" +
			"  CPU0 monitor/101 waits for on_cpu requester->on_cpu, to be cleared by CPU1 requester/102\n"},
		{Kind: "warn", Title: "WARNING: [rcu] at kernel/rcu/tree.c:12", CPU: -1},
	}
	s.Graph.On = false
	return c
}

// body is a task's body on its way between two calls of the kernel.
func body() *Context {
	c := reader()
	p := &c.Now.CPUs[0]
	p.Contexts, p.Isr, p.Held, p.Reader, p.Special, p.Calls = p.Contexts[:1], nil, nil, 0, nil, 0
	p.Preempt, p.IrqsOn = 0, true
	p.Op = snapshot.Op{Name: "delay"}
	p.Frames = []snapshot.Frame{frame(entry, "arch/x86/entry/entry_64.S", "configs/task.go", 37), bodyFrame()}
	return c
}

// many is a machine of 64 processors and n locks.
func many(n int) *Context {
	c := reader()
	s := c.Now
	for i := len(s.CPUs); i < 64; i++ {
		s.CPUs = append(s.CPUs, idleCPU(i, -1, fmt.Sprintf("swapper/%d/0", i)))
	}
	for i := len(s.Locks); i < n; i++ {
		l := free(fmt.Sprintf("timer_base%d->lock", i), "&base->lock")
		if i%50 == 0 {
			l.OwnerCPU, l.Owner = i%64, fmt.Sprintf("CPU%d swapper/%d/0", i%64, i%64)
			l.Waiters = []string{"CPU7 a/7", "CPU8 b/8", "CPU9 c/9"}
		}
		s.Locks = append(s.Locks, l)
	}
	r := &s.RCU[1]
	r.Nodes = []snapshot.RCUNode{{Hi: 63, Parent: -1, QSMask: 0x6, QSMaskInit: 0xf, GPTasks: -1, ExpTasks: -1}}
	for k := range 4 {
		r.Nodes = append(r.Nodes, snapshot.RCUNode{
			Level: 1, Lo: 16 * k, Hi: 16*k + 15, QSMask: uint64(k%3) * 0x4007, QSMaskInit: 0xffff, InitNext: 0xffff, GPTasks: -1, ExpTasks: -1,
		})
	}
	for i := 4; i < 64; i++ {
		r.CPUs = append(r.CPUs, snapshot.RCUCPU{GPNum: gpNow, Passed: true})
		s.Watch = append(s.Watch, rcu.WatchView{Count: 2})
	}
	s.CPUs[50].Offline, s.CPUs[51].Offline = true, true
	c.CPU = 40
	return c
}

// huge is a machine of 4096 processors on a tree of 261 nodes, in which three
// processors keep a grace period from ending, for so long that it has been
// reported.
func huge() *Context {
	c := many(20)
	s := c.Now
	r := &s.RCU[1]
	node := func(level, lo, width, parent int, mask uint64) {
		n := snapshot.RCUNode{Level: level, Lo: lo, Hi: lo + width - 1, Parent: parent, QSMask: mask, GPTasks: -1, ExpTasks: -1}
		n.QSMaskInit = ^uint64(0) >> (64 - []int{4, 64, 16}[level])
		n.InitNext = n.QSMaskInit // means something in leaves only
		r.Nodes = append(r.Nodes, n)
	}
	r.Nodes = nil
	node(0, 0, 4096, -1, 0x2)
	for k := range 4 {
		node(1, 1024*k, 1024, 0, []uint64{0, 1<<9 | 1<<63, 0, 0}[k])
	}
	for k := range 256 {
		node(2, 16*k, 16, 1+k/64, map[int]uint64{64 + 9: 0x6, 127: 0x8000}[k])
	}
	for i := len(s.CPUs); i < 4096; i++ {
		s.CPUs = append(s.CPUs, idleCPU(i, -1, fmt.Sprintf("swapper/%d/0", i)))
		s.Watch = append(s.Watch, rcu.WatchView{Count: 2})
		r.CPUs = append(r.CPUs, snapshot.RCUCPU{GPNum: gpNow, Passed: true})
	}
	for _, i := range []int{1169, 1170, 2047} {
		s.Watch[i].Count, s.Watch[i].Process = 3, true
		r.CPUs[i] = snapshot.RCUCPU{GPNum: gpNow, QSPending: true, Ticks: 6251}
	}
	s.Jiffies, r.Deadline, r.Reported, r.Activity = 7251, 25003, true, 7250
	return c
}

// offloaded is reader with callbacks that are threads' business: of CPU 1, whose
// leader CPU 0 sleeps although it posted, of CPU 3, some of whose callbacks are
// being invoked, and of CPU 2, its leader, which has none.
func offloaded() *Context {
	c := reader()
	cpus := c.Now.RCU[1].CPUs
	cpus[0] = snapshot.RCUCPU{GPNum: gpNow, Passed: true, Offloaded: true, Asleep: true}
	cpus[1] = snapshot.RCUCPU{GPNum: gpNow, Passed: true, Offloaded: true, Callbacks: 3, Posted: 3, Lazy: 1}
	cpus[2].Offloaded, cpus[2].Leader = true, 2
	cpus[3] = snapshot.RCUCPU{GPNum: gpNow, Passed: true, Offloaded: true, Leader: 2, Callbacks: 15, Posted: 1, Waiting: 2, Ready: 4}
	sched := c.Now.RCU[2].CPUs
	for i := range sched {
		sched[i].Offloaded, sched[i].Asleep, sched[i].Leader = true, true, i&^1
	}
	return c
}

// boosted is reader with a thread that lends a blocked reader its priority.
func boosted() *Context {
	c := reader()
	c.Now.Tasks[2].Donors = []int{len(c.Now.Tasks)}
	c.Now.Tasks = append(c.Now.Tasks, snapshot.Task{ID: len(c.Now.Tasks), PID: 20, Comm: "rcub/1", State: "D", Daemon: true})
	return c
}
