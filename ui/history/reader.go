package history

import "lockstep/rcu"

// readerStop stops when a task's part in RCU has changed: its outermost reader
// began or ended, it was preempted in it, or a grace period asked it for a
// quiescent state. Nested readers change nothing.
type readerStop struct{ was map[int]rcu.ReaderView }

// OnReader returns a Stop at changes of a reader of rcu_preempt. An interrupt
// that asks a reader for a quiescent state only sets its flag, which is no
// operation: no break point in its handler would see it.
func OnReader() Stop { return &readerStop{} }

// Begin implements [Stop].
func (r *readerStop) Begin(l *Live) {
	r.was = map[int]rcu.ReaderView{}
	for _, x := range l.M.CPU.Execs() {
		r.was[x.ID] = outermost(l.M.RCU.Reader(x))
	}
}

// At implements [Stop].
func (r *readerStop) At(m *Moment) bool {
	hit := false
	for _, x := range m.moved() {
		now := outermost(m.Live.M.RCU.Reader(x))
		hit = hit || now != r.was[x.ID]
		r.was[x.ID] = now
	}
	return hit
}

// outermost is a view of a reader that does not tell how deep it is.
func outermost(v rcu.ReaderView) rcu.ReaderView {
	v.Nesting = min(v.Nesting, 1)
	if v.Closing {
		v.Nesting = 0 // what interrupts have nested on top
	}
	return v
}
