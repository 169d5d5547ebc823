package lockdep

// Site is the position of an acquisition, a number whose meaning the Tracer
// knows; 0 means not captured.
type Site int32

// Stack is a captured call stack, a number whose meaning the Tracer knows; 0
// means not captured.
type Stack int32

// Frame is one line of a call stack as the kernel prints it.
type Frame struct {
	Addr uint64 // text address
	Sym  string // "function+0xoffset/0xlength"
}

// Tracer lends the validator positions of the event being processed. Here and
// CPU are called for every acquisition and report; Capture, which may be slow,
// only when an edge or a usage bit is stored or a report is made
// (docs/kernel/lockdep.md §1.1: one stack per usage bit and per edge).
type Tracer interface {
	// Here returns the position of the current event.
	Here() Site
	// Capture returns the call stack of the current event.
	Capture() Stack
	// Site resolves a position that Here returned.
	Site(Site) Frame
	// Frames resolves a stack that Capture returned, innermost frame first.
	Frames(Stack) []Frame
	// CPU returns the number of the processor the current event runs on.
	CPU() int
}

// here returns the position of the current event, 0 without a tracer.
func (v *Validator) here() Site {
	if v.tr == nil {
		return 0
	}
	return v.tr.Here()
}

// capture returns the call stack of the current event, 0 without a tracer.
//
//kernel:fn save_trace kernel/locking/lockdep.c
func (v *Validator) capture() Stack {
	if v.tr == nil {
		return 0
	}
	v.captured++
	return v.tr.Capture()
}
