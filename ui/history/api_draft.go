package history

import (
	"context"
	"io"

	"lockstep/configs"
	"lockstep/sim"
	"lockstep/ui/snapshot"
)

// DRAFT: bodies come; the signatures are fixed.

type Session struct{}
type Live struct{ M *configs.Machine }

// Progress is told now and then how far a long walk has come.
type Progress func(step uint64)

// Direction of a search.
type Direction int

const (
	Forward  Direction = 1
	Backward Direction = -1
)

// Errors of a walk: it stopped at the end it ran into.
var (
	ErrStart error // "start of history"
	ErrEnd   error // "end of history: deadlock" (the verdict)
)

// Open starts a session at step 0. choices are hand-made picks to begin with.
func Open(p *configs.Program, opt configs.Options, choices []sim.Steer) (*Session, error) {
	panic("draft")
}
func (s *Session) Close()                                                  { panic("draft") }
func (s *Session) At() *snapshot.Snapshot                                  { panic("draft") }
func (s *Session) Before() *snapshot.Snapshot                              { panic("draft") } // one step earlier, nil at 0
func (s *Session) Step() uint64                                            { panic("draft") }
func (s *Session) Start() uint64                                           { panic("draft") } // the start line
func (s *Session) Last() (step uint64, known bool)                         { panic("draft") } // the run's last step
func (s *Session) Goto(ctx context.Context, step uint64, p Progress) error { panic("draft") }
func (s *Session) Find(ctx context.Context, d Direction, stop func() Stop, p Progress) error {
	panic("draft") // ends at the first hit, or with ErrStart/ErrEnd at that end, or ctx's error where it got to
}
func (s *Session) Choose(ctx context.Context, pick sim.Pick) error { panic("draft") } // performs it; error if not enabled
func (s *Session) Undo(ctx context.Context) error                  { panic("draft") } // takes the latest choice back and stands where it was made
func (s *Session) Choices() []sim.Steer                            { panic("draft") }
func (s *Session) Events() uint64                                  { panic("draft") } // steps known so far on this branch
func (s *Session) Event(step uint64) Event                         { panic("draft") } // what step performed; 1..Events()
func (s *Session) ObjName(id sim.ObjID) string                     { panic("draft") }
func (s *Session) TaskName(id int) string                          { panic("draft") } // comm/pid
func (s *Session) SourceName(id int) string                        { panic("draft") } // of a device event source
func (s *Session) Token() sim.Token                                { panic("draft") } // String() is the short form, with the choices
func (s *Session) Save(ctx context.Context, w io.Writer) error     { panic("draft") } // runs on to the end and writes the file form
func (s *Session) Scenario() *configs.Scenario                     { panic("draft") }

// Stops for Find. cpu is a processor's number.

func OnCPU(cpu int) Stop                       { panic("draft") } // the CPU moved
func Over(s *Session, cpu int) Stop            { panic("draft") } // cpu's task is in the same kernel function or further out, at another line
func Out(s *Session, cpu int) Stop             { panic("draft") } // cpu's task has left (backwards: not yet entered) the present function
func OnLock(name string) Stop                  { panic("draft") } // a lock (any if "") was taken, released or queued for
func OnSwitch() Stop                           { panic("draft") } // a context switch
func OnInterrupt() Stop                        { panic("draft") } // an interrupt was taken
func OnConsole() Stop                          { panic("draft") } // a line reached the kernel log
func OnFinding() Stop                          { panic("draft") }
func OnFunc(kernel string) Stop                { panic("draft") } // a CPU came into the kernel function
func OnLine(source string, line int) Stop      { panic("draft") } // a CPU came to the line of a source or task body
func OnTask(id int) Stop                       { panic("draft") } // the task ran
func OnKind(name string) (Stop, error)         { panic("draft") } // an operation of the kind, by cpu.KindName, or "device"
func OnField(name string) (func() Stop, error) { panic("draft") } // the value of a shared variable or kernel field (by object name) changed
func OnExpr(src string) (func() Stop, error)   { panic("draft") } // a Starlark condition over cpu, task, func, kind, object, step, time_ns, value("x"), held("lock")
func Any(stops ...Stop) Stop                   { panic("draft") }
