package sim

// Config is what an engine is made from.
type Config struct {
	Procs  int     // number of processors, 1..4096
	Seed   uint64  // of all random streams
	Jitter float64 // sigma of the log-normal factor on every cost
	// Factors are those of the jitter if somebody makes them once for many
	// engines; nil: they are made from Jitter.
	Factors *Factors
	// MinLatency is the shortest time between a processor's operation and
	// an interrupt it causes at another, in nanoseconds.
	MinLatency Time
	// Chooser picks among the enabled. nil is the timed chooser.
	Chooser Chooser
	// Stalls makes processors stall now and then, as under a hypervisor:
	// the random chooser.
	Stalls bool
	// NoRunAhead sends every operation through the choice.
	NoRunAhead bool
	// Steer are picks made by hand, in order of their steps; they imply
	// NoRunAhead.
	Steer []Steer
	// Costless makes operations take no time (exhaustive search).
	Costless  bool
	TimeLimit Time   // the run ends with EndLimit there; 0 means none
	StepLimit uint64 // likewise, in operations
}

// End says why a run stopped.
type End uint8

// Ends of a run.
const (
	EndNone    End = iota
	EndStopped     // Stop was called
	EndStuck       // nothing is enabled
	EndLimit       // a time or step limit was reached
	EndFailed      // simulated code panicked
	EndPaused      // RunTo came to its step; it may be called again
)

// Engine runs one machine.
type Engine struct {
	cfg    Config
	procs  []Proc
	tree   winnerTree
	queue  eventQueue
	fibers []*Fiber
	hub    Fiber // the goroutine that called Run, while a fiber runs

	now     Time  // global: the latest global operation or device event
	cur     *Proc // its key is not in the tree while its code runs
	bound   key   // operations from here on have to wait for a choice, whoever is due
	deaf    key   // ... local ones with interrupts closed
	direct  key   // a processor may be run without dispatch and enter if it is due before
	latency key   // the shortest from an operation to an interrupt elsewhere

	factors *Factors
	sources int32
	// unmaskable is how many events are queued that interrupt also what has
	// interrupts closed.
	unmaskable int
	objects    ObjID

	steps uint64 // global operations so far
	picks uint64 // choices so far
	// mark is the choice before which the engine has to stop to think: because
	// of stopAt, to which RunTo goes, or of what steers it.
	mark, stopAt uint64
	steer        []Steer
	deviations   []Steer // see KeepDeviations
	// late: somebody may have been passed over, and is late by the global time.
	late bool
	wary bool // a fiber that is run again has to look whether it is its turn

	started   bool
	firing    bool // a device event is being delivered
	end       End  // not EndNone: the machine stands
	err       error
	unwinding bool
	trace     func(*Proc, Op)
	picked    func(*Proc, *Source)
	record    *Recording
}

// New makes an engine whose processors have no fibers yet.
func New(cfg Config) *Engine {
	if cfg.Procs < 1 || cfg.Procs > maxProcs {
		panic("sim: number of processors out of range")
	}
	if cfg.TimeLimit == 0 || cfg.TimeLimit > Forever/2 {
		cfg.TimeLimit = Forever / 2
	}
	if cfg.StepLimit == 0 {
		cfg.StepLimit = ^uint64(0)
	}
	e := &Engine{cfg: cfg, tree: newWinnerTree(cfg.Procs), procs: make([]Proc, cfg.Procs)}
	e.hub.e = e
	e.latency = keyOf(cfg.MinLatency, 0)
	e.steer, e.late = cfg.Steer, cfg.Chooser != nil || len(cfg.Steer) > 0
	if e.late {
		e.cfg.NoRunAhead = true
	}
	if e.factors = cfg.Factors; e.factors == nil {
		e.factors = NewFactors(cfg.Jitter)
	}
	for i := range e.procs {
		e.procs[i].init(e, i)
	}
	return e
}

// Proc returns processor i.
func (e *Engine) Proc(i int) *Proc { return &e.procs[i] }

// Now returns the global virtual time: that of the latest global operation
// or device event. A processor's own time is [Proc.Now].
func (e *Engine) Now() Time { return e.now }

// Seed returns the seed of the run.
func (e *Engine) Seed() uint64 { return e.cfg.Seed }

// NewObj makes the identity of a new object.
func (e *Engine) NewObj() Obj {
	e.objects++
	return Obj{ID: e.objects}
}

// OnOp calls fn for every operation as it happens, behind those that were
// given before; nil takes them all away. Tracing never changes a run.
func (e *Engine) OnOp(fn func(*Proc, Op)) {
	if before := e.trace; before != nil && fn != nil {
		e.trace = func(p *Proc, op Op) {
			before(p, op)
			fn(p, op)
		}
		return
	}
	e.trace = fn
}

// Run lets the machine run until it stops, nothing is enabled or a limit is
// reached. It may be called once.
func (e *Engine) Run() (End, error) { return e.RunTo(^uint64(0)) }

