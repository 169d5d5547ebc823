package sched

import (
	"lockstep/cpu"
	"lockstep/sim"
)

// rtOverload is what the root domain knows of real-time tasks: which CPUs have
// too many (rto_mask, rto_count) and what each CPU runs (cpupri). It is read
// and written without any lock, by atomic operations
// (docs/kernel/sched-irq-printk.md §1.15).
type rtOverload struct {
	m     *cpu.Machine
	mask  []bool
	count int
	obj   sim.Obj // rto_count and rto_mask

	pri    []int           // cpu_to_pri, of each CPU; changes under its rq->lock
	vec    [vectors]priVec // who runs what
	priObj sim.Obj         // all of the vectors
}

// priVec is cpupri_vec: the CPUs that run one priority. The count is changed
// apart from the mask.
type priVec struct {
	count int
	mask  []bool // nil before there was one
}

// Vectors of cpupri: 0 for CPUs without any task, which v4.4 never uses, 1 for
// those without a real-time task, and one for each priority, the lowest first.
const (
	vecNone   = -1 // CPUPRI_INVALID: of a CPU that is offline, in no vector
	vecNormal = 1
	vectors   = 102
)

// vectorOf is convert_prio().
//
//kernel:fn convert_prio kernel/sched/cpupri.c
func vectorOf(prio int) int {
	if prio >= maxRTPrio {
		return vecNormal
	}
	return maxRTPrio - prio + 1
}

func (o *rtOverload) init(m *cpu.Machine) {
	n := len(m.CPUs)
	o.m, o.obj, o.priObj = m, m.NewObj("rto"), m.NewObj("cpupri")
	o.mask, o.pri = make([]bool, n), make([]int, n)
	for i := range o.pri {
		o.pri[i] = vecNormal
	}
	o.vec[vecNormal] = priVec{n, make([]bool, n)}
	for i := range n {
		o.vec[vecNormal].mask[i] = true
	}
}

// set is rt_set_overload() and rt_clear_overload(): the mask first, so that
// who sees the count sees the CPU; the other way round to take it out.
//
//kernel:fn rt_set_overload kernel/sched/rt.c
func (o *rtOverload) set(x *cpu.Exec, c int, over bool) {
	x.Op(cpu.KindUpdate, &o.obj, sim.AccessUpdate, o.m.Costs.RMW)
	if over {
		o.mask[c] = true
	} else {
		o.count--
	}
	x.Op(cpu.KindUpdate, &o.obj, sim.AccessUpdate, o.m.Costs.RMW)
	if over {
		o.count++
	} else {
		o.mask[c] = false
	}
}

// any is rt_overloaded().
//
//kernel:fn rt_overloaded kernel/sched/rt.c
func (o *rtOverload) any(x *cpu.Exec) bool {
	x.Op(cpu.KindRead, &o.obj, sim.AccessRead, o.m.Costs.Load)
	return o.count > 0
}

// after is cpumask_next() of rto_mask: the first overloaded CPU behind c, or
// one more than there are.
func (o *rtOverload) after(x *cpu.Exec, c int) int {
	x.Op(cpu.KindRead, &o.obj, sim.AccessRead, o.m.Costs.Load)
	for c++; c < len(o.mask) && !o.mask[c]; c++ {
	}
	return c
}

// update is an atomic operation on a vector's mask or count.
func (o *rtOverload) update(x *cpu.Exec, k sim.Kind) {
	if k == cpu.KindRead {
		x.Op(k, &o.priObj, sim.AccessRead, o.m.Costs.Load)
	} else {
		x.Op(k, &o.priObj, sim.AccessUpdate, o.m.Costs.RMW)
	}
}

// cpupriSet is cpupri_set(): the CPU comes to its new vector before it leaves
// the old one, so that a search from below does not miss it; and the count of
// a vector says that somebody is there only while the mask does.
//
//kernel:fn cpupri_set kernel/sched/cpupri.c
func (o *rtOverload) cpupriSet(x *cpu.Exec, c, prio int) {
	if o.online(c) {
		o.move(x, c, vectorOf(prio))
	}
}

// online is rq->online, under the rq->lock that the CPU's place is changed
// under.
func (o *rtOverload) online(c int) bool { return o.pri[c] != vecNone }

// move takes a CPU from its vector to another, vecNone for none.
func (o *rtOverload) move(x *cpu.Exec, c, v int) {
	from := o.pri[c]
	if v == from {
		return
	}
	if v != vecNone {
		to := &o.vec[v]
		o.update(x, cpu.KindUpdate)
		if to.mask == nil {
			to.mask = make([]bool, len(o.pri))
		}
		to.mask[c] = true
		o.update(x, cpu.KindUpdate)
		to.count++
	}
	if from != vecNone {
		old := &o.vec[from]
		o.update(x, cpu.KindUpdate)
		old.count--
		o.update(x, cpu.KindUpdate)
		old.mask[c] = false
	}
	o.pri[c] = v
}

// rqOffline is rq_offline_rt(), of a CPU that is going, under its rq->lock:
// nobody is to push a real-time task there any more, or to pull one from there.
// What its queue has borrowed or lent of the bandwidth stays so, and others may
// go on to borrow from it: there is no __disable_runtime().
//
//kernel:fn rq_offline_rt kernel/sched/rt.c
func (s *Sched) rqOffline(x *cpu.Exec, rq *RQ) {
	if rq.rt.overload {
		s.rto.set(x, rq.CPU, false)
	}
	s.rto.move(x, rq.CPU, vecNone)
}

// rqOnline is rq_online_rt().
//
//kernel:fn rq_online_rt kernel/sched/rt.c
func (s *Sched) rqOnline(x *cpu.Exec, rq *RQ) {
	if rq.rt.overload {
		s.rto.set(x, rq.CPU, true)
	}
	s.rto.move(x, rq.CPU, vectorOf(rq.rt.highest.Peek()))
}

// cpupriFind is cpupri_find(): the CPUs that p may run on and that run what is
// lowest below its priority go into lowest, unless that is nil. It reports
// whether there are any. What it finds may be past by then.
//
//kernel:fn cpupri_find kernel/sched/cpupri.c
func (o *rtOverload) cpupriFind(x *cpu.Exec, p *Task, lowest []bool) bool {
	for v := range vectorOf(p.prio) {
		vec := &o.vec[v]
		if o.update(x, cpu.KindRead); vec.count == 0 {
			continue
		}
		o.update(x, cpu.KindRead)
		found := false
		for c, there := range vec.mask {
			ok := there && p.allowed(c)
			found = found || ok
			if lowest != nil {
				lowest[c] = ok
			}
		}
		if found {
			return true
		}
	}
	return false
}
