package sim

// Proc is one processor: a place in the enabled set and the fiber it runs.
type Proc struct {
	e     *Engine
	id    int
	fiber *Fiber

	now     Time // its own time: when its latest operation happened
	due     Time // when the announced operation is due
	waiting bool // has an announced operation in the tree
	parked  bool // waits for Wake or, if open, for an interrupt
	woken   bool

	open    bool // interrupts are enabled
	pending bool // an interrupt that may be taken is waiting
	forced  bool // ... one that cannot be masked

	op     Op
	hash   uint64
	steps  uint64
	hashG  uint64 // hash and steps as of the latest global operation
	stepsG uint64

	rnd     Rand
	word    uint64 // random bits for jitter, eight draws of eight bits
	left    int
	stall   Rand
	stallAt Time
}

// Random streams of a run: one per processor and purpose, then the sources.
const (
	streamCost   = 0
	streamStall  = 1 << 16
	streamSource = 1 << 17
)

func (p *Proc) init(e *Engine, id int) {
	p.e, p.id = e, id
	p.hash = uint64(id) + 1
	p.rnd = NewRand(e.cfg.Seed, streamCost+uint64(id))
	p.stall = NewRand(e.cfg.Seed, streamStall+uint64(id))
	p.stallAt = Forever
	if e.cfg.Stalls {
		p.stallAt = p.nextStall(0)
	}
}

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
func (p *Proc) Bind(f *Fiber) { p.fiber = f }

// Open reports whether interrupts are enabled.
func (p *Proc) Open() bool { return p.open }

// SetOpen enables or disables interrupts. It is not an operation: announce
// one before closing; an interrupt that is pending when the processor opens
// is taken at the next boundary.
func (p *Proc) SetOpen(open bool) { p.open = open }

// Pending reports whether an interrupt that may be taken is waiting.
func (p *Proc) Pending() bool { return p.pending }

// SetPending says whether a maskable interrupt waits to be taken; force says
// the same of one that ignores the interrupt flag. The interrupt controller
// calls it on every change. An arrival at a waiting processor lowers its due
// time to the arrival.
func (p *Proc) SetPending(maskable, force bool) {
	p.pending, p.forced = maskable, force
	if p == p.e.cur && !p.e.firing || !(force || maskable && p.open) {
		return
	}
	if !p.waiting && !p.parked {
		return
	}
	at := max(p.e.now, p.now)
	if p.waiting && at >= p.due {
		return
	}
	p.due = at
	p.e.set(p, at)
}

// set makes p enabled at the given time and lets the running processor know.
func (e *Engine) set(p *Proc, at Time) {
	k := keyOf(at, p.id)
	e.tree.set(p.id, k)
	if e.cur != p {
		e.lower(k, k+key(e.cfg.MinLatency)<<idBits)
	}
}

// interrupted reports whether the next step is to take an interrupt.
func (p *Proc) interrupted() bool {
	return p.forced || p.pending && p.open
}

// Global announces an operation on an object that others touch too and
// returns when it may happen. Its cost is the time from the processor's
// previous operation. If an interrupt is to be taken first, Global returns
// what remains of the cost and false: take it, then announce again on
// whatever processor runs the code then.
func (p *Proc) Global(op Op, cost Time) (Time, bool) {
	p.op = op
	due := p.now + cost
	if p.interrupted() {
		if keyOf(p.now, p.id) < p.e.horizon {
			return cost, false
		}
		return p.wait(p.now, due)
	}
	if keyOf(due, p.id) >= p.e.horizon {
		if rest, ok := p.wait(due, due); !ok {
			return rest, false
		}
		due = p.now
	}
	p.now = due
	p.e.now = due
	p.count(op)
	p.hashG, p.stepsG = p.hash, p.steps
	if p.e.steps++; p.e.steps > p.e.cfg.StepLimit {
		p.e.limit()
	}
	return 0, true
}

// Local announces an operation that touches only what this processor's own
// contexts touch. It returns as Global does.
func (p *Proc) Local(op Op, cost Time) (Time, bool) {
	p.op = op
	due := p.now + cost
	lim := p.e.far
	if p.open {
		lim = p.e.open
	}
	if p.interrupted() {
		if keyOf(p.now, p.id) < p.e.horizon {
			return cost, false
		}
		return p.wait(p.now, due)
	}
	if keyOf(due, p.id) >= lim {
		if rest, ok := p.wait(due, due); !ok {
			return rest, false
		}
		due = p.now
	}
	p.now = due
	p.count(op)
	return 0, true
}

// Charge lets time pass without an operation: the cost becomes part of that
// of the next one.
func (p *Proc) Charge(cost Time) { p.now += cost }

// count enters an operation into the running hash.
func (p *Proc) count(op Op) {
	p.steps++
	v := uint64(op.Kind)<<56 ^ uint64(op.Access)<<48 ^ uint64(op.Obj) ^ uint64(p.now)<<20
	h := (p.hash ^ v) * 0x9e3779b97f4a7c15
	p.hash = h ^ h>>29
	if p.e.trace != nil {
		p.e.trace(p, op)
	}
}

// wait gives the choice to the engine and returns when the processor is
// picked: at the announced operation, or earlier for an interrupt.
func (p *Proc) wait(at, orig Time) (Time, bool) {
	e := p.e
	for {
		for at >= p.stallAt { // the hypervisor takes the processor away
			lost := p.stallFor()
			at, orig = at+lost, orig+lost
			p.stallAt = p.nextStall(at)
		}
		p.due = at
		p.waiting = true
		e.tree.set(p.id, keyOf(at, p.id))
		if !e.dispatch() || e.cur != p {
			p.fiber.handOff(e)
		}
		p.waiting = false
		at = p.due
		p.now = max(p.now, at)
		if late := e.now; e.cfg.Chooser != nil && late > p.now {
			p.now = late
		}
		if p.interrupted() {
			return max(orig-p.now, 0), false
		}
		if at >= orig {
			return 0, true
		}
		at = orig // what was pending is gone: go on waiting for the operation
	}
}

// Park stops the processor until Wake, or until an interrupt that it may
// take. It returns true if it was woken. What it waits for cannot change
// between the caller's last look and Park, since no operation lies between.
func (p *Proc) Park() bool {
	p.parked = true
	if p.interrupted() { // it is taken now, in its turn
		p.due = p.now
		p.e.tree.set(p.id, keyOf(p.now, p.id))
	}
	if e := p.e; !e.dispatch() || e.cur != p {
		p.fiber.handOff(e)
	}
	p.parked = false
	p.now = max(p.now, p.due)
	if p.e.cfg.Chooser != nil {
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
	p.due = max(at, p.now)
	p.e.set(p, p.due)
}

// SwitchTo binds next to the processor and runs it in place of the calling
// fiber, which is parked until some processor switches to it.
func (p *Proc) SwitchTo(next *Fiber) {
	prev := p.fiber
	p.fiber = next
	prev.handOff(p.e)
}

// Jitter returns the cost with its random factor applied.
func (p *Proc) Jitter(cost Time) Time {
	if p.left == 0 {
		p.word, p.left = p.rnd.Uint64(), 8
	}
	m := p.e.jitter[byte(p.word)]
	p.word >>= 8
	p.left--
	return cost * Time(m) >> 10
}

// Rand returns the processor's own random stream.
func (p *Proc) Rand() *Rand { return &p.rnd }
