package sim

import (
	"fmt"
	"iter"
	"runtime/debug"
)

// Fiber is a coroutine: a Go call stack that can be parked at an operation
// and resumed later, on whichever processor it is then bound to.
type Fiber struct {
	seat // of the coroutine that start makes

	body  func()
	in    *seat // where it sits while parked
	query func()
	done  bool
	e     *Engine
}

// A seat is the place in a coroutine of iter.Pull where one stack can be
// parked. Both of its calls, next and yield, do the same: who runs sits down
// and who sat there runs. They have to be called in turn.
type seat struct {
	next  func() (struct{}, bool)
	yield func(struct{}) bool
	stop  func()
	taken bool // next has been called, yield is due
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
	f.in = &f.seat
	e.fibers = append(e.fibers, f)
	return f
}

// start makes the coroutine, which is most of a fiber's price: many threads of
// a machine sleep from its boot to its end and never need one.
func (f *Fiber) start() {
	e := f.e
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
		deepen()
		f.body()
		e.retire()
	})
}

// deepen makes the stack of a new coroutine as deep as a thread of a machine
// needs it, at once and while there is nothing on it. Otherwise it would be
// copied each time it doubles.
//
//go:noinline
func deepen() {
	var frame [stackDepth]byte
	touch(&frame)
}

//go:noinline
func touch(*[stackDepth]byte) {}

// stackDepth is what a stack has room for from the start, in bytes.
const stackDepth = 7 << 10

// retire leaves the current processor without work.
func (e *Engine) retire() {
	if e.end == EndNone {
		e.cur.fiber = nil
		e.tree.set(e.cur.id, never)
		e.dispatch()
	}
}

// take lets f take the seat of the parked fiber to. Using the seat, which
// is the caller's next step, runs to.
//
// A coroutine is meant to be resumed by a call and to give back to its
// caller, which costs two switches by way of a hub for each change of fiber.
// But a coroutine of the runtime is no more than one seat, and resuming and
// giving back both exchange its sitter for the caller. So f goes straight to
// any other fiber by taking its seat, whosever seat that is: n fibers and the
// hub have n seats, and one of them runs.
func (f *Fiber) take(to *Fiber) *seat {
	s := to.in
	f.in = s
	s.taken = !s.taken
	return s
}

// turn says who is to run: the fiber of the current processor, or the hub
// when the machine stands.
func (e *Engine) turn() *Fiber {
	if e.end != EndNone {
		return e.standing()
	}
	return e.cur.fiber
}

// standing is the hub. What a frame has deferred may announce an operation
// while it is unwound: it has to go on going down, for nobody comes back to a
// fiber that parks then.
//
//go:noinline
func (e *Engine) standing() *Fiber {
	if e.unwinding {
		panic(unwind{})
	}
	return &e.hub
}

// handOff lets whose turn it is run in place of f and returns when it is f's.
// A fiber that ends leaves its own seat to whoever sits there, so f may come
// to when it is the turn of another.
//
// Behind a switch the processor mispredicts every return up to the frame
// that differs, so what calls this is shallow, and [Proc.announce] has it in
// place.
func (f *Fiber) handOff() {
	for to := f.e.turn(); to != f; to = f.e.turn() {
		f.swap(to)
	}
}

// swap parks f, runs to, and returns when somebody runs f.
func (f *Fiber) swap(to *Fiber) {
	if s := f.take(to); s.taken {
		s.next()
	} else {
		s.yield(struct{}{})
	}
	f.back()
}

// back is what a fiber does first when it is run again: what the hub wants
// of it, if the machine stands.
func (f *Fiber) back() {
	if f.e.end != EndNone {
		f.answer()
	}
}

func (f *Fiber) answer() {
	if f.e.unwinding && f != &f.e.hub {
		panic(unwind{})
	}
	if fn := f.query; fn != nil {
		f.query = nil
		fn()
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
	f.e.hub.swap(f)
}

// PanicError is a panic of simulated code, an internal error of the program.
type PanicError struct {
	Value any    // what was panicked with
	Stack []byte // where
}

// Error names the value.
func (p *PanicError) Error() string { return fmt.Sprintf("internal error: %v", p.Value) }
