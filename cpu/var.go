package cpu

import "lockstep/sim"

// Var is a shared variable that is read and written without a lock. Each
// access is an operation; what is atomic in the kernel is one.
type Var[T comparable] struct {
	obj sim.Obj
	v   T
}

// Init names the variable and gives it its first value.
func (v *Var[T]) Init(m *Machine, name string, first T) {
	v.obj = m.NewObj(name)
	v.v = first
}

// InitObj is Init for a variable with a reserved identity.
func (v *Var[T]) InitObj(obj sim.Obj, first T) { v.obj, v.v = obj, first }

// Obj returns the variable's identity.
func (v *Var[T]) Obj() *sim.Obj { return &v.obj }

// ReadOnce is READ_ONCE().
func (v *Var[T]) ReadOnce(x *Exec) T {
	x.Op(KindRead, &v.obj, sim.AccessRead, x.m.Costs.Load)
	return v.v
}

// WriteOnce is WRITE_ONCE().
func (v *Var[T]) WriteOnce(x *Exec, to T) {
	x.Op(KindWrite, &v.obj, sim.AccessWrite, x.m.Costs.Store)
	v.v = to
}

// Xchg is xchg(): it stores to and returns what was there.
func (v *Var[T]) Xchg(x *Exec, to T) T {
	x.Op(KindUpdate, &v.obj, sim.AccessUpdate, x.m.Costs.RMW)
	old := v.v
	v.v = to
	return old
}

// CmpXchg is cmpxchg(): it stores to if the value is from, and returns what
// was there.
func (v *Var[T]) CmpXchg(x *Exec, from, to T) T {
	x.Op(KindUpdate, &v.obj, sim.AccessUpdate, x.m.Costs.RMW)
	old := v.v
	if old == from {
		v.v = to
	}
	return old
}

// Update applies an atomic read-modify-write and returns the value before it.
func (v *Var[T]) Update(x *Exec, f func(T) T) T {
	x.Op(KindUpdate, &v.obj, sim.AccessUpdate, x.m.Costs.RMW)
	old := v.v
	v.v = f(old)
	return old
}

// Peek returns the value without an operation: for oracles and views, and for
// code that holds the lock under which the variable changes.
func (v *Var[T]) Peek() T { return v.v }

// Poke sets the value without an operation: for set-up, and for code that
// holds the lock under which others read the variable.
func (v *Var[T]) Poke(to T) { v.v = to }
