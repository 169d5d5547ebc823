package irq

import (
	"errors"
	"fmt"

	"lockstep/cpu"
	"lockstep/sim"
)

// Flags of a call_single_data.
const (
	csdLock uint32 = 1
	csdSync uint32 = 2
)

// csd is call_single_data: one call on another CPU.
type csd struct {
	flags   cpu.Var[uint32]
	fn      func(x *cpu.Exec)
	target  *cpu.CPU
	from    int       // the CPU that called, for views
	waiters *cpu.Wait // a task and a softirq on top of it may wait for one slot
}

// callQueue is a CPU's call_single_queue and its own csds.
type callQueue struct {
	obj   sim.Obj
	queue []*csd
	taken []*csd // what is being served; the two change places
	async csd    // csd_data: the one slot for calls that are not waited for
	// sync are the free ones of the csds that are on callers' stacks in the
	// kernel. A caller that waits cannot leave its CPU, so for each context
	// that may call there is one, made before the machine starts.
	sync []*csd
	deep sim.Obj // the identity of the last of them, and of those below it
}

// maxCallers is how many calls of one CPU can be waited for at once: a task's
// and one of a softirq or hardirq on top of it. Functions and handlers that
// call when they must not nest deeper.
const maxCallers = 2

// ErrOffline is returned for a CPU that is not there or not online.
var ErrOffline = errors.New("no such device or address")

func (ic *Controller) initCalls() {
	ic.calls.Init(ic.m)
	for i := range ic.m.CPUs {
		q := ic.calls.Of(i)
		outer := ic.m.Numbered(i)
		q.obj = ic.m.NewObj("call_single_queue")
		q.async.flags.Init(ic.m, "csd_data", 0)
		ic.m.Leave(outer)
		ic.m.Within("csd", i)
		stack := make([]csd, maxCallers)
		q.sync = make([]*csd, 0, maxCallers)
		for k := range stack {
			d, csds := &stack[k], ic.m.Numbered(k)
			d.flags.Init(ic.m, ".", 0)
			ic.m.Leave(csds)
			q.sync, q.deep = append(q.sync, d), *d.flags.Obj()
		}
		ic.m.Leave(outer)
	}
}

// AwaitedName implements [cpu.Awaited].
func (d *csd) AwaitedName() string { return fmt.Sprintf("the call on CPU%d", d.target.ID) }

// Holder implements [cpu.Awaited]: the target can serve the call as long as
// it has interrupts on.
func (d *csd) Holder(*cpu.Wait) cpu.Holder {
	if !d.target.IrqsDisabled() {
		return cpu.Holder{}
	}
	return cpu.Holder{CPU: d.target, How: "not taken, interrupts off"}
}

// CallFunctionSingle is smp_call_function_single(): run fn on CPU to in
// hardirq context, and with wait spin until it has run. Calls without wait
// share one slot per CPU, so the next one waits until the previous target
// has taken its call off the queue.
//
//kernel:fn smp_call_function_single kernel/smp.c
func (ic *Controller) CallFunctionSingle(x *cpu.Exec, to int, fn func(x *cpu.Exec), wait bool) error {
	cpu.PreemptDisable(x) // get_cpu
	cpu.WarnOnce(x, cpu.IrqsDisabled(x), "kernel/smp.c", "smp_call_function_single() with interrupts off")
	q := ic.calls.This(x)
	d := &q.async
	if wait {
		d = ic.syncCSD(q)
		d.flags.Poke(csdLock | csdSync)
	} else {
		ic.csdLock(x, d)
	}
	err := ic.execSingle(x, to, d, fn)
	if wait {
		if err == nil {
			ic.waitForCall(x, d)
		}
		q.sync = append(q.sync, d)
	}
	cpu.PreemptEnable(x) // put_cpu
	return err
}

// syncCSD returns a csd for a call that is waited for. One deeper in the stack
// than contexts can be has the identity of the deepest that they can: for the
// choice of what is next the two are one object, and the line is its own.
func (ic *Controller) syncCSD(q *callQueue) *csd {
	n := len(q.sync) - 1
	if n < 0 {
		d := &csd{}
		d.flags.InitObj(q.deep, 0)
		return d
	}
	d := q.sync[n]
	q.sync = q.sync[:n]
	return d
}

