package softirq

import "lockstep/cpu"

// Bits of a tasklet's state.
const (
	taskletSched uint32 = 1 << iota // on some CPU's list
	taskletRun                      // its function runs, or is about to
)

// TaskletWork is struct tasklet_struct: a function that runs in softirq context
// on the CPU that scheduled it, never on two CPUs at once.
type TaskletWork struct {
	q     *Softirq
	name  string
	nr    Nr // TASKLET or HI
	fn    func(x *cpu.Exec)
	state cpu.Var[uint32]
	count cpu.Var[int] // how often it is disabled
	runs  *cpu.CPU     // where RUN was set

	spinners *cpu.Wait // who waits for RUN to be cleared
}

// taskletLists are a CPU's tasklet_vec and tasklet_hi_vec, in the order they
// will run. Only contexts of the CPU touch them, with interrupts off.
type taskletLists struct{ normal, hi []*TaskletWork }

func (l *taskletLists) of(n Nr) *[]*TaskletWork {
	if n == Hi {
		return &l.hi
	}
	return &l.normal
}

// InitTasklet is tasklet_init(); hi makes it one of HI_SOFTIRQ, which is
// scheduled by tasklet_hi_schedule(). The first tasklet of a machine registers
// the softirqs.
//
//kernel:fn tasklet_init kernel/softirq.c
func (q *Softirq) InitTasklet(t *TaskletWork, name string, hi bool, fn func(x *cpu.Exec)) {
	t.q, t.name, t.nr, t.fn = q, name, Tasklet, fn
	if hi {
		t.nr = Hi
	}
	t.state.Init(q.m, name+"->state", 0)
	t.count.Init(q.m, name+"->count", 0)
	if q.tasklets == nil {
		q.tasklets = &cpu.PerCPU[taskletLists]{}
		q.tasklets.Init(q.m)
		q.Register(Tasklet, func(x *cpu.Exec) { q.taskletAction(x, Tasklet) })
		q.Register(Hi, func(x *cpu.Exec) { q.taskletAction(x, Hi) })
	}
}

// Schedule is tasklet_schedule() and tasklet_hi_schedule(): once, however often
// it is called before the function runs. It returns whether it was this call.
//
//kernel:fn tasklet_schedule include/linux/interrupt.h
func (t *TaskletWork) Schedule(x *cpu.Exec) bool {
	if t.set(x, taskletSched) {
		return false
	}
	t.enqueue(x)
	return true
}

// set is test_and_set_bit() on the state.
func (t *TaskletWork) set(x *cpu.Exec, bit uint32) bool {
	return t.state.Update(x, func(s uint32) uint32 { return s | bit })&bit != 0
}

// enqueue is __tasklet_schedule(): to the end of this CPU's list.
//
//kernel:fn __tasklet_schedule kernel/softirq.c
func (t *TaskletWork) enqueue(x *cpu.Exec) {
	f := cpu.LocalIrqSave(x)
	l := t.q.tasklets.This(x).of(t.nr)
	*l = append(*l, t)
	t.q.RaiseIrqoff(x, t.nr)
	cpu.LocalIrqRestore(x, f)
}

// taskletAction is tasklet_action() and tasklet_hi_action(): it takes the whole
// list, so that what is scheduled meanwhile comes in the next pass. One that
// runs on another CPU or is disabled goes back on the list, and the softirq is
// raised again without a wake-up: this pass is not the last.
//
//kernel:fn tasklet_action kernel/softirq.c
func (q *Softirq) taskletAction(x *cpu.Exec, n Nr) {
	cpu.LocalIrqDisable(x)
	l := q.tasklets.This(x).of(n) // bottom halves are off: the CPU stays the same
	list := *l
	*l = nil
	cpu.LocalIrqEnable(x)
	for _, t := range list {
		if t.run(x) {
			continue
		}
		cpu.LocalIrqDisable(x)
		*l = append(*l, t)
		q.RaiseBit(x, n)
		cpu.LocalIrqEnable(x)
	}
}

// run runs the tasklet if no other CPU does and it is not disabled. SCHED is
// cleared before the function, so that it may schedule itself again.
func (t *TaskletWork) run(x *cpu.Exec) bool {
	if t.set(x, taskletRun) { // tasklet_trylock
		return false
	}
	t.runs = x.CPU()
	if t.count.ReadOnce(x) != 0 {
		t.unlock(x)
		return false
	}
	if t.state.Update(x, func(s uint32) uint32 { return s &^ taskletSched })&taskletSched == 0 {
		cpu.Bug(x, "kernel/softirq.c", "tasklet "+t.name+" ran without having been scheduled")
	}
	t.fn(x)
	t.unlock(x)
	return true
}

// unlock is tasklet_unlock().
//
//kernel:fn tasklet_unlock include/linux/interrupt.h
func (t *TaskletWork) unlock(x *cpu.Exec) {
	t.state.Update(x, func(s uint32) uint32 { return s &^ taskletRun })
	t.runs = nil
	for w := t.spinners; w != nil; w = w.Next {
		w.Done = true
		w.CPU.P.Wake(x.Now() + x.CPU().P.Jitter(t.q.m.Costs.LineMiss))
	}
	t.spinners = nil
}
