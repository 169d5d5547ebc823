package lock

import (
	"lockstep/cpu"
	"lockstep/sim"
)

// Word is an unsigned long whose bits are taken and waited for one by one
// (docs/kernel/sched-irq-printk.md §4.9): a bit spinlock is a lock in a word
// that has a spare bit, without a queue, an owner or a lockdep map, so that the
// validator sees nothing of it. Who set a bit is known to the wait-for graph
// only. Package sched has the waits that sleep for a bit.
type Word struct {
	obj  sim.Obj
	name string
	m    *cpu.Machine
	v    uint64
	by   [64]*cpu.Exec // who took the bit as a lock, nil of one that is only set
	wait []*cpu.Wait   // who spins, and looks again at each release of a bit
}

// Init makes a word of zeros.
func (w *Word) Init(m *cpu.Machine, name string) {
	w.obj, w.name, w.m = m.NewObj(name), name, m
}

// EachObj implements [cpu.Memory].
func (w *Word) EachObj(fn func(*sim.Obj)) { fn(&w.obj) }

// Obj returns the word's identity, its address to a hash table of waiters.
func (w *Word) Obj() *sim.Obj { return &w.obj }

// Test is test_bit().
//
//kernel:fn test_bit arch/x86/include/asm/bitops.h
func (w *Word) Test(x *cpu.Exec, bit int) bool {
	x.Op(cpu.KindRead, &w.obj, sim.AccessRead, w.m.Costs.Load)
	return w.v&(1<<bit) != 0
}

// TestAndSet is test_and_set_bit(): it returns whether the bit was set before.
//
//kernel:fn test_and_set_bit arch/x86/include/asm/bitops.h
func (w *Word) TestAndSet(x *cpu.Exec, bit int) bool {
	x.Op(cpu.KindUpdate, &w.obj, sim.AccessUpdate, w.m.Costs.RMW)
	old := w.v&(1<<bit) != 0
	if w.v |= 1 << bit; !old {
		w.by[bit] = x
	}
	return old
}

// Clear is clear_bit_unlock(): what came before is seen by whoever finds the
// bit clear.
//
//kernel:fn clear_bit_unlock arch/x86/include/asm/bitops.h
func (w *Word) Clear(x *cpu.Exec, bit int) {
	x.Op(cpu.KindUpdate, &w.obj, sim.AccessUpdate, w.m.Costs.RMW)
	w.v &^= 1 << bit
	w.by[bit] = nil
	for _, s := range w.wait {
		s.Done = true
		s.CPU.P.Wake(x.Now() + x.CPU().P.Jitter(w.m.Costs.LineMiss))
	}
	w.wait = nil
}

// SpinLock is bit_spin_lock(). Between its tries it spins on a plain read with
// preemption on, so a spinner may be switched out, unless its caller forbids it.
//
//kernel:fn bit_spin_lock include/linux/bit_spinlock.h
func (w *Word) SpinLock(x *cpu.Exec, bit int) {
	cpu.PreemptDisable(x)
	for w.TestAndSet(x, bit) {
		cpu.PreemptEnable(x)
		for w.Test(x, bit) {
			w.park(x, bit)
		}
		cpu.PreemptDisable(x)
	}
}

// SpinTrylock is bit_spin_trylock().
//
//kernel:fn bit_spin_trylock include/linux/bit_spinlock.h
func (w *Word) SpinTrylock(x *cpu.Exec, bit int) bool {
	cpu.PreemptDisable(x)
	if w.TestAndSet(x, bit) {
		cpu.PreemptEnable(x)
		return false
	}
	return true
}

// SpinUnlock is bit_spin_unlock(); the task may be preempted.
//
//kernel:fn bit_spin_unlock include/linux/bit_spinlock.h
func (w *Word) SpinUnlock(x *cpu.Exec, bit int) {
	w.Clear(x, bit)
	cpu.PreemptEnable(x)
}

// HeldHere reports whether x took the bit.
func (w *Word) HeldHere(x *cpu.Exec, bit int) bool { return w.by[bit] == x }

// park is cpu_relax() until a bit of the word is released, or an interrupt
// comes; the caller is right behind a look that found the bit set.
func (w *Word) park(x *cpu.Exec, bit int) {
	s := x.BeginWait(cpu.WaitBitLock, bitOf{w, bit}, &w.obj)
	w.wait = append(w.wait, s)
	if x.SpinOnce(s) {
		return
	}
	for i, o := range w.wait {
		if o == s {
			w.wait = append(w.wait[:i:i], w.wait[i+1:]...)
			break
		}
	}
}

// bitOf is a bit that is waited for.
type bitOf struct {
	w   *Word
	bit int
}

// AwaitedName implements [cpu.Awaited].
func (b bitOf) AwaitedName() string { return b.w.name }

// Holder implements [cpu.Awaited]: who took the bit.
func (b bitOf) Holder(*cpu.Wait) cpu.Holder {
	if t := b.w.by[b.bit]; t != nil {
		return cpu.Holder{Task: t, How: "took the bit"}
	}
	return cpu.Holder{}
}

// Bit returns one of the bits as something to wait for.
func (w *Word) Bit(bit int) cpu.Awaited { return bitOf{w, bit} }
