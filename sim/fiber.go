package sim

import (
	"fmt"
	"iter"
	"runtime/debug"
)

// Fiber is a coroutine: a Go call stack that can be parked at an operation
// and resumed later, on whichever processor it is then bound to.
type Fiber struct {
	next  func() (struct{}, bool)
	stop  func()
	yield func(struct{}) bool
	query func()
	// active: on the stack of fibers that resumed each other.
	active bool
	done   bool
}

// unwind is the panic that takes a stopped fiber's frames down. Nothing from
// sim to configs may recover except the top of a fiber, or the unwinding
// would be swallowed and the code run on.
type unwind struct{}

// NewFiber makes a fiber that will run body. It starts when a processor is
// first switched to it.
func (e *Engine) NewFiber(body func()) *Fiber {
	f := &Fiber{}
	f.next, f.stop = iter.Pull(func(yield func(struct{}) bool) {
		f.yield = yield
		defer func() {
			f.done = true
			switch r := recover().(type) {
			case nil, unwind:
			default:
				e.fail(r, debug.Stack())
			}
		}()
		body()
	})
	e.fibers = append(e.fibers, f)
	return f
}

// handOff lets the fiber of the current processor run in place of f and
// returns when it is f's turn again.
//
// A coroutine is resumed by a call and gives back to its caller, so a switch
// by way of a hub costs two. The fibers that resumed each other form a stack
// with the hub at its bottom; f is at its top. A fiber that is not on the
// stack is resumed from f directly, one that is lies below f and is reached
// by giving back: every fiber on the way looks whether it is the one. With
// eight processors in random order that is 1.2 switches an operation instead
// of 1.75.
//
// Behind a switch the processor mispredicts every return up to the frame
// that differs, so this is one function and what calls it is shallow.
func (f *Fiber) handOff(e *Engine) {
	for e.end != EndNone || e.cur.fiber != f {
		if e.end == EndNone {
			if t := e.cur.fiber; !t.active {
				t.active = true
				t.next()
				t.active = false
				continue
			}
		}
		for { // give back; in between f may be resumed to answer a query
			if !f.yield(struct{}{}) {
				panic(unwind{})
			}
			if f.query == nil {
				break
			}
			f.query()
		}
	}
}

// Query runs fn on the stack of a parked fiber, so that fn can walk it, and
// leaves the fiber where it was. It is for the time when no fiber runs:
// before a step or behind the end of a run. A fiber that has not started or
// has ended has no stack: fn is then not called.
func (f *Fiber) Query(fn func()) {
	if f.done || f.yield == nil {
		return
	}
	f.query = fn
	f.next()
	f.query = nil
}

// PanicError is a panic of simulated code, an internal error of the program.
type PanicError struct {
	Value any    // what was panicked with
	Stack []byte // where
}

// Error names the value.
func (p *PanicError) Error() string { return fmt.Sprintf("internal error: %v", p.Value) }
