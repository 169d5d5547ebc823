// Package sim is the discrete-event engine: virtual time, fibers, operations,
// the enabled set and the choosers, the running hash and replay tokens. It
// knows nothing of a kernel.
//
// # Model
//
// A machine is a set of processors ([Proc]) and device event sources
// ([Source]). A processor runs one [Fiber] at a time, a coroutine whose Go
// call stack is the stack of the code it simulates. Code announces each
// operation ([Op]: kind, object, access) with its cost, the engine gets the
// choice, and the code goes on when the operation may happen ([Proc.Global]
// has the loop). Only then, and before the next announcement, its effects
// happen: everything between two operations is atomic.
//
//	            announce                    picked
//	running  ------------->  waiting(due)  --------->  running
//	   |                         ^  | interrupt arrives, processor open
//	   | Park                    |  v
//	   +---------> parked -----> due lowered to the arrival
//	               Wake / interrupt
//
// # Time and order
//
// Every waiting processor and every queued device event has a due time. The
// timed chooser picks the earliest; ties go to devices first, then to the
// lower processor number. Picking moves the global time to at least the due
// time, so every interleaving is a timing and time never runs backwards.
//
// # Run-ahead
//
// Switching fibers is the engine's main cost, so a fiber runs on without a
// switch while nothing else can come first. The running processor is not in
// the enabled set: the set's root is the earliest of the others, and the
// horizon is that, the next device event or the end of the run, whichever
// comes first. A global operation may run when its key is below the horizon.
// A local operation touches only what its processor's own contexts touch: with
// interrupts closed nobody can observe when it happens and it may pass the
// horizon, up to the earliest device event if an unmaskable one is queued; with
// interrupts open it may pass only up to the earliest device event or the
// earliest other processor plus the shortest interrupt latency, since no
// arrival can precede those. The running hash is kept per processor
// and counts up to the processor's last global operation, so it is the same
// with run-ahead on and off (a test holds this over hundreds of seeds).
package sim
