package sim

// Global announces an operation on an object that others touch too. Its cost
// is the time from the processor's previous operation. nil says that the
// operation happens now; otherwise the calling fiber has to sit down in the
// seat, and to ask [Proc.Resume] the same when it is run again:
//
//	for s := p.Global(op, cost); s != nil; s = p.Resume() {
//		if s.Taken {
//			s.Taken = false
//			s.Yield(struct{}{})
//		} else {
//			s.Taken = true
//			s.Next()
//		}
//	}
//
// If the processor [Proc.Took] an interrupt behind that, the operation has not
// happened: serve it, and announce again, with the [Proc.Rest] of the cost and
// on whatever processor runs the code then.
//
// The loop stands where operations are performed, and not here or in
// [Seat.Sit], because the hardware mispredicts every return behind a switch
// up to the frame in which fibers differ. A frame less is a tenth of the time
// that a switch takes.
func (p *Proc) Global(op Op, cost Time) *Seat {
	return p.announce(op, cost, p.e.horizon(), true)
}

// Local announces an operation that touches only what this processor's own
// contexts touch. It is used as Global is.
func (p *Proc) Local(op Op, cost Time) *Seat {
	e := p.e
	lim := e.deaf
	if p.Open() {
		lim = min(e.arrival(), e.bound)
	}
	return p.announce(op, cost, lim, false)
}

// arrival is the key below which no other processor can have interrupted this
// one: an arrival comes before all that processors do at its time. Whatever the
// latency, nobody does anything below the root.
func (e *Engine) arrival() key {
	root := e.tree.root
	return max(root, (min(root, never-e.latency)+e.latency)&^(maxProcs-1))
}

// Rest returns what an interrupt has left of the announced operation's cost.
func (p *Proc) Rest() Time { return max(p.at-p.now, 0) }

// horizon is the key below which nobody else and no device comes first.
func (e *Engine) horizon() key { return min(e.tree.root, e.bound) }

// announce runs on if the operation is within the limit, and otherwise gives
// the choice to the engine. As a rule that is another processor, and this is
// dispatch and enter for that case: the tree's root says at once which, so
// the way to its seat does not wait for this processor's own key.
func (p *Proc) announce(op Op, cost Time, lim key, global bool) *Seat {
	e := p.e
	p.op, p.global = op, global
	at := p.now + cost
	p.at = at
	if p.Interrupted() {
		return p.interrupt()
	}
	k := keyOf(at, p.id)
	first := e.tree.root
	p.due = at
	if k < lim && at < p.stallAt {
		return p.Resume() // at once
	}
	if k < lim || first >= e.direct {
		return p.wait(at)
	}
	q := &e.procs[procOf(first)]
	s := q.in
	p.in, e.cur = s, q
	e.tree.exchange(p.id, k, q.id)
	return s
}

// interrupt is announce if an interrupt is taken in place of the operation.
func (p *Proc) interrupt() *Seat {
	if keyOf(p.now, p.id) < p.e.horizon() {
		p.extra++
		p.took = true
		return nil
	}
	return p.wait(p.now)
}

// wait gives the choice to the engine. The processor is due at the given time.
func (p *Proc) wait(at Time) *Seat {
	p.enable(at)
	p.e.dispatch()
	if to := p.e.turn(); to != p.fiber {
		return p.fiber.take(to)
	}
	return p.Resume()
}

// Resume says to a fiber that is run again behind an announcement whether it
// is its turn: nil, or the seat in which to sit down again. If it is, and
// nothing comes between, the operation happens: it enters the running hash.
func (p *Proc) Resume() *Seat {
	if p.e.wary {
		if s := p.whose(); s != nil {
			return s
		}
	}
	if p.due != p.at || p.at >= p.stallAt || p.Interrupted() {
		return p.otherwise()
	}
	now := max(p.now, p.at)
	p.now = now
	p.steps++
	v := uint64(p.op.Kind)<<56 ^ uint64(p.op.Access)<<48 ^ uint64(p.op.Obj) ^ uint64(now)<<20
	h := (p.hash ^ v) * 0x9e3779b97f4a7c15
	h ^= h >> 29
	p.hash = h
	e := p.e
	if e.trace != nil {
		e.trace(p, p.op)
	}
	if p.global {
		e.now = now
		p.hashG, p.stepsG = h, p.steps
		if e.steps++; e.steps > e.cfg.StepLimit {
			e.limit()
		}
	}
	return nil
}

// whose is what Resume asks first when a fiber may be run for another reason
// than its turn: the hub wants something of it, or it came to in place of one
// that ended. Those who were passed over are late.
func (p *Proc) whose() *Seat {
	e := p.e
	p.fiber.back()
	if to := e.turn(); to != p.fiber {
		return p.fiber.take(to)
	}
	e.wary = e.late
	if e.late {
		p.now = max(p.now, e.now)
	}
	return nil
}

// otherwise is the turn of a processor that does not perform its operation.
func (p *Proc) otherwise() *Seat {
	p.now = max(p.now, p.due)
	p.extra++
	if p.Interrupted() {
		p.took = true
		return nil
	}
	if p.due >= p.at {
		p.at = p.stalled(p.at) // it is its turn, but it does not get the time
	} // else what was pending is gone: go on waiting for the operation
	return p.wait(p.at)
}

// stalled lets the hypervisor take the processor away, and returns when the
// operation is due then. That is decided when it is the processor's turn, not
// when it announces: it may have run ahead, and an interrupt that comes first
// would not have been seen yet.
func (p *Proc) stalled(due Time) Time {
	for due >= p.stallAt {
		due += p.stallFor()
		p.stallAt = p.nextStall(due)
	}
	return due
}

// Took reports whether the announced operation has given way to an interrupt,
// once. What makes an interrupt pending while the operation happens, as a trace
// may, is taken at the next one.
func (p *Proc) Took() bool {
	if p.took {
		p.took = false
		return true
	}
	return false
}
