package workqueue

import (
	"fmt"

	"lockstep/cpu"
)

// Drain is drain_workqueue(): wait until the workqueue is empty. Meanwhile
// only its own works may queue on it, which have it flushed again and again.
//
//kernel:fn drain_workqueue kernel/workqueue.c
func (q *Workqueue) Drain(x *cpu.Exec) {
	q.mutex.Lock(x)
	if q.drainers++; q.drainers == 1 {
		q.flags.WriteOnce(x, q.flags.Peek()|draining)
	}
	q.mutex.Unlock(x)
	for tries := 1; ; tries++ {
		q.Flush(x)
		q.mutex.Lock(x)
		if q.drained(x) {
			break
		}
		if tries == 10 || tries%100 == 0 && tries <= 1000 {
			q.ws.m.Hooks.Printk(x, cpu.LevelWarning, fmt.Sprintf("workqueue %s: drain_workqueue() isn't complete after %d tries", q.name, tries), 0)
		}
		q.mutex.Unlock(x)
	}
	if q.drainers--; q.drainers == 0 {
		q.flags.WriteOnce(x, q.flags.Peek()&^draining)
	}
	q.mutex.Unlock(x)
}

// drained reports whether no pwq has works, as far as the first that has.
//
//kernel:fn drain_workqueue kernel/workqueue.c
func (q *Workqueue) drained(x *cpu.Exec) bool {
	for _, p := range q.pwqs {
		p.pool.lock.LockIrq(x)
		empty := p.active == 0 && p.delayed.empty()
		p.pool.lock.UnlockIrq(x)
		if !empty {
			return false
		}
	}
	return true
}