// csdLock is csd_lock(): wait until the slot is free, then take it.
//
//kernel:fn csd_lock kernel/smp.c
func (ic *Controller) csdLock(x *cpu.Exec, d *csd) {
	ic.csdLockWait(x, d)
	d.flags.WriteOnce(x, csdLock)
}

// csdLockWait is csd_lock_wait(), with interrupts as the caller has them.
//
//kernel:fn csd_lock_wait kernel/smp.c
func (ic *Controller) csdLockWait(x *cpu.Exec, d *csd) {
	for d.flags.ReadOnce(x)&csdLock != 0 {
		w := x.BeginWait(cpu.WaitCSD, d, d.flags.Obj())
		w.Next, d.waiters = d.waiters, w
		x.Spin(w)
		x.EndWait(w)
	}
}

// waitForCall is csd_lock_wait() of the call's own csd: the caller must have
// interrupts on, so that calls on its own CPU are served meanwhile.
func (ic *Controller) waitForCall(x *cpu.Exec, d *csd) {
	if ic.m.Mutated("irq.csd-irqs-off") {
		f := cpu.LocalIrqSave(x)
		defer func() { cpu.LocalIrqRestore(x, f) }()
	}
	ic.csdLockWait(x, d)
}

// csdUnlock is csd_unlock(): a release store.
//
//kernel:fn csd_unlock kernel/smp.c
func (ic *Controller) csdUnlock(x *cpu.Exec, d *csd) {
	d.flags.WriteOnce(x, 0)
	for w := d.waiters; w != nil; w = w.Next {
		w.Done = true
		w.CPU.P.Wake(x.Now() + x.CPU().P.Jitter(ic.m.Costs.LineMiss))
	}
	d.waiters = nil
}

// execSingle is generic_exec_single(). Whether the CPU is online is looked at
// behind the operation on its queue: with preemption off here no CPU can go
// meanwhile, since that takes a stopper on each.
//
//kernel:fn generic_exec_single kernel/smp.c
func (ic *Controller) execSingle(x *cpu.Exec, to int, d *csd, fn func(x *cpu.Exec)) error {
	if to == x.CPU().ID {
		ic.csdUnlock(x, d)
		f := cpu.LocalIrqSave(x)
		fn(x)
		cpu.LocalIrqRestore(x, f)
		return nil
	}
	if to < 0 || to >= len(ic.m.CPUs) {
		ic.csdUnlock(x, d)
		return ErrOffline
	}
	d.fn, d.target, d.from = fn, ic.m.CPUs[to], x.CPU().ID
	q := ic.calls.Of(to)
	x.Op(cpu.KindUpdate, &q.obj, sim.AccessUpdate, ic.m.Costs.RMW)
	if !ic.m.Online.Peek().Has(to) {
		ic.csdUnlock(x, d)
		return ErrOffline
	}
	q.queue = append(q.queue, d)
	if len(q.queue) == 1 {
		ic.Send(x, to, CallFunctionSingle)
	}
	return nil
}

// flushCalls is flush_smp_call_function_queue(): take the whole queue, oldest
// first. A call that is waited for is released behind its function, one that
// is not before it: its slot may be used again while it still runs.
//
//kernel:fn flush_smp_call_function_queue kernel/smp.c
func (ic *Controller) flushCalls(x *cpu.Exec) {
	q := ic.calls.This(x)
	x.Op(cpu.KindUpdate, &q.obj, sim.AccessUpdate, ic.m.Costs.RMW)
	list := q.queue // all of it, here: who comes next finds it empty and sends
	q.queue, q.taken = q.taken[:0], list
	for _, d := range list {
		fn := d.fn
		if d.flags.ReadOnce(x)&csdSync != 0 {
			fn(x)
			ic.csdUnlock(x, d)
		} else {
			ic.csdUnlock(x, d)
			fn(x)
		}
	}
}
