package model

import (
	"context"
	"io"

	"lockstep/sim"
	"lockstep/ui/history"
	"lockstep/ui/panes"
	"lockstep/ui/snapshot"
)

// Session is a run that one can walk through; [Of] makes one of a
// [history.Session].
type Session interface {
	panes.Log
	// At is the state at the step where the session stands.
	At() *snapshot.Snapshot
	// Before is the state one step earlier, nil at step 0.
	Before() *snapshot.Snapshot
	// Step is where the session stands.
	Step() uint64
	// Start is the step of the start line.
	Start() uint64
	// Last is the run's last step if it is known.
	Last() (step uint64, known bool)
	// Goto walks to a step.
	Goto(ctx context.Context, step uint64, p history.Progress) error
	// Find walks to the first moment at which a stop says so.
	Find(ctx context.Context, d history.Direction, stop func() history.Stop, p history.Progress) error
	// Choose performs a step picked by hand.
	Choose(ctx context.Context, pick sim.Pick) error
	// Undo takes the latest choice back and stands where it was made.
	Undo(ctx context.Context) error
	// Choices are the picks made by hand.
	Choices() []sim.Steer
	// Token repeats the run.
	Token() sim.Token
	// Save writes the file form of the token.
	Save(ctx context.Context, w io.Writer) error
	// Stop makes what ends a search at a place; the error says what is wrong
	// with the place.
	Stop(w Where) (func() history.Stop, error)
}

// Of is a history's session as the model wants it.
func Of(s *history.Session) Session { return bound{s} }

type bound struct{ *history.Session }

// Stop implements [Session].
func (b bound) Stop(w Where) (func() history.Stop, error) {
	switch w.Kind {
	case AtExpr:
		return history.OnExpr(w.Name)
	case AtField:
		return history.OnField(b.Session, w.Name)
	case AtKind:
		if _, err := history.OnKind(w.Name); err != nil {
			return nil, err
		}
	}
	return func() history.Stop { return b.make(w) }, nil
}

// make makes a fresh stop of the kinds that need no check.
func (b bound) make(w Where) history.Stop {
	switch w.Kind {
	case AtCPU:
		return history.OnCPU(w.CPU)
	case AtOver:
		return history.Over(b.Session, w.CPU)
	case AtOut:
		return history.Out(b.Session, w.CPU)
	case AtLock:
		return history.OnLock(w.Name)
	case AtSwitch:
		return history.OnSwitch()
	case AtInterrupt:
		return history.OnInterrupt()
	case AtReader:
		return history.OnReader()
	case AtConsole:
		return history.OnConsole()
	case AtFinding:
		return history.OnFinding()
	case AtLine:
		return history.OnLine(w.Name, w.Line)
	case AtTask:
		return history.OnTask(w.Task)
	case AtKind:
		stop, _ := history.OnKind(w.Name) // checked by Stop
		return stop
	}
	return history.OnFunc(w.Name)
}
