package sim

// NewSource registers a source of device events; fire is called with the
// argument of each event when it happens. It runs inline, in nobody's
// context: it may wake processors, set interrupts pending and queue events,
// and must not announce operations.
func (e *Engine) NewSource(name string, fire func(arg uint64)) *Source {
	e.sources++
	return &Source{id: e.sources, name: name, fire: fire}
}

// NewSourceID is NewSource with a number of the caller's, for sources that
// are made when first used and must have the same number in every run.
func (e *Engine) NewSourceID(id int, name string, fire func(arg uint64)) *Source {
	return &Source{id: int32(id), name: name, fire: fire}
}

// Unmaskable says that the source's events interrupt also what has interrupts
// closed, as an NMI does: while one is queued, local operations do not pass
// it even then. What another processor queues may come too late for that: the
// interrupted one may be ahead of it. It returns the source.
func (s *Source) Unmaskable() *Source {
	s.unmaskable = true
	return s
}

// Rand returns a new random stream for the source.
func (e *Engine) Rand(s *Source) Rand {
	return NewRand(e.cfg.Seed, streamSource+uint64(s.id))
}

// At queues an event of s, at the earliest behind its previous one.
func (e *Engine) At(s *Source, due Time, arg uint64) {
	if due < s.last {
		due = s.last
	}
	s.last = due
	s.live++
	e.queue.push(event{due: due, arg: arg, src: s, gen: s.gen})
	if s.unmaskable {
		e.unmaskable++
	}
	e.setBound()
}

// Cancel withdraws all queued events of s.
func (e *Engine) Cancel(s *Source) {
	s.gen++
	if s.unmaskable {
		e.unmaskable -= int(s.live)
	}
	s.live = 0
	s.last = 0
	e.queue.pruneCancelled()
	e.setBound()
}

// EarliestEvent returns the due time of the next device event.
func (e *Engine) EarliestEvent() Time { return e.queue.due() }
