package history

// Moment is the state behind one step, while a search passes over it.
type Moment struct {
	Step  uint64 // the step that was just performed
	Event Event
	Live  *Live // the machine, standing
}

// Stop decides whether a search ends at a moment. A search calls it for steps
// in their order, in whatever direction it goes, with a fresh Stop for each
// stretch; the first moment of a stretch is passed with First set so that a
// Stop that compares neighbours can begin.
type Stop interface {
	At(m *Moment) bool
}

// StopFunc makes a Stop of a function without memory.
type StopFunc func(m *Moment) bool

// At implements [Stop].
func (f StopFunc) At(m *Moment) bool { return f(m) }
