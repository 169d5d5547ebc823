package cpu

import (
	"fmt"

	"lockstep/sim"
)

// Memory is something that can be freed: it knows the objects of operations
// that lie in it.
type Memory interface {
	// EachObj calls fn for each of them, always in the same order.
	EachObj(fn func(*sim.Obj))
}

// Kfree is the operation of freeing mem. Freed memory is poisoned: who touches
// it has found a use-after-free, and the run ends there, since what is read
// from such memory or written to it is nobody's to say.
//
//kernel:fn kfree include/linux/slab.h
func (x *Exec) Kfree(mem Memory) {
	x.Op(KindAllocate, &x.m.heap, sim.AccessUpdate, x.m.Costs.Alloc)
	if x.m.freedObjs == nil {
		x.m.freedObjs = map[sim.ObjID]bool{}
	}
	mem.EachObj(func(o *sim.Obj) {
		o.Cached = 0 // nobody has its line, so the next to touch it asks
		x.m.freedObjs[o.ID] = true
	})
}

// touched is asked on a miss, right behind the operation on o.
func (x *Exec) touched(o *sim.Obj) {
	if !x.m.freedObjs[o.ID] {
		return
	}
	f := &Finding{Kind: "use-after-free", Title: fmt.Sprintf("%s touched %s, which is freed", x.Comm, x.m.ObjName(o.ID))}
	if x.m.Tracer != nil {
		f.Stack = x.m.Tracer.Capture(x)
	}
	x.m.AddFinding(x, f)
	x.m.E.Stop()
}

// EachObj implements [Memory].
func (v *Var[T]) EachObj(fn func(*sim.Obj)) { fn(&v.obj) }
