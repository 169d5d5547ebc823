package panes

import (
	"lockstep/cpu"
	"lockstep/sim"
	"lockstep/ui/history"
	"lockstep/ui/snapshot"
)

// fakeLog is a list of steps made by hand.
type fakeLog struct {
	events  []history.Event
	objects map[sim.ObjID]string
	tasks   map[int]string
	sources map[int]string
}

func (l *fakeLog) Events() uint64                  { return uint64(len(l.events)) }
func (l *fakeLog) Event(step uint64) history.Event { return l.events[step-1] }
func (l *fakeLog) ObjName(id sim.ObjID) string     { return l.objects[id] }
func (l *fakeLog) TaskName(id int) string          { return l.tasks[id] }
func (l *fakeLog) SourceName(id int) string        { return l.sources[id] }

// fakeSources are files made by hand.
type fakeSources map[string][]string

func (s fakeSources) Lines(name string) []string { return s[name] }

// Objects of the fixtures.
const (
	objCtx sim.ObjID = iota + 1
	objRQ1
	objNode
	objWait
	objApic0
	objFlags
	objMutex
)

// readerEvents is an IPI that lands in a reader on CPU 0 while CPU 1, which
// sent it, goes to sleep and runs into the lock that the reader holds.
func readerEvents() *fakeLog {
	l := &fakeLog{
		objects: map[sim.ObjID]string{
			objCtx: "ctx1->lock", objRQ1: "rq1->lock", objNode: "rcu_node_0[0]", objWait: "rcu_preempt.expedited_wq",
			objApic0: "apic0", objFlags: "[red]", objMutex: "[rcu]",
		},
		tasks:   map[int]string{0: "swapper/0/0", 1: "swapper/1/0", 2: "monitor/101", 3: "requester/102", 4: "[rcu]/7", 5: "swapper/2/0"},
		sources: map[int]string{9: "ipi 1->0 CAL", 10: "timer3"},
	}
	at := sim.Time(16000)
	op := func(n int16, task int32, d sim.Time, k sim.Kind, obj sim.ObjID, f history.Flags) {
		at += d
		l.events = append(l.events, history.Event{Time: at, CPU: n, Task: task, Kind: k, Obj: obj, Flags: f})
	}
	op(2, 5, 0, cpu.KindIdle, 0, 0)
	op(0, 2, 17, cpu.KindReader, 0, 0)
	op(1, 3, 40, cpu.KindLock, objNode, 0)
	op(0, 2, 9, cpu.KindLock, objCtx, 0)
	op(1, 3, 70, cpu.KindUnlock, objNode, 0)
	op(1, 3, 6, cpu.KindSend, objApic0, 0)
	op(1, 3, 31, cpu.KindLock, objRQ1, history.Chosen)
	at += 80
	l.events = append(l.events, history.Event{Time: at, CPU: -1, Task: -1, Source: 9})
	op(0, 2, 20, sim.KindDelay, 0, history.Took)
	op(1, 3, 3, cpu.KindLock, objCtx, 0)
	op(0, 2, 8, cpu.KindIrqEntry, 0, 0)
	op(0, 2, 30, cpu.KindUpdate, objFlags, history.Printed)
	op(0, 2, 8, cpu.KindUnlock, objCtx, 0) // from here on it has not happened yet
	op(1, 3, 8, cpu.KindAcquired, objCtx, history.Woken|history.Found)
	return l
}

// someSources are the files that frames of the fixtures stand in.
func someSources() fakeSources {
	return fakeSources{
		"irq/call.go": {
			"package irq", "", "// flush runs the calls that were queued.", "//",
			"//kernel:fn flush_smp_call_function_queue kernel/smp.c",
			"func (q *queue) flush(x *cpu.Exec) {",
			"\tfor c := q.take(x); c != nil; c = c.next { // in the order they came",
			"\t\tc.fn(x) // \"fn\"",
			"\t\tprintk(\"http://[rcu] [red] is no comment\")",
			"\t}", "}",
		},
		"cpu/lock/acquire.go": {
			"package lock", "", "//kernel:fn _raw_spin_lock kernel/locking/spinlock.c", "func (l *Raw) Lock(x *cpu.Exec) {",
			"\tcpu.PreemptDisable(x)", "\tl.acquire(x, 0)", "}",
		},
		"configs/demo.toml": {"title = \"demo\" # a title", "body = \"\"\"", "perf_event_open(\"requester\")", "\"\"\""},
	}
}

// frame is a stack frame of the Go port.
func frame(fn, kernel, source string, line int) snapshot.Frame {
	return snapshot.Frame{Func: fn, Kernel: kernel, Source: source, Line: line, First: line - 2, Last: line + 5}
}

// bodyFrame is where the bodies stand.
func bodyFrame() snapshot.Frame {
	return snapshot.Frame{Func: "body", Source: "configs/demo.toml", Line: 3, First: 1, Last: 4, Body: true}
}

// idleCPU is a processor that waits for an interrupt.
func idleCPU(n, task int, name string) snapshot.CPU {
	return snapshot.CPU{
		ID: n, Task: task, Name: name, IrqsOn: true, Preempt: 1, Time: 16000, Due: sim.Forever, State: snapshot.Halted,
		Contexts: []snapshot.Context{{Kind: "task", Name: name, Func: "default_idle"}},
		Frames:   []snapshot.Frame{frame("default_idle", "arch/x86/kernel/process.c", "cpu/sched/idle.go", 98)},
	}
}

