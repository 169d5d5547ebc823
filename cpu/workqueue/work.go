package workqueue

import (
	"lockstep/cpu"
	"lockstep/cpu/lockdep"
	"lockstep/cpu/timer"
)

// Flags of a work's data word. Which of its other parts mean something depends
// on flagPWQ.
const (
	flagPending   uint8 = 1 << iota // WORK_STRUCT_PENDING: queued, or about to be, by whoever set it
	flagDelayed                     // on its pwq's delayed_works
	flagPWQ                         // the word names a pwq, else the pool it last ran on
	flagLinked                      // the next work of the list belongs to it
	flagCanceling                   // WORK_OFFQ_CANCELING, only without flagPWQ
)

// Colours of works. A flush waits for those of one colour.
const (
	nrColors = 15 // WORK_NR_COLORS
	noColor  = 15 // of barriers, for which nobody counts
)

// word is work->data: one word in the kernel, read and written whole.
type word struct {
	flags uint8
	color uint8
	pwq   *pwq
	pool  int // id of the last pool; noPool
}

const noPool = -1

// Work is work_struct.
type Work struct {
	data cpu.Var[word]
	dep  lockdep.Map
	fn   func(x *cpu.Exec, w *Work)
	name string
	ws   *Workqueues

	list       *workList // that it is on, nil for none
	prev, next *Work
	ran        uint64 // how often, for views
}

// DelayedWork is delayed_work: a work that a timer queues.
type DelayedWork struct {
	Work  Work // the work itself
	timer timer.Timer
	wq    *Workqueue // to queue on when the timer expires
	cpu   int        // likewise
}

// Init makes a work of its name that runs fn; key is its lock class, one per
// place in the kernel that initialises a work. Like every object with
// operations of its own it is made before the machine starts or right behind
// [cpu.Exec.Kmalloc].
func (w *Work) Init(ws *Workqueues, name string, key *lockdep.Key, fn func(x *cpu.Exec, w *Work)) {
	w.ws, w.name, w.fn = ws, name, fn
	w.data.Init(ws.m, name+"->data", word{pool: noPool})
	w.dep.Init(key)
}

// Init makes a delayed work, see [Work.Init].
func (d *DelayedWork) Init(ws *Workqueues, name string, key *lockdep.Key, fn func(x *cpu.Exec, w *Work)) {
	d.Work.Init(ws, name, key, fn)
	ws.tm.InitTimer(&d.timer, name+"->timer", timer.IrqSafe, nil, func(x *cpu.Exec) { ws.delayedTimer(x, d) })
}

// Name returns the work's name.
func (w *Work) Name() string { return w.name }

// Pending is work_pending(): it is queued, or its timer is.
//
//kernel:fn work_pending include/linux/workqueue.h
func (w *Work) Pending(x *cpu.Exec) bool { return w.data.ReadOnce(x).flags&flagPending != 0 }

// testAndSetPending is test_and_set_bit(WORK_STRUCT_PENDING_BIT): who sets it
// owns the work until it is on a list.
//
//kernel:fn test_and_set_bit arch/x86/include/asm/bitops.h
func (w *Work) testAndSetPending(x *cpu.Exec) bool {
	old := w.data.Update(x, func(d word) word {
		d.flags |= flagPending
		return d
	})
	return old.flags&flagPending != 0
}

// setPWQ is set_work_pwq(): the work is about to go on a list of q's.
//
//kernel:fn set_work_pwq kernel/workqueue.c
func (w *Work) setPWQ(x *cpu.Exec, q *pwq, flags, color uint8) {
	w.data.WriteOnce(x, word{flags: flagPending | flagPWQ | flags, color: color, pwq: q})
}

// setPoolKeepPending is set_work_pool_and_keep_pending(): off its list, and
// still owned by whoever took it off.
//
//kernel:fn set_work_pool_and_keep_pending kernel/workqueue.c
func (w *Work) setPoolKeepPending(x *cpu.Exec, pool int) {
	w.data.WriteOnce(x, word{flags: flagPending, pool: pool})
}

// setPoolClearPending is set_work_pool_and_clear_pending(): from here on the
// work can be queued anew. What its function does may not come before this
// store, or somebody who changes what the function reads, and finds the bit
// still set, is not served; v4.4 has only a write barrier in front, which on
// this machine, whose stores are seen at once, is enough.
//
//kernel:fn set_work_pool_and_clear_pending kernel/workqueue.c
func (w *Work) setPoolClearPending(x *cpu.Exec, pool int) {
	w.data.WriteOnce(x, word{pool: pool})
}

// markCanceling is mark_work_canceling(): nobody can queue or steal the work.
//
//kernel:fn mark_work_canceling kernel/workqueue.c
func (w *Work) markCanceling(x *cpu.Exec) {
	w.data.WriteOnce(x, word{flags: flagPending | flagCanceling, pool: w.poolID(x)})
}

// clearData is clear_work_data().
//
//kernel:fn clear_work_data kernel/workqueue.c
func (w *Work) clearData(x *cpu.Exec) { w.data.WriteOnce(x, word{pool: noPool}) }

// pool is get_work_pool(): the pool the work is on or last ran on, nil for
// none. The caller has interrupts off.
//
//kernel:fn get_work_pool kernel/workqueue.c
func (w *Work) pool(x *cpu.Exec) *pool {
	d := w.data.ReadOnce(x)
	if d.flags&flagPWQ != 0 {
		return d.pwq.pool
	}
	if d.pool == noPool {
		return nil
	}
	return w.ws.pools[d.pool]
}

// poolID is get_work_pool_id().
//
//kernel:fn get_work_pool_id kernel/workqueue.c
func (w *Work) poolID(x *cpu.Exec) int {
	d := w.data.ReadOnce(x)
	if d.flags&flagPWQ != 0 {
		return d.pwq.pool.id
	}
	return d.pool
}

// pwq is get_work_pwq(): the pwq the work is queued on, nil if it is not.
//
//kernel:fn get_work_pwq kernel/workqueue.c
func (w *Work) pwq(x *cpu.Exec) *pwq {
	if d := w.data.ReadOnce(x); d.flags&flagPWQ != 0 {
		return d.pwq
	}
	return nil
}

// canceling is work_is_canceling().
//
//kernel:fn work_is_canceling kernel/workqueue.c
func (w *Work) canceling(x *cpu.Exec) bool {
	d := w.data.ReadOnce(x)
	return d.flags&flagPWQ == 0 && d.flags&flagCanceling != 0
}
