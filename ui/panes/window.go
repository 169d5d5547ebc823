package panes

import (
	"slices"

	"lockstep/cpu"
	"lockstep/sim"
	"lockstep/ui/history"
	"lockstep/ui/snapshot"
)

// windowSteps is how many of the latest steps the space-time diagram shows.
const windowSteps = 256

// doing is what a processor does while others move.
type doing uint8

const (
	unknown doing = iota // it runs, or nothing is known of it
	idle                 // it is halted
	spin                 // it waits for a lock
)

// moment is a processor at one step of the window.
type moment struct {
	held   []sim.ObjID // at the end of the step, in order
	before []sim.ObjID // at its beginning
	does   doing
}

// window is the latest steps, with what each processor held at each of them.
// The log has no locks in it, only operations; but who holds what now is
// known, and going back from here every operation says what was before.
type window struct {
	first  uint64 // step of the first event
	events []history.Event
	cpus   [][]moment // by step, by processor
}

func newWindow(c *Context) *window {
	last := min(c.now().Step, c.events())
	w := &window{first: 1}
	if last > windowSteps {
		w.first = last - windowSteps + 1
	}
	for s := w.first; s <= last; s++ {
		w.events = append(w.events, c.Log.Event(s))
	}
	w.holders(c)
	w.doings(c)
	return w
}

// holders goes backwards from what is held now.
func (w *window) holders(c *Context) {
	held := make([][]sim.ObjID, len(c.now().CPUs))
	for i := range held {
		for _, k := range c.now().CPUs[i].Held {
			if l := c.lock(k); l != nil && l.Obj != 0 {
				held[i] = append(held[i], l.Obj)
			}
		}
	}
	w.cpus = make([][]moment, len(w.events))
	for i := len(w.events) - 1; i >= 0; i-- {
		e := &w.events[i]
		row := make([]moment, len(held))
		for n := range held {
			row[n].held = held[n]
		}
		if n := int(e.CPU); e.Source == 0 && n >= 0 && n < len(held) {
			held[n] = without(held[n], e)
		}
		for n := range held {
			row[n].before = held[n]
		}
		w.cpus[i] = row
	}
}

// without is what a processor held before an event, given what it holds after.
func without(held []sim.ObjID, e *history.Event) []sim.ObjID {
	if e.Flags&history.Took != 0 {
		return held
	}
	at := slices.Index(held, e.Obj)
	switch e.Kind {
	case cpu.KindLock, cpu.KindTrylock, cpu.KindAcquired:
		if at >= 0 {
			return slices.Delete(slices.Clone(held), at, at+1)
		}
	case cpu.KindUnlock:
		if at < 0 && e.Obj != 0 {
			return append(slices.Clip(held), e.Obj)
		}
	}
	return held
}

// doings goes forwards: a processor is idle behind its halt, and spins behind
// a lock operation that did not get the lock, until it moves again.
func (w *window) doings(c *Context) {
	does := make([]doing, len(c.now().CPUs))
	known := make([]bool, len(does))
	for i := range w.events {
		e := &w.events[i]
		n := int(e.CPU)
		if e.Source == 0 && n >= 0 && n < len(does) {
			if !known[n] && e.Kind == cpu.KindAcquired {
				for k := range i {
					w.cpus[k][n].does = spin
				}
			}
			does[n], known[n] = after(e, w.cpus[i][n].held), true
		}
		for n := range does {
			w.cpus[i][n].does = does[n]
		}
	}
	for n := range does { // who never moved is what it is now
		p := &c.now().CPUs[n]
		for i := range w.events {
			if !known[n] {
				w.cpus[i][n].does = doingNow(p)
			}
		}
	}
}

// after is what a processor does behind its own step.
func after(e *history.Event, held []sim.ObjID) doing {
	switch {
	case e.Flags&history.Took != 0:
		return unknown
	case e.Kind == cpu.KindIdle:
		return idle
	case e.Kind == cpu.KindLock && !slices.Contains(held, e.Obj):
		return spin
	}
	return unknown
}

func doingNow(p *snapshot.CPU) doing {
	switch p.State {
	case snapshot.Halted, snapshot.Stopped:
		return idle
	case snapshot.Spin:
		return spin
	}
	return unknown
}
