package sim

// A Seat is the place in a coroutine of iter.Pull where one stack can be
// parked. Both of its calls, Next and Yield, do the same: who runs sits down
// and who sat there runs. They have to be called in turn.
//
// A coroutine is meant to be resumed by a call and to give back to its
// caller, which costs two switches by way of a hub for each change of fiber.
// But a coroutine of the runtime is no more than one seat, and resuming and
// giving back both exchange its sitter for the caller. So a fiber goes
// straight to any other one by taking its seat, whosever seat that is: n
// fibers and the hub have n seats, and one of them runs.
type Seat struct {
	Next  func() (struct{}, bool) // sits down in a seat that is not Taken
	Yield func(struct{}) bool     // sits down in one that is
	Taken bool                    // Next has been called, Yield is due
}

// Sit parks who calls it and runs who sat there; it returns when somebody
// takes the seat in turn. See [Proc.Global] for where it is written out.
func (s *Seat) Sit() {
	if s.Taken {
		s.Taken = false
		s.Yield(struct{}{})
	} else {
		s.Taken = true
		s.Next()
	}
}

// seat is where it is written down in which seat f sits. Whoever resumes it
// finds it there at once: with the processor that f is bound to.
func (f *Fiber) seat() **Seat {
	if f.on != nil {
		return &f.on.in
	}
	return &f.in
}

// take gives f, which sits down in it next, the seat of the parked fiber to.
func (f *Fiber) take(to *Fiber) *Seat {
	s := *to.seat()
	*f.seat() = s
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
func (e *Engine) standing() *Fiber {
	if e.unwinding {
		panic(unwind{})
	}
	return &e.hub
}

// handOff lets whose turn it is run in place of f and returns when it is f's.
// A fiber that ends leaves its own seat to whoever sits there, so f may come
// to when it is the turn of another.
func (f *Fiber) handOff() {
	for to := f.e.turn(); to != f; to = f.e.turn() {
		f.swap(to)
	}
}

// swap parks f, runs to, and returns when somebody runs f.
func (f *Fiber) swap(to *Fiber) {
	f.take(to).Sit()
	f.back()
}

// back is what a fiber does first when it is run again: what the hub wants
// of it, if the machine stands.
func (f *Fiber) back() {
	if f.e.end == EndNone {
		return
	}
	if f.e.unwinding && f != &f.e.hub {
		panic(unwind{})
	}
	if fn := f.query; fn != nil {
		f.query = nil
		fn()
	}
}
