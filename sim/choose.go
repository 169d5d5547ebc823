package sim

import "fmt"

// Pick is one choice: a processor that performs Steps operations before
// anybody else comes, or (Device > 0) a source whose earliest event happens.
type Pick struct {
	Proc   int    // which processor
	Steps  uint64 // how many of its turns: operations, interrupts taken, stalls, ends of waiting
	Device int    // which source, 0 for none
}

// Chooser picks what happens next from the enabled set. It is asked before
// every step, with run-ahead off.
type Chooser interface {
	// Next returns the next choice. Steps is ignored: it is asked again.
	Next(e *Engine) (Pick, error)
}

// Enabled reports whether processor i can perform its next operation.
func (e *Engine) Enabled(i int) bool { return e.tree.at(i) != never }

// took is what became of a choice.
type took uint8

const (
	tookNone   took = iota // the run has ended, or pauses
	tookProc               // a processor is current
	tookDevice             // a device event happened
)

// choose makes a choice that is not dispatch's own: none, at a pause, one
// made by hand, or the chooser's.
func (e *Engine) choose() took {
	if e.picks >= e.stopAt {
		e.end = EndPaused
		return tookNone
	}
	if e.nothing(e.tree.root, e.queue.due()) {
		return tookNone
	}
	var pick Pick
	if len(e.steer) > 0 && e.steer[0].At <= e.picks {
		pick = e.steer[0].Pick
		e.steer = e.steer[1:]
		e.setMark()
	} else {
		var err error
		if pick, err = e.cfg.Chooser.Next(e); err != nil {
			e.end, e.err = EndFailed, err
			return tookNone
		}
		if e.deviations != nil {
			e.deviates(pick)
		}
	}
	return e.take(pick)
}

// take performs a pick.
func (e *Engine) take(pick Pick) took {
	if pick.Device > 0 {
		i := e.queue.find(pick.Device)
		if i < 0 {
			return e.diverged("source %d has no event", pick.Device)
		}
		e.picks++
		e.deliver(e.queue.remove(i))
		if e.end != EndNone {
			return tookNone
		}
		return tookDevice
	}
	if pick.Proc >= len(e.procs) || !e.Enabled(pick.Proc) {
		return e.diverged("processor %d is not enabled", pick.Proc)
	}
	e.picks++
	e.enter(&e.procs[pick.Proc])
	return tookProc
}

// DivergedError says that a recorded choice was not possible at its place.
type DivergedError struct {
	Step uint64 // operations performed until then
	Time Time   // where it got to
	Msg  string // what was not possible
}

// Error says where and why.
func (d *DivergedError) Error() string {
	return fmt.Sprintf("replay diverged at step %d, t=%s: %s", d.Step, d.Time, d.Msg)
}

func (e *Engine) diverged(format string, args ...any) took {
	e.end = EndFailed
	e.err = &DivergedError{Step: e.Steps(), Time: e.now, Msg: fmt.Sprintf(format, args...)}
	return tookNone
}
