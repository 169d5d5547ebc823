package model

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"lockstep/cpu"
	"lockstep/ui/history"
	"lockstep/ui/text"
)

// walk moves the session, with progress on the screen, and afterwards says
// what happened. stay keeps the chosen processor; otherwise it becomes who
// moved last. hit is what stopped it, if it was a break point.
func (m *Model) walk(stay bool, move func(ctx context.Context, p history.Progress) error, hit func() string) {
	from, seen := m.s.Step(), m.total()
	err := m.run(move)
	if m.s.Step() != from {
		m.came = from
	}
	m.look()
	what := ""
	if hit != nil {
		what = hit()
	}
	if !stay || what != "" {
		m.chooseMover()
	}
	m.reveal()
	m.place() // before it is asked what is in sight
	m.tell(from, seen, what, err)
}

// run does what takes long, so that it can be interrupted.
func (m *Model) run(work func(ctx context.Context, p history.Progress) error) error {
	ctx, cancel := context.WithCancel(context.Background())
	m.mu.Lock()
	m.cancel = cancel
	m.mu.Unlock()
	defer func() {
		m.mu.Lock()
		m.cancel = nil
		m.mu.Unlock()
		cancel()
	}()
	return work(ctx, m.progress)
}

// progress shows how far a walk is: the latest frame with another message. The
// views are not drawn anew, for the session is between two states.
func (m *Model) progress(step uint64) {
	if m.show == nil || m.drawn == nil {
		return
	}
	f := *m.drawn
	f.Panes = append([]text.Pane(nil), f.Panes...)
	f.CursorX, f.CursorY = -1, -1
	what, stop := "step ", " stops here"
	if step < m.s.Step() { // until there is something to show, one stays
		what, stop = "on the way back, at step ", " gives up"
	}
	line := text.L(what).Add(text.Strong, fmt.Sprint(step)).Add(text.Plain, m.dots()+" ").
		Add(text.Key, "Esc").Add(text.Plain, stop)
	for i := range f.Panes {
		if f.Panes[i].Name == paneMessage {
			f.Panes[i].Lines = []text.Line{cut(line, f.W, m.opt.ASCII)}
		}
	}
	m.show(&f)
}

// chooseMover makes the processor that moved in the latest step the chosen one.
func (m *Model) chooseMover() {
	step := m.s.Step()
	if step == 0 || step > m.s.Events() {
		return
	}
	if e := m.s.Event(step); e.CPU >= 0 && e.Source == 0 {
		m.frame = 0
		m.cpu = min(int(e.CPU), max(len(m.now.CPUs)-1, 0))
	}
}

// step performs the next step, or takes the latest back.
func (m *Model) step(d history.Direction) {
	m.walk(false, func(ctx context.Context, p history.Progress) error {
		to := m.s.Step() + 1
		if d == history.Backward {
			to -= 2
		}
		return m.s.Goto(ctx, to, p)
	}, nil)
}

// seek goes to a step.
func (m *Model) seek(step uint64) {
	m.walk(false, func(ctx context.Context, p history.Progress) error { return m.s.Goto(ctx, step, p) }, nil)
}

// find searches for a place, and stops at break points on the way.
func (m *Model) find(d history.Direction, stay bool, places ...Where) error {
	for _, b := range m.stops {
		if !b.off {
			places = append(places, b.where)
		}
	}
	h := hits{at: map[uint64]Where{}}
	makes := make([]func() history.Stop, len(places))
	for i, w := range places {
		f, err := m.s.Stop(w)
		if err != nil {
			return fmt.Errorf("%s: %w", w, err)
		}
		makes[i] = h.noting(w, f)
	}
	stop := func() history.Stop {
		all := make([]history.Stop, len(makes))
		for i, f := range makes {
			all[i] = f()
		}
		return history.Any(all...)
	}
	m.sought = sought(places[0], d)
	m.walk(stay, func(ctx context.Context, p history.Progress) error {
		return m.findOrStart(ctx, d, stop, p)
	}, func() string { return m.hit(&h) })
	m.sought = ""
	return nil
}

// findOrStart searches, and a search backwards that found nothing ends at the
// start line, if it came from behind that: few want to see the boot. From there
// it goes on to the start of history.
func (m *Model) findOrStart(ctx context.Context, d history.Direction, stop func() history.Stop, p history.Progress) error {
	from, start := m.s.Step(), m.s.Start()
	err := m.s.Find(ctx, d, stop, p)
	if errors.Is(err, history.ErrStart) && from > start {
		if e := m.s.Goto(ctx, start, p); e != nil {
			return e
		}
	}
	return err
}

// hit names the break point at which a search ended, empty if it was none.
func (m *Model) hit(h *hits) string {
	step := m.s.Step()
	if step == 0 || step > m.s.Events() {
		return ""
	}
	e := m.s.Event(step)
	for _, b := range m.stops {
		switch {
		case b.off:
		case m.happenedAt(b.where, e), h.at[step] == b.where:
			return b.where.String()
		}
	}
	return ""
}

// ofEvent are the kinds of places that an event alone tells of.
var ofEvent = []Kind{AtCPU, AtLock, AtSwitch, AtInterrupt, AtConsole, AtFinding, AtTask, AtKind}

// happenedAt reports whether an event was at a place, as far as events tell.
func (m *Model) happenedAt(w Where, e history.Event) bool {
	switch w.Kind {
	case AtLock:
		switch e.Kind {
		case cpu.KindLock, cpu.KindAcquired, cpu.KindUnlock, cpu.KindTrylock:
			return m.s.ObjName(e.Obj) == w.Name
		}
	case AtTask:
		return int(e.Task) == w.Task
	case AtKind:
		return e.Source == 0 && kindName(e.Kind) == w.Name || e.Source != 0 && w.Name == deviceEvent
	}
	return false
}

// hits remembers which break point was met where, for those of which the event
// does not tell. A search backwards goes through each stretch forwards, so
// what counts is only known by the step where it ends.
type hits struct{ at map[uint64]Where }

// noting makes a stop note where it stops. Those that look at events alone
// stay as they are, for a search is quick if it has only such.
func (h *hits) noting(w Where, f func() history.Stop) func() history.Stop {
	if slices.Contains(ofEvent, w.Kind) {
		return f
	}
	return func() history.Stop { return &noted{f(), w, h} }
}

type noted struct {
	history.Stop
	where Where
	hits  *hits
}

// At implements [history.Stop].
func (n *noted) At(m *history.Moment) bool {
	if !n.Stop.At(m) {
		return false
	}
	n.hits.at[m.Step] = n.where
	return true
}

// interrupted reports whether a walk ended because it was told to.
func interrupted(err error) bool { return errors.Is(err, context.Canceled) }

// atEnd reports whether a walk ran into an end of the history.
func atEnd(err error) bool {
	return errors.Is(err, history.ErrEnd) || errors.Is(err, history.ErrStart)
}