// readerCPUs are four processors: a reader under an interrupt, a spinner, an
// idle one, and one that is to be rescheduled.
func readerCPUs() []snapshot.CPU {
	reader := snapshot.CPU{
		ID: 0, Task: 2, Name: "monitor/101", Preempt: 0x10001, Time: 16322, Due: 16330, State: snapshot.Ready,
		Op: snapshot.Op{Kind: cpu.KindUpdate, Name: "rmw", Obj: objFlags, Object: "[red]"},
		Contexts: []snapshot.Context{
			{Kind: "task", Name: "monitor/101", Func: "perf_lock_task_context"},
			{Kind: "hardirq", Name: "function call", Func: "flush_smp_call_function_queue"},
		},
		Frames: []snapshot.Frame{
			frame("flush_smp_call_function_queue", "kernel/smp.c", "irq/call.go", 8),
			frame("smp_call_function_single_interrupt", "arch/x86/kernel/smp.c", "irq/deliver.go", 61),
			frame("common_interrupt", "arch/x86/entry/entry_64.S", "irq/deliver.go", 23),
			frame("perf_lock_task_context", "kernel/events/core.c", "perf/lock.go", 88),
			frame("sys_perf_event_open", "kernel/events/core.c", "perf/open.go", 22),
			bodyFrame(),
		},
		Isr: []int{0xfb}, Held: []int{0}, Reader: 1, Special: []string{"exp_need_qs"}, Calls: 1,
	}
	spinner := snapshot.CPU{
		ID: 1, Task: 3, Name: "requester/102", Preempt: 2, Time: 16305, Due: sim.Forever, State: snapshot.Spin,
		Op:       snapshot.Op{Kind: cpu.KindAcquired, Name: "acquired", Obj: objCtx, Object: "ctx1->lock"},
		Contexts: []snapshot.Context{{Kind: "task", Name: "requester/102", Func: "_raw_spin_lock"}},
		Frames: []snapshot.Frame{
			frame("_raw_spin_lock", "kernel/locking/spinlock.c", "cpu/lock/acquire.go", 6),
			frame("__schedule", "kernel/sched/core.c", "cpu/sched/schedule.go", 101), bodyFrame(),
		},
		Wait: &snapshot.Wait{Kind: "spinlock", On: "ctx1->lock", Holder: "CPU0 monitor/101", How: "held", CPU: 0, Task: 2},
		Held: []int{1}, Pending: []string{"timer tick"}, Irr: []int{0xef},
	}
	woken := snapshot.CPU{
		ID: 3, Task: 6, Name: "kworker/3:0/33", IrqsOn: true, Preempt: 0x100, NeedResched: true, Time: 16290, Due: 16501,
		State: snapshot.Irq, Op: snapshot.Op{Kind: cpu.KindRead, Name: "read", Object: "jiffies"}, Pending: []string{"reschedule"},
		Contexts: []snapshot.Context{
			{Kind: "task", Name: "kworker/3:0/33", Func: "worker_thread"}, {Kind: "softirq", Name: "RCU", Func: "rcu_process_callbacks"},
		},
		Frames: []snapshot.Frame{
			frame("rcu_process_callbacks", "kernel/rcu/tree.c", "rcu/batch.go", 40), frame("__do_softirq", "kernel/softirq.c", "cpu/softirq/run.go", 30),
			frame("worker_thread", "kernel/workqueue.c", "cpu/workqueue/worker.go", 12),
		},
		Softirqs: []string{"TIMER"}, IrqWork: 2,
	}
	return []snapshot.CPU{reader, spinner, idleCPU(2, 5, "swapper/2/0"), woken}
}

// readerTasks run on them, or sleep.
func readerTasks() []snapshot.Task {
	return []snapshot.Task{
		{ID: 0, Comm: "swapper/0", State: "R", CPU: 0, Idle: true, OnRQ: true},
		{ID: 1, Comm: "swapper/1", State: "R", CPU: 1, Idle: true, OnRQ: true},
		{ID: 2, PID: 101, Comm: "monitor", State: "R", CPU: 0, OnCPU: true, OnRQ: true, VRuntime: 2033000, Switches: 2, Reader: 1, Body: "configs/demo.toml:3"},
		{ID: 3, PID: 102, Comm: "requester", State: "D", CPU: 1, OnCPU: true, VRuntime: 2044000, Switches: 4, Held: []int{3}, Body: "configs/demo.toml:3"},
		{ID: 4, PID: 7, Comm: "[rcu]", State: "S", CPU: 0, Daemon: true, Wait: &snapshot.Wait{Kind: "wait queue", On: "[rcu].gp_wq", CPU: -1, Task: -1}},
		{ID: 5, Comm: "swapper/2", State: "R", CPU: 2, Idle: true, OnRQ: true, OnCPU: true},
		{ID: 6, PID: 33, Comm: "kworker/3:0", State: "R", CPU: 3, OnCPU: true, OnRQ: true, Nice: -5, VRuntime: 1200000, Switches: 11},
		{
			ID: 7, PID: 103, Comm: "writer", State: "D", CPU: 3, VRuntime: 900000, Switches: 1,
			Wait: &snapshot.Wait{Kind: "mutex", On: "exp_funnel_mutex", Holder: "CPU1 requester/102", How: "held", CPU: 1, Task: 3},
		},
		{ID: 8, PID: 104, Comm: "late", State: "R", CPU: 3, OnRQ: true, VRuntime: 1500000, Switches: 3},
		{ID: 9, PID: 105, Comm: "gone", State: "X", CPU: 1, Exited: true, Switches: 9},
	}
}
