package sched

import "lockstep/cpu"

// DownWrite is percpu_down_write(). Readers that find the fast path closed
// queue for rw_sem, and those before are waited for one by one. The queue of
// the writer needs no lock to be looked at: a reader makes the counter 0 before
// it looks, the writer queues before it reads the counter.
//
//kernel:fn percpu_down_write kernel/locking/percpu-rwsem.c
func (p *PercpuRWSem) DownWrite(x *cpu.Exec) {
	p.path.Enter(x)
	p.rw.DownWrite(x)
	sum := p.clearFast(x)
	p.slow.Update(x, func(v int) int { return v + sum })
	p.waitReaders(x)
	p.owner = p.rw.s.Task(x)
}

// clearFast is clear_fast_ctr(): the sum of the counters, which become 0.
//
//kernel:fn clear_fast_ctr kernel/locking/percpu-rwsem.c
func (p *PercpuRWSem) clearFast(x *cpu.Exec) int {
	sum := 0
	for i := range p.fast {
		sum += p.fast[i].ReadOnce(x)
		p.fast[i].WriteOnce(x, 0)
	}
	return sum
}

// waitReaders is wait_event() on the slow counter.
func (p *PercpuRWSem) waitReaders(x *cpu.Exec) {
	none := func() bool { return p.slow.ReadOnce(x) == 0 }
	p.waitq.waitEvent(x, &WaitEntry{}, Uninterruptible, MaxTimeout, cpu.WaitPercpuRWSem, p, none)
}

// UpWrite is percpu_up_write(): readers may go on, by the slow path until a
// grace period has passed, so that who takes the fast path has seen what the
// writer wrote.
//
//kernel:fn percpu_up_write kernel/locking/percpu-rwsem.c
func (p *PercpuRWSem) UpWrite(x *cpu.Exec) {
	p.owner = nil
	p.rw.UpWrite(x)
	p.path.Exit(x)
}

// HeldHere reports whether x has the semaphore for writing.
func (p *PercpuRWSem) HeldHere(x *cpu.Exec) bool { return p.owner != nil && p.owner == p.rw.s.Task(x) }

// ReadHeldHere reports whether x has it for reading.
func (p *PercpuRWSem) ReadHeldHere(x *cpu.Exec) bool { return p.readIndex(p.rw.s.Task(x)) >= 0 }

// AwaitedName implements [cpu.Awaited].
func (p *PercpuRWSem) AwaitedName() string { return p.rw.name }

// Holder implements [cpu.Awaited]: the first that EachHolder names.
func (p *PercpuRWSem) Holder(w *cpu.Wait) cpu.Holder { return cpu.FirstHolder(p, w) }

// EachHolder implements [cpu.ManyHolders]: the writer, who has rw_sem, waits
// for all readers.
func (p *PercpuRWSem) EachHolder(_ *cpu.Wait, fn func(cpu.Holder) bool) bool {
	for i := range p.readers {
		if fn(cpu.Holder{Task: &p.readers[i].task.Exec, How: "held for reading"}) {
			return true
		}
	}
	return false
}
