package sim

import (
	"fmt"
	"iter"
	"runtime/debug"
)

// Fiber is a coroutine: a Go call stack that can be parked at an operation
// and resumed later, on whichever processor it is then bound to.
type Fiber struct {
	Seat // of the coroutine that start makes

	body  func()
	stop  func()
	in    *Seat // where it sits while it is parked and bound to no processor
	on    *Proc // the processor it is bound to
	query func()
	done  bool
	e     *Engine
}

// unwind is the panic that takes a stopped fiber's frames down. Nothing from
// sim to configs may recover except the top of a fiber, or the unwinding
// would be swallowed and the code run on.
type unwind struct{}

// NewFiber makes a fiber that will run body. It starts when a processor is
// first switched to it. A body that returns leaves its processor without
// work.
func (e *Engine) NewFiber(body func()) *Fiber {
	f := &Fiber{e: e, body: body}
	f.in = &f.Seat
	e.fibers = append(e.fibers, f)
	return f
}

// start makes the coroutine, which is most of a fiber's price: many threads of
// a machine sleep from its boot to its end and never need one.
func (f *Fiber) start() {
	e := f.e
	f.Next, f.stop = iter.Pull(func(yield func(struct{}) bool) {
		f.Yield = yield
		defer func() {
			f.done = true
			switch r := recover().(type) {
			case nil, unwind:
			default:
				e.fail(r, debug.Stack())
			}
		}()
		deepen()
		f.body()
		e.retire()
	})
}

// deepen makes the stack of a new coroutine as deep as most threads of a
// machine need it, at once and while there is nothing on it. Otherwise it
// would be copied each time it doubles.
//
//go:noinline
func deepen() {
	var frame [stackDepth]byte
	touch(&frame)
}

//go:noinline
func touch(*[stackDepth]byte) {}

// stackDepth is what a stack has room for from the start, in bytes.
const stackDepth = 3 << 10

// retire leaves the current processor without work.
func (e *Engine) retire() {
	if e.end == EndNone {
		e.cur.fiber = nil
		e.wary = true
		e.dispatch()
	}
}

// Query runs fn on the stack of a parked fiber, so that fn can walk it, and
// leaves the fiber where it was. It is for the time when no fiber runs:
// before a step or behind the end of a run. A fiber that has not started or
// has ended has no stack: fn is then not called.
func (f *Fiber) Query(fn func()) {
	if f.done || f.Yield == nil {
		return
	}
	f.query = fn
	f.e.wary = true
	f.e.hub.swap(f)
}

// PanicError is a panic of simulated code, an internal error of the program.
type PanicError struct {
	Value any    // what was panicked with
	Stack []byte // where
}

// Error names the value.
func (p *PanicError) Error() string { return fmt.Sprintf("internal error: %v", p.Value) }
