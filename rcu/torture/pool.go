package torture

import (
	"strconv"

	"lockstep/cpu"
	"lockstep/cpu/lock"
	"lockstep/rcu"
)

// The pool's size, and the age at which an element is free.
const (
	poolSize = 100 // 10 * RCU_TORTURE_PIPE_LEN
	pipeLen  = 10  // RCU_TORTURE_PIPE_LEN
)

// element is struct rcu_torture: what the readers find.
type element struct {
	n      int
	head   rcu.Head
	fn     func(x *cpu.Exec) // rcu_torture_cb() of it
	age    cpu.Var[int]      // rtort_pipe_count
	mbtest cpu.Var[int]      // set before it is published, cleared when it is free
	next   *element          // in the free list
}

// pool is the elements and the list of those that are free, under a lock.
type pool struct {
	element     [poolSize]element
	lock        lock.Spin
	first, last *element
	isEmpty     cpu.Var[bool] // for the statistics' look without the lock
	// rta, rtaf and rtf count allocations, those that failed, and frees.
	rta, rtaf, rtf cpu.Var[int64]
	// wcount counts the ages that elements have left.
	wcount [pipeLen + 1]cpu.Var[int64]
}

func (p *pool) init(t *Torture) {
	p.lock.Init(t.m, "rcu_torture_lock", &poolLockKey)
	p.isEmpty.Init(t.m, "rcu_torture_freelist", false)
	p.rta.Init(t.m, "n_rcu_torture_alloc", 0)
	p.rtaf.Init(t.m, "n_rcu_torture_alloc_fail", 0)
	p.rtf.Init(t.m, "n_rcu_torture_free", 0)
	for i := range p.wcount {
		p.wcount[i].Init(t.m, "rcu_torture_wcount["+strconv.Itoa(i)+"]", 0)
	}
	for i := range p.element {
		e, name := &p.element[i], "rcu_tortures["+strconv.Itoa(i)+"]"
		e.n, e.fn = i, func(x *cpu.Exec) { t.callback(x, e) }
		e.age.Init(t.m, name+".rtort_pipe_count", 0)
		e.mbtest.Init(t.m, name+".rtort_mbtest", 0)
		p.append(e)
	}
}

func (p *pool) append(e *element) {
	e.next = nil
	if p.first == nil {
		p.first = e
	} else {
		p.last.next = e
	}
	p.last = e
}

func more(n int64) int64 { return n + 1 }

// alloc is rcu_torture_alloc(): nil if all are in use.
//
//kernel:fn rcu_torture_alloc kernel/rcu/rcutorture.c
func (p *pool) alloc(x *cpu.Exec) *element {
	p.lock.LockBH(x)
	e := p.first
	if e == nil {
		p.rtaf.Update(x, more)
		p.lock.UnlockBH(x)
		return nil
	}
	p.rta.Update(x, more)
	p.first = e.next
	if p.first == nil {
		p.isEmpty.WriteOnce(x, true)
	}
	p.lock.UnlockBH(x)
	return e
}

// free is rcu_torture_free().
//
//kernel:fn rcu_torture_free kernel/rcu/rcutorture.c
func (p *pool) free(x *cpu.Exec, e *element) {
	p.rtf.Update(x, more)
	p.lock.LockBH(x)
	if p.first == nil {
		p.isEmpty.WriteOnce(x, false)
	}
	p.append(e)
	p.lock.UnlockBH(x)
}

// leave counts that e leaves its age, and makes it one older.
func (p *pool) leave(x *cpu.Exec, e *element) {
	p.wcount[min(e.age.ReadOnce(x), pipeLen)].Update(x, more)
	e.age.WriteOnce(x, e.age.Peek()+1) // whoever waited for its grace period is the only one
}

// grow is rcu_torture_pipe_update_one(): a grace period has passed for e. It
// returns whether e is to be freed.
//
//kernel:fn rcu_torture_pipe_update_one kernel/rcu/rcutorture.c
func (p *pool) grow(x *cpu.Exec, e *element) bool {
	p.leave(x, e)
	if e.age.Peek() < pipeLen {
		return false
	}
	e.mbtest.WriteOnce(x, 0)
	return true
}

// callback is rcu_torture_cb(), behind an asynchronous grace period. At the
// end of the test what is on its way is dropped on purpose.
//
//kernel:fn rcu_torture_cb kernel/rcu/rcutorture.c
func (t *Torture) callback(x *cpu.Exec, e *element) {
	if t.mustStopIrq(x) {
		return
	}
	if t.pool.grow(x, e) {
		t.pool.free(x, e)
	} else {
		t.ops.deferredFree(x, e)
	}
}
