package cpu

import (
	"math/bits"

	"lockstep/sim"
)

// Mask is a set of CPUs that any CPU may read and change at any time, such as
// cpu_online_mask: one object, as its bits share their cache lines on all but
// the largest machines. What an operation does not announce is behind one that
// does, as with [Var].
type Mask struct {
	obj  sim.Obj
	bits []uint64
}

// Init names the mask and gives it its first value: every CPU or none.
func (k *Mask) Init(m *Machine, name string, all bool) {
	k.obj = m.NewObj(name)
	k.bits = make([]uint64, (len(m.CPUs)+63)/64)
	if all {
		for c := range m.CPUs {
			k.bits[c/64] |= 1 << (c % 64)
		}
	}
}

// Test is cpumask_test_cpu(): one read.
//
//kernel:fn cpumask_test_cpu include/linux/cpumask.h
func (k *Mask) Test(x *Exec, c int) bool {
	k.Read(x)
	return k.Has(c)
}

// Read announces that the mask is read; [Mask.Has] and the other functions
// without an Exec look at it behind that.
func (k *Mask) Read(x *Exec) { x.Op(KindRead, &k.obj, sim.AccessRead, x.m.Costs.Load) }

// Set is cpumask_set_cpu(), an atomic update.
//
//kernel:fn cpumask_set_cpu include/linux/cpumask.h
func (k *Mask) Set(x *Exec, c int) {
	x.Op(KindUpdate, &k.obj, sim.AccessUpdate, x.m.Costs.RMW)
	k.bits[c/64] |= 1 << (c % 64)
}

// Clear is cpumask_clear_cpu(), an atomic update.
//
//kernel:fn cpumask_clear_cpu include/linux/cpumask.h
func (k *Mask) Clear(x *Exec, c int) {
	x.Op(KindUpdate, &k.obj, sim.AccessUpdate, x.m.Costs.RMW)
	k.bits[c/64] &^= 1 << (c % 64)
}

// Has reports whether c is in the mask, without an operation.
func (k *Mask) Has(c int) bool { return k.bits[c/64]>>(c%64)&1 != 0 }

// Next returns the first CPU of the mask from c on, -1 if there is none.
func (k *Mask) Next(c int) int {
	for w := c / 64; w < len(k.bits); w++ {
		b := k.bits[w]
		if w == c/64 {
			b &= ^uint64(0) << (c % 64)
		}
		if b != 0 {
			return 64*w + bits.TrailingZeros64(b)
		}
	}
	return -1
}

// Weight returns how many CPUs are in the mask.
func (k *Mask) Weight() int {
	n := 0
	for _, w := range k.bits {
		n += bits.OnesCount64(w)
	}
	return n
}
