package sim

import (
	"slices"
)

// Steer is a pick made by hand in place of the chooser's: when At choices
// have been made, Pick is the next.
type Steer struct {
	At   uint64 // choices made before it
	Pick Pick   // its Steps are ignored
}

// Picks returns how many choices have been made: processors picked and device
// events delivered. It is meaningful without run-ahead only, where each
// operation is a choice.
func (e *Engine) Picks() uint64 { return e.picks }

// setMark works out before which choice the engine has to stop to think.
func (e *Engine) setMark() {
	e.mark = e.stopAt
	if len(e.steer) > 0 {
		e.mark = min(e.mark, e.steer[0].At)
	}
	if e.cfg.Chooser != nil {
		e.mark = 0 // each
	}
}

// Steer replaces the picks by hand that a standing machine still has before
// it; those of steps behind it are left out. Any other chooser ends here.
func (e *Engine) Steer(picks []Steer) {
	for len(picks) > 0 && picks[0].At < e.picks {
		picks = picks[1:]
	}
	e.steer = picks
	if len(picks) > 0 {
		e.late, e.cfg.NoRunAhead = true, true
	}
	e.cfg.Chooser = nil
}

// Unsteered returns the next of the picks by hand that have not been made;
// ok is false if there is none.
func (e *Engine) Unsteered() (next Steer, ok bool) {
	if len(e.steer) == 0 {
		return Steer{}, false
	}
	return e.steer[0], true
}

// OnPick calls fn for every choice, before what was picked happens: a
// processor, or the source of a device event. Like tracing it never changes a
// run.
func (e *Engine) OnPick(fn func(*Proc, *Source)) {
	e.picked = fn
	e.setBound()
}

// NextPick returns what comes next if nobody steers: the earliest due. proc is
// -1 if that is a device event, src is nil if it is a processor; both are if
// nothing can happen.
func (e *Engine) NextPick() (proc int, src *Source) {
	k, due := e.tree.root, e.queue.due()
	switch {
	case due <= timeOf(k) && due < Forever:
		return -1, e.queue.heap[0].src
	case k == never:
		return -1, nil
	}
	return procOf(k), nil
}

// KeepDeviations makes the engine note where a chooser's picks are not what
// comes next if nobody steers; see [Engine.Deviations].
func (e *Engine) KeepDeviations() { e.deviations = []Steer{} }

// Deviations are the picks by which the timed or random chooser with the same
// seed would have to be steered to make the same run.
func (e *Engine) Deviations() []Steer { return e.deviations }

func (e *Engine) deviates(pick Pick) {
	proc, src := e.NextPick()
	if src == nil && pick.Device == 0 && pick.Proc == proc || src != nil && pick.Device == src.ID() {
		return
	}
	e.deviations = append(e.deviations, Steer{At: e.picks, Pick: pick})
}

// QueuedEvent is a device event that has not happened.
type QueuedEvent struct {
	Source *Source // whose it is
	Due    Time    // when it is due
	Arg    uint64  // what fire will be called with
}

// Queued lists the queued device events, the earliest first.
func (e *Engine) Queued() []QueuedEvent {
	var evs []event
	for _, ev := range e.queue.heap {
		if ev.gen == ev.src.gen {
			evs = append(evs, ev)
		}
	}
	slices.SortFunc(evs, func(a, b event) int {
		if a.before(&b) {
			return -1
		}
		return 1
	})
	out := make([]QueuedEvent, len(evs))
	for i, ev := range evs {
		out[i] = QueuedEvent{ev.src, ev.due, ev.arg}
	}
	return out
}

// HasEvent reports whether a source has an event queued.
func (e *Engine) HasEvent(source int) bool { return e.queue.find(source) >= 0 }
