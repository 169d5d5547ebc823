package history

import (
	"context"
	"errors"
)

// Direction of a search.
type Direction int

// Directions.
const (
	Forward  Direction = 1
	Backward Direction = -1
)

// Find goes to the nearest step in a direction at which a Stop, made anew for
// each stretch, stops. If there is none it stands at that end of the history
// and returns ErrEnd or ErrStart. If the context ends it stands where it got
// to, forwards, and where it was, backwards.
func (s *Session) Find(ctx context.Context, d Direction, stop func() Stop, p Progress) error {
	if d == Backward {
		return s.findBack(ctx, stop, p)
	}
	if ev, ok := stop().(eventStop); ok {
		for n := s.pos + 1; n <= s.log.n; n++ {
			if ev.match(s, n, s.log.at(n)) {
				return s.Goto(ctx, n, p)
			}
		}
		if s.log.n > s.pos {
			if err := s.Goto(ctx, s.log.n, p); err != nil {
				return err
			}
		}
	}
	return s.findAhead(ctx, stop(), p)
}

// findAhead runs the machine on until the Stop stops. Near steps are taken
// snapshots of on the way; when the way was long those before its end are made
// up for afterwards.
func (s *Session) findAhead(ctx context.Context, stop Stop, p Progress) error {
	if err := s.standHere(ctx); err != nil {
		return err
	}
	l, from := s.live, s.pos
	stop.Begin(l)
	for {
		before := l.step
		l.runTo(before + 1)
		if l.step > before {
			if l.step-from <= s.win.width {
				s.win.add(l.snapshot())
			}
			if stop.At(&Moment{l.step, l.last(), l, s}) {
				break
			}
		}
		if l.over {
			return errors.Join(s.closeUp(ctx, from), s.arrive())
		}
		if l.step%stride == 0 {
			if p != nil {
				p(l.step)
			}
			s.bench.fill(l.step)
			if err := ctx.Err(); err != nil {
				return errors.Join(s.closeUp(context.WithoutCancel(ctx), from), err)
			}
		}
	}
	return s.closeUp(ctx, from)
}

// closeUp stands where a search got to, with the steps before it at hand.
func (s *Session) closeUp(ctx context.Context, from uint64) error {
	to := s.live.step
	if to-from > s.win.width {
		if s.live.over {
			s.ended, s.last = true, to
		}
		err := s.back(ctx, to, nil)
		if err != nil {
			s.settle() // without them
		}
		return err
	}
	s.settle()
	return nil
}

// findBack looks at ever longer stretches before the present step for the
// last moment in them at which the Stop stops.
func (s *Session) findBack(ctx context.Context, stop func() Stop, p Progress) error {
	if ev, ok := stop().(eventStop); ok {
		for n := s.pos - min(s.pos, 1); n > 0; n-- {
			if ev.match(s, n, s.log.at(n)) {
				return s.Goto(ctx, n, p)
			}
		}
		return s.toStart(ctx, p)
	}
	end := s.pos // the stretch is up to and without it
	for length := s.win.width; end > 1; length *= 2 {
		begin := end - min(end, length)
		hit, err := s.lastIn(ctx, begin, end, stop(), p)
		if err != nil {
			return err
		}
		if hit > 0 {
			return s.Goto(ctx, hit, p)
		}
		end = begin + 1
	}
	return s.toStart(ctx, p)
}

// lastIn runs a machine from begin to before end and returns the last step at
// which the Stop stops, 0 if there is none.
func (s *Session) lastIn(ctx context.Context, begin, end uint64, stop Stop, p Progress) (uint64, error) {
	l := s.bench.take(begin)
	defer s.bench.park(l)
	if err := s.drive(ctx, l, begin, p); err != nil {
		return 0, err
	}
	hit := uint64(0)
	stop.Begin(l)
	for l.step+1 < end && !l.over {
		l.runTo(l.step + 1)
		if stop.At(&Moment{l.step, *s.log.at(l.step), l, s}) {
			hit = l.step
		}
		if l.step%stride == 0 {
			if p != nil {
				p(l.step)
			}
			if err := ctx.Err(); err != nil {
				return 0, err
			}
		}
	}
	return hit, nil
}

func (s *Session) toStart(ctx context.Context, p Progress) error {
	if err := s.Goto(ctx, 0, p); err != nil {
		return err
	}
	return ErrStart
}
