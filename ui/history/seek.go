package history

import (
	"context"

	"lockstep/ui/snapshot"
)

// stride is how many steps a machine runs between two looks at the context.
const stride = 1 << 14

// Goto stands at a step, or at the end of the run with ErrEnd if that comes
// first. If the context ends it stands where it got to.
func (s *Session) Goto(ctx context.Context, step uint64, p Progress) error {
	if s.ended && step > s.last {
		if err := s.Goto(ctx, s.last, p); err != nil {
			return err
		}
		return ErrEnd
	}
	if s.win.at(step) != nil {
		s.pos = step
		return nil
	}
	if step > s.live.step {
		return s.forward(ctx, step, p)
	}
	return s.back(ctx, step, p)
}

// forward goes beyond the window's end.
func (s *Session) forward(ctx context.Context, step uint64, p Progress) error {
	if step > s.live.step+near {
		s.bench.fill(step) // the way back is prepared at the same time
	}
	err := s.driveNear(ctx, s.live, step, p)
	for err == nil && s.live.step < step && !s.live.over {
		s.live.runTo(s.live.step + 1)
		s.win.add(s.live.snapshot())
	}
	if s.live.over {
		if err := s.arrive(); s.live.step < step || s.live.err != nil {
			return err
		}
		return nil // the last step, in which the run ended
	}
	s.settle()
	return err
}

// arrive stands at the end of the run.
func (s *Session) arrive() error {
	s.stand()
	if s.live.err != nil {
		return s.live.err
	}
	return ErrEnd
}

// back goes before the window's beginning, or to a place in it for which
// there is no snapshot: another machine runs there, and takes snapshots of
// the last stretch.
func (s *Session) back(ctx context.Context, step uint64, p Progress) error {
	l := s.bench.take(step + 1 - min(step+1, s.win.width))
	if err := s.driveNear(ctx, l, step+1, p); err != nil {
		s.bench.park(l)
		return err
	}
	s.swap(l)
	s.win.clear()
	s.win.add(l.snapshot())
	for l.step < step && !l.over {
		l.runTo(l.step + 1)
		s.win.add(l.snapshot())
	}
	s.settle()
	return nil
}

// swap makes l the session's machine and parks the former.
func (s *Session) swap(l *Live) {
	s.bench.park(s.live)
	s.live = l
	l.log = &s.log
}

// driveNear runs a machine to where the window begins that ends with a step.
// If a snapshot costs more by then, the window begins later.
func (s *Session) driveNear(ctx context.Context, l *Live, step uint64, p Progress) error {
	err := s.drive(ctx, l, step-min(step, s.win.width), p)
	if err == nil && len(l.M.CPU.Locks()) > 2*s.sized+100 {
		s.size(l)
		err = s.drive(ctx, l, step-min(step, s.win.width), p)
	}
	return err
}

// drive runs a machine to a step, with looks at the context on the way.
func (s *Session) drive(ctx context.Context, l *Live, step uint64, p Progress) error {
	for l.step < step && !l.over {
		l.runTo(min(step, l.step+stride))
		if p != nil && step > l.step {
			p(l.step)
		}
		if err := ctx.Err(); err != nil && l.step < step {
			return err
		}
	}
	return nil
}

// settle stands where the machine does and prepares the way back.
func (s *Session) settle() {
	s.stand()
	s.bench.fill(s.pos)
}

// stand stands where the machine does. That the run ends there may be news:
// what ends it need not be a step, and then the state has been seen before.
func (s *Session) stand() {
	s.pos = s.live.step
	if s.ended && s.pos == s.last {
		s.live.runTo(s.pos + 1) // which is no step: the machine learns what the session knows
	}
	if s.live.over {
		s.ended, s.last = true, s.pos
	}
	if at := s.win.at(s.pos); at == nil || s.live.over && at.End == "" {
		s.win.add(s.live.snapshot())
	}
}

// standHere makes the machine stand at the present step, which may lie before
// it in the window.
func (s *Session) standHere(ctx context.Context) error {
	if s.live.step == s.pos {
		return nil
	}
	l := s.bench.take(s.pos)
	if err := s.drive(ctx, l, s.pos, nil); err != nil {
		s.bench.park(l)
		return err
	}
	s.swap(l)
	s.win.cut(s.pos)
	return nil
}

// At returns the state at the present step.
func (s *Session) At() *snapshot.Snapshot { return s.explained(s.win.at(s.pos)) }
