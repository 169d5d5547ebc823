package sim

// Recording is the list of choices of a run, as long as the run is. Together
// with the seed, from which costs and latencies are drawn, it is the run.
type Recording struct {
	Picks []Pick // the choices, in order
	cur   *Proc
	from  uint64
	open  bool
}

// Record makes the engine write its choices down. It changes nothing else.
func (e *Engine) Record() *Recording {
	e.record = &Recording{}
	e.setBound()
	return e.record
}

func (r *Recording) enter(p *Proc) {
	if r.open && r.cur == p {
		return
	}
	r.close()
	r.cur, r.from, r.open = p, p.turns(), true
}

func (r *Recording) device(s *Source) {
	r.close()
	r.Picks = append(r.Picks, Pick{Device: int(s.id)})
}

func (r *Recording) close() {
	if r.open {
		r.Picks = append(r.Picks, Pick{Proc: r.cur.id, Steps: r.cur.turns() - r.from})
		r.open = false
	}
}

// Replay is the chooser that repeats recorded choices.
type Replay struct {
	picks []Pick
	pos   int
	from  uint64
	begun bool
}

// NewReplay returns a chooser that repeats picks and then reports divergence
// if the run wants to go on.
func NewReplay(picks []Pick) *Replay { return &Replay{picks: picks} }

// Next implements [Chooser].
func (r *Replay) Next(e *Engine) (Pick, error) {
	for r.pos < len(r.picks) {
		p := r.picks[r.pos]
		if p.Device > 0 {
			r.pos++
			return p, nil
		}
		if p.Proc >= len(e.procs) {
			return p, nil // the engine says what is wrong with it
		}
		turns := e.procs[p.Proc].turns()
		if !r.begun {
			r.begun, r.from = true, turns
			return p, nil
		}
		if turns-r.from < p.Steps {
			return p, nil
		}
		r.pos++
		r.begun = false
	}
	return Pick{}, &DivergedError{Step: e.Steps(), Time: e.now, Msg: "the recorded choices end before the run does"}
}
