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

	open    uint8 // 1: interrupts are enabled
	pending bool  // an interrupt that may be taken is waiting
	forced  bool  // ... one that cannot be masked

	op     Op
	hash   uint64
	steps  uint64
	turns  uint64 // operations, and what else took a choice of this processor
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
func (p *Proc) Bind(f *Fiber) {
	if f.next == nil {
		f.start()
	}
	p.fiber = f
}

// Open reports whether interrupts are enabled.
func (p *Proc) Open() bool { return p.open != 0 }

// SetOpen enables or disables interrupts. It is not an operation: announce
// one before closing; an interrupt that is pending when the processor opens
// is taken at the next boundary.
func (p *Proc) SetOpen(open bool) {
	p.open = 0
	if open {
		p.open = 1
	}
}

// Pending reports whether an interrupt that may be taken is waiting.
func (p *Proc) Pending() bool { return p.pending }

// SetPending says whether a maskable interrupt waits to be taken; force says
// the same of one that ignores the interrupt flag. The interrupt controller
// calls it on every change. An arrival at a waiting processor lowers its due
// time to the arrival.
func (p *Proc) SetPending(maskable, force bool) {
	p.pending, p.forced = maskable, force
	if p == p.e.cur && !p.e.firing || !(force || maskable && p.Open()) {
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

// Interrupted reports whether the next step is to take an interrupt in place
// of the announced operation.
func (p *Proc) Interrupted() bool {
	return p.forced || p.pending && p.open != 0
}

// Due returns when the processor's next step is due, Forever if it cannot go
// on by itself.
func (p *Proc) Due() Time {
	if k := p.e.tree.at(p.id); k != never {
		return timeOf(k)
	}
	return Forever
}

// Global announces an operation on an object that others touch too and
// returns when it may happen. Its cost is the time from the processor's
// previous operation. If an interrupt is to be taken first, Global returns
// what remains of the cost and false: take it, then announce again on
// whatever processor runs the code then.
func (p *Proc) Global(op Op, cost Time) (Time, bool) {
	return p.announce(op, cost, p.e.horizon, true)
}

// Local announces an operation that touches only what this processor's own
// contexts touch. It returns as Global does.
func (p *Proc) Local(op Op, cost Time) (Time, bool) {
	return p.announce(op, cost, p.e.local[p.open], false)
}

// announce runs on if the operation, or the interrupt that comes first, is
// within the limit, and otherwise gives the choice to the engine until the
// processor is picked for it.
func (p *Proc) announce(op Op, cost Time, lim key, global bool) (Time, bool) {
	e := p.e
	p.op = op
	orig := p.now + cost
	at := orig
	if p.Interrupted() {
		at, lim = p.now, e.horizon
	}
	for keyOf(at, p.id) >= lim {
		p.due = at
		p.waiting = true
		e.tree.set(p.id, keyOf(at, p.id))
		e.dispatch()
		for f, to := p.fiber, e.turn(); to != f; to = e.turn() { // handOff in place: a frame less to return through
			if s := f.take(to); s.taken {
				s.next()
			} else {
				s.yield(struct{}{})
			}
			f.back()
		}
		p.waiting = false
		p.now = max(p.now, p.due)
		if e.late {
			p.now = max(p.now, e.now)
		}
		if p.Interrupted() {
			break
		}
		if p.due >= orig {
			if orig < p.stallAt {
				break
			}
			orig = p.stalled(orig) // it is its turn, but it does not get the time
		}
		at = orig // the stall's end; or what was pending is gone: go on waiting for the operation
		p.turns++
	}
	if p.Interrupted() {
		p.turns++
		return max(orig-p.now, 0), false
	}
	p.now = max(p.now, orig)
	p.count(op)
	if global {
		e.now = p.now
		p.hashG, p.stepsG = p.hash, p.steps
		if e.steps++; e.steps > e.cfg.StepLimit {
			e.limit()
		}
	}
	return 0, true
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

// Charge lets time pass without an operation: the cost becomes part of that
// of the next one.
func (p *Proc) Charge(cost Time) { p.now += cost }

// count enters an operation into the running hash.
func (p *Proc) count(op Op) {
	p.steps++
	p.turns++
	v := uint64(op.Kind)<<56 ^ uint64(op.Access)<<48 ^ uint64(op.Obj) ^ uint64(p.now)<<20
	h := (p.hash ^ v) * 0x9e3779b97f4a7c15
	p.hash = h ^ h>>29
	if p.e.trace != nil {
		p.e.trace(p, op)
	}
}

// Park stops the processor until Wake, or until an interrupt that it may
// take. It returns true if it was woken. What it waits for cannot change
// between the caller's last look and Park, since no operation lies between.
func (p *Proc) Park() bool {
	p.parked = true
	k := never
	if p.Interrupted() { // it is taken now, in its turn
		p.due = p.now
		k = keyOf(p.now, p.id)
	}
	p.e.tree.set(p.id, k)
	if e := p.e; !e.dispatch() || e.cur != p {
		p.fiber.handOff()
	}
	p.parked = false
	p.turns++
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
	p.due = max(at, p.now)
	p.e.set(p, p.due)
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
