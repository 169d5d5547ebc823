package cpu

import (
	"math/bits"

	"lockstep/sim"
)

// CPUSet is a set of CPUs that belongs to whoever has it.
type CPUSet []uint64

// NewCPUSet returns an empty set for the CPUs of m.
func (m *Machine) NewCPUSet() CPUSet { return make(CPUSet, (len(m.CPUs)+63)/64) }

// Add puts c into the set.
func (k CPUSet) Add(c int) { k[c/64] |= 1 << (c % 64) }

// Remove takes c out of the set.
func (k CPUSet) Remove(c int) { k[c/64] &^= 1 << (c % 64) }

// Has reports whether c is in the set.
func (k CPUSet) Has(c int) bool { return k[c/64]>>(c%64)&1 != 0 }

// Next returns the first CPU of the set from c on, -1 if there is none.
func (k CPUSet) Next(c int) int {
	for w := c / 64; w < len(k); w++ {
		b := k[w]
		if w == c/64 {
			b &= ^uint64(0) << (c % 64)
		}
		if b != 0 {
			return 64*w + bits.TrailingZeros64(b)
		}
	}
	return -1
}

// Weight returns how many CPUs are in the set.
func (k CPUSet) Weight() int {
	n := 0
	for _, w := range k {
		n += bits.OnesCount64(w)
	}
	return n
}

// Mask is a set of CPUs that any CPU may read and change at any time, such as
// cpu_online_mask: one object, as its bits share their cache lines on all but
// the largest machines.
type Mask struct {
	obj sim.Obj
	set CPUSet
}

// Init names the mask and gives it its first value: every CPU or none.
func (k *Mask) Init(m *Machine, name string, all bool) {
	k.obj = m.NewObj(name)
	k.set = m.NewCPUSet()
	for c := range m.CPUs {
		if all {
			k.set.Add(c)
		}
	}
}

// Test is cpumask_test_cpu(): one read.
//
//kernel:fn cpumask_test_cpu include/linux/cpumask.h
func (k *Mask) Test(x *Exec, c int) bool { return k.Read(x).Has(c) }

// Read is one read of the mask. What it returns is the machine's own: it must
// not be changed, and is what was read only until the next operation.
func (k *Mask) Read(x *Exec) CPUSet {
	x.Op(KindRead, &k.obj, sim.AccessRead, x.m.Costs.Load)
	return k.set
}

// Peek returns the same without an operation: for oracles and views, and for
// code that has kept out whoever changes the mask.
func (k *Mask) Peek() CPUSet { return k.set }

// Set is cpumask_set_cpu(), an atomic update.
//
//kernel:fn cpumask_set_cpu include/linux/cpumask.h
func (k *Mask) Set(x *Exec, c int) {
	x.Op(KindUpdate, &k.obj, sim.AccessUpdate, x.m.Costs.RMW)
	k.set.Add(c)
}

// Clear is cpumask_clear_cpu(), an atomic update.
//
//kernel:fn cpumask_clear_cpu include/linux/cpumask.h
func (k *Mask) Clear(x *Exec, c int) {
	x.Op(KindUpdate, &k.obj, sim.AccessUpdate, x.m.Costs.RMW)
	k.set.Remove(c)
}
