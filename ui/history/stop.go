package history

// Moment is the state behind one step, while a search passes over it.
type Moment struct {
	Step    uint64   // the step that was just performed
	Event   Event    // what it did
	Live    *Live    // the machine, standing behind it
	Session *Session // that searches
}

// Stop decides whether a search ends at a moment. A search goes through the
// history in stretches; in each it asks a fresh Stop, at Begin with the
// machine standing before the first moment, then for each moment in order.
type Stop interface {
	// Begin is told where a stretch begins.
	Begin(l *Live)
	// At says whether to stop.
	At(m *Moment) bool
}

// eventStop is a Stop that looks at nothing but the event and its step, so
// that what is in the list already need not be run again.
type eventStop struct {
	match func(s *Session, step uint64, ev *Event) bool
}

// Begin implements [Stop].
func (e eventStop) Begin(*Live) {}

// At implements [Stop].
func (e eventStop) At(m *Moment) bool { return e.match(m.Session, m.Step, &m.Event) }

// Any stops where one of the given does.
func Any(stops ...Stop) Stop {
	events := true
	for _, s := range stops {
		if _, ok := s.(eventStop); !ok {
			events = false
		}
	}
	if !events {
		return anyStop(stops)
	}
	return eventStop{func(s *Session, step uint64, ev *Event) bool {
		for _, stop := range stops {
			if stop.(eventStop).match(s, step, ev) {
				return true
			}
		}
		return false
	}}
}

type anyStop []Stop

func (a anyStop) Begin(l *Live) {
	for _, s := range a {
		s.Begin(l)
	}
}

func (a anyStop) At(m *Moment) bool {
	hit := false
	for _, s := range a { // all of them: those with a memory have to see each moment
		hit = s.At(m) || hit
	}
	return hit
}
