package sched

import (
	"lockstep/cpu"
	"lockstep/sim"
)

// osq is struct optimistic_spin_queue (docs/kernel/sched-irq-printk.md §4.10):
// those who spin for a sleeping lock queue, so that one of them at a time
// looks at the owner. It is an MCS queue of CPUs, each with one node for all
// locks, since who spins cannot be preempted; and it can be left, which makes
// it longer than the queue of a spinlock.
//
//	tail -> last CPU's node;  node.prev <- , node.next ->
//	lock:   xchg tail; nobody there: the head. Otherwise prev.next = node, wait
//	        until node.locked, or need_resched: leave
//	unlock: tail back to free, or next.locked = true
//
// Whoever waits in it parks. A write wakes the CPUs that may look at what it
// wrote: the node's own, and for a next the one it names; see osqNode.wake.
type osq struct {
	s    *Sched
	tail cpu.Var[int] // CPU number plus 1; 0: nobody
	n    int          // how many are in it; for views
}

// spinFor is what somebody spins for, for the wait-for graph.
type spinFor struct {
	kind cpu.WaitKind
	on   cpu.Awaited
}

// osqNode is struct optimistic_spin_node, a line of its own.
type osqNode struct {
	obj        sim.Obj
	next, prev *osqNode
	locked     bool // the head has passed it on
	cpu        int
	waits      *cpu.Wait // the node's CPU, when it parks
}

// initOSQ makes the nodes.
func (s *Sched) initOSQ() {
	s.osqNodes = make([]osqNode, len(s.rqs))
	for i := range s.osqNodes {
		outer := s.m.Numbered(i)
		s.osqNodes[i].obj, s.osqNodes[i].cpu = s.m.NewObj("osq_node"), i
		s.m.Leave(outer)
	}
}

func (q *osq) init(s *Sched, name string) {
	q.s = s
	outer := s.m.Within(name, -1)
	q.tail.Init(s.m, ".osq", 0)
	s.m.Leave(outer)
}

// read, write and update are the accesses to a node's line.
func (n *osqNode) read(x *cpu.Exec) {
	x.Op(cpu.KindRead, &n.obj, sim.AccessRead, x.Machine().Costs.Load)
}

func (n *osqNode) write(x *cpu.Exec) {
	x.Op(cpu.KindWrite, &n.obj, sim.AccessWrite, x.Machine().Costs.Store)
}

func (n *osqNode) update(x *cpu.Exec) {
	x.Op(cpu.KindUpdate, &n.obj, sim.AccessUpdate, x.Machine().Costs.RMW)
}

// wake lets the node's CPU look again, if it parks.
func (n *osqNode) wake(x *cpu.Exec) { wakeSpinner(x, n.waits) }

// wakeSpinner ends a wait, if there is one; the line comes over from x's CPU.
func wakeSpinner(x *cpu.Exec, w *cpu.Wait) {
	if w != nil && !w.Done {
		w.Done = true
		w.CPU.P.Wake(x.Now() + x.CPU().P.Jitter(x.Machine().Costs.LineMiss))
	}
}

// relax is cpu_relax() of the node's own CPU: it parks until somebody writes
// what it looks at, or an interrupt comes, with which need_resched comes too.
// ready says that it need not; the caller is right behind a global operation.
// For the wait-for graph it waits for what it spins for, or, while it only
// leaves or hands over, for neighbours that are on their way: nobody must act.
func (q *osq) relax(x *cpu.Exec, n *osqNode, spin spinFor, ready func() bool) {
	if ready() {
		return
	}
	n.waits = x.BeginWait(spin.kind, spin.on, &n.obj)
	x.SpinOnce(n.waits)
	n.waits = nil
}

// lock is osq_lock(): x is the head of the queue if it returns true, and has
// left it, since it is to schedule, if false. Preemption is off.
//
//kernel:fn osq_lock kernel/locking/osq_lock.c
func (q *osq) lock(x *cpu.Exec, spin spinFor) bool {
	n := &q.s.osqNodes[x.CPU().ID]
	n.write(x)
	n.locked, n.next, n.prev = false, nil, nil
	old := q.tail.Xchg(x, n.cpu+1)
	q.n++
	if old == 0 {
		return true
	}
	prev := &q.s.osqNodes[old-1]
	n.write(x)
	n.prev = prev
	prev.write(x)
	prev.next = n
	prev.wake(x)
	for {
		if n.read(x); n.locked {
			return true
		}
		if q.s.needResched(x) {
			return q.unqueue(x, n)
		}
		q.relax(x, n, spin, func() bool { return n.locked })
	}
}

// unlock is osq_unlock().
//
//kernel:fn osq_unlock kernel/locking/osq_lock.c
func (q *osq) unlock(x *cpu.Exec) {
	q.n--
	cur := x.CPU().ID + 1
	if q.tail.CmpXchg(x, cur, 0) == cur {
		return
	}
	n := &q.s.osqNodes[cur-1]
	n.update(x)
	next := n.next
	n.next = nil
	if next == nil {
		next = q.waitNext(x, n, nil)
	}
	if next != nil && !q.s.m.Mutated("sched.osq-no-handover") {
		next.write(x)
		next.locked = true
		next.wake(x)
	}
}

// AwaitedName implements [cpu.Awaited].
func (q *osq) AwaitedName() string { return q.s.m.ObjName(q.tail.Obj().ID) }

// Holder implements [cpu.Awaited].
func (q *osq) Holder(*cpu.Wait) cpu.Holder { return cpu.Holder{} }

// isLocked is osq_is_locked(): somebody spins.
//
//kernel:fn osq_is_locked include/linux/osq_lock.h
func (q *osq) isLocked(x *cpu.Exec) bool { return q.tail.ReadOnce(x) != 0 }

// EachObj implements [cpu.Memory]; the nodes are not in the lock.
func (q *osq) EachObj(fn func(*sim.Obj)) { q.tail.EachObj(fn) }
