package irq

import (
	"fmt"

	"lockstep/cpu"
	"lockstep/sim"
)

// callRows is cfd_data: for each CPU a csd for every other, so that a call of
// many can be under way from each CPU at once. There are as many as the
// square of the CPUs, so each is made when it is first used.
type callRows struct {
	rows [][]*csd // by source, which alone makes its row's
	objs cpu.ObjRange
}

// InitCallMany makes the machine one in which CallFunctionMany may be used. It
// comes before the machine runs.
func (ic *Controller) InitCallMany() {
	n := len(ic.m.CPUs)
	ic.many = &callRows{rows: make([][]*csd, n), objs: ic.m.ReserveObjs(n*n, func(i int) string {
		return fmt.Sprintf("cfd%d.%d", i/n, i%n)
	})}
}

// of returns the csd for calls from one CPU to another.
func (r *callRows) of(from, to int) *csd {
	if r.rows[from] == nil {
		r.rows[from] = make([]*csd, len(r.rows))
	}
	d := r.rows[from][to]
	if d == nil {
		d = new(csd)
		d.flags.InitObj(r.objs.Obj(from*len(r.rows)+to), 0)
		r.rows[from][to] = d
	}
	return d
}

// CallFunctionMany is smp_call_function_many(): run fn on every CPU of the
// mask that is online but this one, and with wait spin until all have.
// Preemption is off, so none of them goes offline meanwhile. A
// single CPU is called as by CallFunctionSingle. Each csd is put on its
// target's queue whether or not somebody else's is on it, and all targets get
// the vector, so one whose queue has been served already finds it empty.
//
//kernel:fn smp_call_function_many kernel/smp.c
func (ic *Controller) CallFunctionMany(x *cpu.Exec, mask []bool, fn func(x *cpu.Exec), wait bool) {
	if ic.many == nil {
		panic("irq: CallFunctionMany without InitCallMany")
	}
	cpu.WarnOnce(x, cpu.IrqsDisabled(x), "kernel/smp.c", "smp_call_function_many() with interrupts off")
	this, online := x.CPU().ID, ic.m.Online.Read(x)
	targets, last := make([]bool, len(ic.m.CPUs)), -1
	n := 0
	for c := range targets {
		if c < len(mask) && mask[c] && c != this && online.Has(c) {
			targets[c], last = true, c
			n++
		}
	}
	switch n {
	case 0:
		return
	case 1:
		_ = ic.CallFunctionSingle(x, last, fn, wait) // who is offline has nothing to run it for
		return
	}
	for c, in := range targets {
		if in {
			ic.queueCall(x, c, ic.many.of(this, c), fn, wait)
		}
	}
	ic.sendCalls(x, targets, n)
	if wait {
		for c, in := range targets {
			if in {
				ic.csdLockWait(x, ic.many.of(this, c))
			}
		}
	}
}

// queueCall is one turn of the loop of smp_call_function_many().
func (ic *Controller) queueCall(x *cpu.Exec, c int, d *csd, fn func(x *cpu.Exec), wait bool) {
	ic.csdLock(x, d)
	if wait {
		d.flags.Poke(csdLock | csdSync)
	}
	d.fn, d.target, d.from = fn, ic.m.CPUs[c], x.CPU().ID
	q := ic.calls.Of(c)
	x.Op(cpu.KindUpdate, &q.obj, sim.AccessUpdate, ic.m.Costs.RMW)
	q.queue = append(q.queue, d)
}

// sendCalls is native_send_call_func_ipi(): one write if everybody else is
// meant, otherwise one for each cluster of the mask.
//
//kernel:fn native_send_call_func_ipi arch/x86/kernel/smp.c
func (ic *Controller) sendCalls(x *cpu.Exec, targets []bool, n int) {
	if n == len(ic.m.CPUs)-1 {
		ic.WriteICR(x, ToAllButSelf, CallFunction)
		return
	}
	ic.SendMask(x, targets, CallFunction)
}

// CallFunction is smp_call_function(): CallFunctionMany of all CPUs, with
// preemption off by itself.
//
//kernel:fn smp_call_function kernel/smp.c
func (ic *Controller) CallFunction(x *cpu.Exec, fn func(x *cpu.Exec), wait bool) {
	cpu.PreemptDisable(x)
	ic.CallFunctionMany(x, ic.all(), fn, wait)
	cpu.PreemptEnable(x)
}

// OnEachCPU is on_each_cpu(): the others first, then this one with interrupts
// off.
//
//kernel:fn on_each_cpu kernel/smp.c
func (ic *Controller) OnEachCPU(x *cpu.Exec, fn func(x *cpu.Exec), wait bool) {
	cpu.PreemptDisable(x)
	ic.CallFunction(x, fn, wait)
	f := cpu.LocalIrqSave(x)
	fn(x)
	cpu.LocalIrqRestore(x, f)
	cpu.PreemptEnable(x)
}

// all is a mask of every CPU; which of them are online is seen later.
func (ic *Controller) all() []bool {
	mask := make([]bool, len(ic.m.CPUs))
	for i := range mask {
		mask[i] = true
	}
	return mask
}

// Call is a call_single_data of the caller's own, for calls that nobody waits
// for and that may be made with interrupts off. Its owner sees to it that it is
// not used again before it has been taken off the queue.
type Call struct{ csd }

// InitCall makes a call.
func (ic *Controller) InitCall(c *Call, name string) { c.flags.Init(ic.m, name, 0) }

// CallFunctionSingleAsync is smp_call_function_single_async(): run fn on CPU
// to. If the call is still queued from the last time the kernel warns, and
// waits.
//
//kernel:fn smp_call_function_single_async kernel/smp.c
func (ic *Controller) CallFunctionSingleAsync(x *cpu.Exec, to int, c *Call, fn func(x *cpu.Exec)) error {
	cpu.PreemptDisable(x)
	if cpu.WarnOnce(x, c.flags.ReadOnce(x)&csdLock != 0, "kernel/smp.c", "a call_single_data is used while it is queued") {
		ic.csdLockWait(x, &c.csd)
	}
	c.flags.WriteOnce(x, csdLock)
	err := ic.execSingle(x, to, &c.csd, fn)
	cpu.PreemptEnable(x)
	return err
}
