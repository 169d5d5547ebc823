package sim

// Proc is one processor: a place in the enabled set and the fiber it runs.
type Proc struct {
	// What every operation touches comes first, close together.
	e       *Engine
	id      int
	in      *Seat // where its fiber sits while it is parked
	now     Time  // its own time: when its latest operation happened
	due     Time  // when its next step is due
	at      Time  // when the announced operation happens if nothing comes first
	op      Op    // the announced operation
	global  bool  // it is a global one
	pend    uint8 // the kinds of interrupts that wait, see pendMaskable
	mask    uint8 // the kinds that would be taken
	parked  bool  // waits for Wake or, if open, for an interrupt
	woken   bool
	took    bool // see Took
	stallAt Time
	hash    uint64
	steps   uint64
	hashG   uint64 // hash and steps as of the latest global operation
	stepsG  uint64

	fiber *Fiber
	extra uint64 // choices of this processor that were no operation
	rnd   Rand
	word  uint64 // random bits for jitter, eight draws of eight bits
	left  int
	stall Rand
}

// Kinds of interrupts.
const (
	pendMaskable = 1 << iota // the interrupt flag holds them off
	pendForced               // nothing does
)

// Random streams of a run: one per processor and purpose, then the sources.
const (
	streamCost   = 0
	streamStall  = 1 << 16
	streamSource = 1 << 17
)

func (p *Proc) init(e *Engine, id int) {
	p.e, p.id = e, id
	p.hash = uint64(id) + 1
	p.mask = pendForced
	p.rnd = NewRand(e.cfg.Seed, streamCost+uint64(id))
	p.stall = NewRand(e.cfg.Seed, streamStall+uint64(id))
	p.stallAt = Forever
	if e.cfg.Stalls {
		p.stallAt = p.nextStall(0)
	}
}

// turns returns how many choices of p have been made: its operations, and
// the interrupts it took, stalls, and ends of waiting.
func (p *Proc) turns() uint64 { return p.steps + p.extra }

// ID returns the processor's number.
func (p *Proc) ID() int { return p.id }

// Engine returns the engine the processor belongs to.
func (p *Proc) Engine() *Engine { return p.e }

// Now returns the processor's own time: when its latest operation happened.
func (p *Proc) Now() Time { return p.now }

// Steps returns how many operations the processor has performed.
func (p *Proc) Steps() uint64 { return p.steps }

// Op returns the announced operation, the one that comes next.
func (p *Proc) Op() Op { return p.op }

// Parked reports whether the processor waits for somebody to wake it.
func (p *Proc) Parked() bool { return p.parked }

// Fiber returns the fiber bound to the processor.
func (p *Proc) Fiber() *Fiber { return p.fiber }

// Bind makes f the fiber that runs when the processor is picked. It is for
// set-up; a running processor changes fibers by [Proc.SwitchTo].
func (p *Proc) Bind(f *Fiber) {
	if f.Next == nil {
		f.start()
	}
	if prev := p.fiber; prev != nil {
		prev.in, prev.on = p.in, nil
	}
	p.fiber, p.in, f.on = f, f.in, p
}

// Open reports whether interrupts are enabled.
func (p *Proc) Open() bool { return p.mask&pendMaskable != 0 }

// SetOpen enables or disables interrupts. It is not an operation: announce
// one before closing; an interrupt that is pending when the processor opens
// is taken at the next boundary.
func (p *Proc) SetOpen(open bool) {
	p.mask = pendForced
	if open {
		p.mask |= pendMaskable
	}
}

// Pending reports whether an interrupt that may be taken is waiting.
func (p *Proc) Pending() bool { return p.pend&pendMaskable != 0 }

// SetPending says whether a maskable interrupt waits to be taken; force says
// the same of one that ignores the interrupt flag. The interrupt controller
// calls it on every change. An arrival at a waiting processor lowers its due
// time to the arrival.
func (p *Proc) SetPending(maskable, force bool) {
	p.pend = 0
	if maskable {
		p.pend = pendMaskable
	}
	if force {
		p.pend |= pendForced
	}
	if !(force || maskable && p.Open()) {
		return
	}
	at := max(p.e.now, p.now)
	if !p.parked {
		if k := p.e.tree.at(p.id); k == never || at >= timeOf(k) {
			return // it runs, or has nothing to run, or its operation comes first
		}
	}
	p.enable(at)
}

// enable puts p, whose next step is due at the given time, into the enabled
// set.
func (p *Proc) enable(at Time) {
	p.due = at
	p.e.tree.set(p.id, keyOf(at, p.id))
}

// Interrupted reports whether the next step is to take an interrupt in place
// of the announced operation.
func (p *Proc) Interrupted() bool {
	return p.pend&p.mask != 0
}

// Due returns when the processor's next step is due, Forever if it cannot go
// on by itself.
func (p *Proc) Due() Time {
	if k := p.e.tree.at(p.id); k != never {
		return timeOf(k)
	}
	return Forever
}

// Charge lets time pass without an operation: the cost becomes part of that
// of the next one.
func (p *Proc) Charge(cost Time) { p.now += cost }

// Park stops the processor until Wake, or until an interrupt that it may
// take. It returns true if it was woken. What it waits for cannot change
// between the caller's last look and Park, since no operation lies between.
func (p *Proc) Park() bool {
	p.parked = true
	if p.Interrupted() { // it is taken now, in its turn
		p.enable(p.now)
	}
	p.e.dispatch()
	p.fiber.handOff()
	p.parked = false
	p.extra++
	p.now = max(p.now, p.due)
	if p.e.late {
		p.now = max(p.now, p.e.now)
	}
	w := p.woken
	p.woken = false
	return w
}

// Wake makes a parked processor run on at the given time. A processor that
// is not parked looks for itself before it parks, so Wake leaves it alone.
func (p *Proc) Wake(at Time) {
	if !p.parked || p.woken {
		return
	}
	p.woken = true
	p.enable(max(at, p.now))
}

// SwitchTo binds next to the processor and runs it in place of the calling
// fiber, which is parked until some processor switches to it.
func (p *Proc) SwitchTo(next *Fiber) {
	prev := p.fiber
	p.Bind(next)
	prev.handOff()
}

// Jitter returns the cost with its random factor applied.
func (p *Proc) Jitter(cost Time) Time {
	if p.left == 0 {
		p.word, p.left = p.rnd.Uint64(), 8
	}
	m := p.e.factors[byte(p.word)]
	p.word >>= 8
	p.left--
	return cost * Time(m) >> 10
}

// Rand returns the processor's own random stream.
func (p *Proc) Rand() *Rand { return &p.rnd }
