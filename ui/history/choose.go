package history

import (
	"context"
	"fmt"
	"io"

	"lockstep/sim"
)

// Choose performs a pick made by hand at the present step in place of the
// chooser's; what was behind it is forgotten. A pick that is not possible is
// an error and changes nothing.
func (s *Session) Choose(ctx context.Context, pick sim.Pick) error {
	pick.Steps = 0
	if s.ended && s.pos == s.last {
		return ErrEnd
	}
	if err := s.standHere(ctx); err != nil {
		return err
	}
	e := s.live.M.CPU.E
	if pick.Device > 0 && !e.HasEvent(pick.Device) {
		return fmt.Errorf("source %d has no event queued", pick.Device)
	}
	if pick.Device == 0 && !e.Enabled(pick.Proc) {
		return fmt.Errorf("CPU%d cannot go on by itself", pick.Proc)
	}
	s.branch(s.pos)
	if proc, src := e.NextPick(); src == nil && pick.Device == 0 && pick.Proc == proc || src != nil && pick.Device == src.ID() {
		pick = sim.Pick{} // it comes next anyway
	} else {
		s.choices = append(s.choices[:len(s.choices):len(s.choices)], sim.Steer{At: s.pos, Pick: pick})
	}
	s.steer(s.live)
	s.live.runTo(s.pos + 1)
	if s.live.step == s.pos { // there is no next step: the run is at its limit
		s.branch(s.pos)
		return s.arrive()
	}
	if n := len(s.choices); n > 0 && s.choices[n-1].At == s.pos {
		s.log.at(s.pos + 1).Flags |= Chosen
	}
	s.win.add(s.live.snapshot())
	s.settle()
	return s.live.err
}

// Undo takes the latest choice back and stands where it was made, if that is
// not ahead.
func (s *Session) Undo(ctx context.Context) error {
	n := len(s.choices)
	if n == 0 {
		return fmt.Errorf("no choice to undo")
	}
	at := s.choices[n-1].At
	if at < s.pos {
		if err := s.Goto(ctx, at, nil); err != nil {
			return err
		}
	}
	if s.live.step > at { // it has made the choice, wherever the session stands
		if err := s.standHere(ctx); err != nil {
			return err
		}
	}
	s.choices = s.choices[: n-1 : n-1]
	s.cutFuture(at)
	s.steer(s.live)
	if s.live.over { // it had come to the choice: now perhaps it goes on
		s.ended = false
		return s.back(context.WithoutCancel(ctx), s.pos, nil)
	}
	return nil
}

// steer tells a machine of the choices that it has before it. Whoever takes a
// machine from the bench does, since they may have changed meanwhile.
func (s *Session) steer(l *Live) { l.M.CPU.E.Steer(s.choices) }

// branch forgets the choices and the future behind a step.
func (s *Session) branch(step uint64) {
	n := len(s.choices)
	for n > 0 && s.choices[n-1].At >= step {
		n--
	}
	s.choices = s.choices[:n:n]
	s.cutFuture(step)
}

// cutFuture forgets what is known behind a step, at which the session's
// machine stands.
func (s *Session) cutFuture(step uint64) {
	s.bench.cut(step)
	s.log.cut(step)
	s.win.cut(step)
	if s.ended && s.last > step {
		s.ended = false
	}
	if s.look != nil && s.look.step > step {
		s.look.close()
		s.look = nil
	}
}

// Token returns the replay token of the run with the choices made so far; the
// rest is the chooser's.
func (s *Session) Token() sim.Token {
	opt := s.opt
	opt.Steer = s.choices
	return s.prog.Token(opt)
}

// Save runs on to the end, elsewhere, and writes the token's file form: with
// what the run came to. If the context ends first, nothing is written.
func (s *Session) Save(ctx context.Context, w io.Writer) error {
	l := s.bench.make()
	defer l.close()
	if err := s.drive(ctx, l, ^uint64(0), nil); err != nil {
		return err
	}
	if l.err != nil {
		return l.err
	}
	r := l.M.Result()
	t := s.Token()
	t.Hash, t.Steps = r.Hash, r.Steps
	return t.Write(w)
}