// RunTo lets the machine run until it has made the given number of choices,
// and stand there with EndPaused, or until it ends. To stop at each choice it
// needs NoRunAhead.
func (e *Engine) RunTo(step uint64) (End, error) {
	if e.end == EndPaused {
		e.end = EndNone
	}
	if e.end != EndNone {
		return e.end, e.err
	}
	if !e.started {
		e.start()
	}
	e.stopAt = step
	e.setMark()
	e.setBound()
	e.wary = e.late
	e.dispatch()
	e.hub.handOff()
	if e.record != nil && e.end != EndPaused {
		e.record.close()
	}
	return e.end, e.err
}

// start enables the processors that have something to run.
func (e *Engine) start() {
	e.started = true
	for i := range e.procs {
		if p := &e.procs[i]; p.fiber != nil {
			p.op = Op{Kind: KindStart}
			p.enable(0)
		}
	}
}

// Stop ends the run. Called from simulated code it does not return; called
// from a device event it returns and the run ends behind the event.
func (e *Engine) Stop() {
	if e.end == EndNone {
		e.end = EndStopped
	}
	if e.cur != nil && !e.firing {
		e.cur.fiber.handOff()
	}
}

// Close unwinds all fibers of an ended machine. The engine is of no use
// afterwards; nothing of it is left behind.
func (e *Engine) Close() {
	if e.end == EndNone {
		e.end = EndStopped
	}
	e.unwinding, e.wary = true, true
	e.mark, e.stopAt = 0, 0 // what is deferred announces, and nothing is picked
	e.setBound()
	for _, f := range e.fibers {
		if f.Next == nil {
			continue // nobody switched to it
		}
		if f.Yield == nil {
			f.stop()
		} else if !f.done {
			e.hub.swap(f)
		}
	}
	e.fibers = nil
}

// fail ends the run with a panic's value. Whoever comes to in the seat of the
// fiber that ends with it has to see that.
func (e *Engine) fail(v any, stack []byte) {
	e.wary = true
	if e.end == EndNone || e.end == EndStopped {
		e.end = EndFailed
		e.err = &PanicError{Value: v, Stack: stack}
	}
}

// dispatch picks what happens next until that is a processor, fires device
// events inline on the way, and makes the processor current. It returns false
// when the run has ended or pauses instead.
func (e *Engine) dispatch() bool {
	for {
		if e.picks >= e.mark {
			switch e.choose() {
			case tookProc:
				return true
			case tookNone:
				return false
			}
			continue
		}
		k, due := e.tree.root, e.queue.due()
		if e.nothing(k, due) {
			return false
		}
		e.picks++
		if timeOf(k) < due {
			e.enter(&e.procs[procOf(k)])
			return true
		}
		e.deliver(e.queue.remove(0))
		if e.end != EndNone {
			return false
		}
	}
}

// nothing ends the run if nothing can happen any more within its time: k and
// due are what the processors and the devices come to next. Somebody may have
// been picked before them and have gone beyond it.
func (e *Engine) nothing(k key, due Time) bool {
	if max(min(timeOf(k), due), e.now) <= e.cfg.TimeLimit {
		return false
	}
	e.end = EndLimit
	if k == never && due == Forever {
		e.end = EndStuck
	}
	return true
}

// deliver lets a device event happen. Cancelled ones never get here: the
// head of the queue is pruned.
func (e *Engine) deliver(ev event) {
	e.queue.pruneCancelled()
	if ev.due > e.now {
		e.now = ev.due
	}
	ev.src.live--
	if ev.src.unmaskable {
		e.unmaskable--
	}
	e.setBound()
	if e.record != nil {
		e.record.device(ev.src)
	}
	if e.picked != nil {
		e.picked(nil, ev.src)
	}
	e.firing = true
	ev.src.fire(ev.arg)
	e.firing = false
}

// enter makes p the running processor, which is not in the tree until it
// announces its next operation or parks.
func (e *Engine) enter(p *Proc) {
	e.cur = p
	if e.record != nil {
		e.record.enter(p)
	}
	if e.picked != nil {
		e.picked(p, nil)
	}
	e.tree.set(p.id, never)
}

// setBound works out the bounds of the running processor that come from the
// device events and from the run's end; whatever changes those calls it. A
// deaf loop without end must end with the run.
func (e *Engine) setBound() {
	e.bound, e.deaf, e.direct = 0, 0, 0
	if e.cfg.NoRunAhead || e.unwinding {
		return
	}
	e.deaf = keyOf(e.cfg.TimeLimit+1, 0)
	e.bound = min(keyOf(e.queue.due(), 0), e.deaf)
	if e.unmaskable > 0 {
		e.deaf = e.bound
	}
	if e.record == nil && e.picked == nil && e.mark == ^uint64(0) { // nobody has to be asked or told
		e.direct = e.bound
	}
}

// Current returns the processor whose code runs, nil before the run.
func (e *Engine) Current() *Proc { return e.cur }

// GlobalSteps returns how many global operations have happened.
func (e *Engine) GlobalSteps() uint64 { return e.steps }
