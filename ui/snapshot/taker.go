package snapshot

import (
	"lockstep/configs"
	"lockstep/irq"
	"lockstep/rcu"
	"lockstep/sim"
)

// Taker takes snapshots of one machine. It remembers the one before, which
// may be any number of steps back, and whatever did not change since is
// shared with it.
type Taker struct {
	m    *configs.Machine
	prev *Snapshot

	names   names
	stacks  []stack // by CPU
	pcs     [256]uintptr
	npcs    int
	capture func()  // fills pcs, on the stack of a parked fiber
	points  []point // of pcs
	bodies  []body  // by Exec.ID

	locks    []lockCache
	held     [][]int // by CPU: indexes of locks, in order of acquisition
	owned    [][]int // by Exec.ID, likewise
	graph    graphCache
	regraph  bool // the graph is another than before
	softirqs map[uint32][]string
	irq      irq.View
	scratch  []int
	sources  map[*sim.Source]source
	vars     []configs.VarView
	varsNow  []configs.VarView
	rcu      []rcuCache
	perf     perfCache
	log      logCache
	timer    timerCache
	line     lineCache
	work     workCache
	stop     stopCache
	funcs    funcs
}

// NewTaker returns a taker for m.
func NewTaker(m *configs.Machine) *Taker {
	n := len(m.CPU.CPUs)
	t := &Taker{m: m, stacks: make([]stack, n), held: make([][]int, n), softirqs: map[uint32][]string{}, sources: map[*sim.Source]source{}}
	t.names.onCPU = make([]onCPU, n)
	t.capture = t.callers
	t.work.of, t.stop.of = m.Workqueues, m.Stop
	for _, rsp := range m.RCU.Flavours() {
		t.rcu = append(t.rcu, rcuCache{flavour: rsp, now: new(rcu.View), before: new(rcu.View)})
	}
	return t
}

// Take takes a snapshot of the machine, which stands: behind step steps with
// ops operations among them. end is the verdict if the run is over.
func (t *Taker) Take(step, ops uint64, end string) *Snapshot {
	first := t.prev == nil
	if first {
		t.prev = &Snapshot{}
	}
	e := t.m.CPU.E
	s := &Snapshot{Step: step, Ops: ops, End: end, NextCPU: -1, NextDevice: -1}
	s.Devices = t.takeDevices()
	s.Time = t.time(s.Devices)
	if end == "" {
		s.next(e)
	}
	s.Graph = t.takeGraph()
	s.Locks = t.takeLocks(s.Time, first)
	s.CPUs = t.takeCPUs()
	s.Tasks = t.takeTasks()
	s.Queues = t.takeQueues()
	s.RCU, s.Watch = t.takeRCU(), t.takeWatch()
	s.Timers, s.HRTimers, s.Bases = t.takeTimers(), t.takeHRTimers(), t.takeBases()
	s.Jiffies, s.HighRes = t.m.CPU.Jiffies.Peek(), t.m.Timers.HR() != nil
	s.APICs, s.Lines = t.takeAPICs(), t.takeLines()
	s.Work, s.Stop, s.Watchdog = t.takeWork(), t.takeStop(), t.takeWatchdog()
	s.Perf = t.takePerf()
	s.Vars = t.takeVars(first)
	s.Console = t.takeConsole()
	s.Findings = t.takeFindings()
	t.prev = s
	return s
}

// next says who is next if nobody chooses.
func (s *Snapshot) next(e *sim.Engine) {
	cpu, src := e.NextPick()
	s.NextCPU = cpu
	if src == nil {
		return
	}
	for i := range s.Devices {
		if s.Devices[i].Source == src.ID() {
			s.NextDevice = i
			return
		}
	}
}

// time returns when the latest step was. The engine's own time is that of the
// latest operation that other processors can notice; a processor's own has
// what its next operation will cost in part. The latter is right up to the
// next step.
func (t *Taker) time(devices []Device) sim.Time {
	next := sim.Forever
	if len(devices) > 0 {
		next = devices[0].Due
	}
	var latest sim.Time
	for _, c := range t.m.CPU.CPUs {
		latest = max(latest, c.P.Now())
		next = min(next, c.P.Due())
	}
	return max(t.m.CPU.E.Now(), min(latest, next))
}

// reuse returns n items that fill makes: prev itself if they are the same as
// before, else a new slice.
func reuse[T any](prev []T, n int, fill func(i int, item *T), same func(a, b *T) bool) []T {
	if n == 0 {
		return nil
	}
	var out []T
	var item, zero T
	for i := range n {
		item = zero
		fill(i, &item)
		if out == nil && i < len(prev) && same(&item, &prev[i]) {
			continue
		}
		if out == nil {
			out = append(make([]T, 0, n), prev[:i]...)
		}
		out = append(out, item)
	}
	if out == nil {
		return prev[:n]
	}
	return out
}

func equal[T comparable](a, b *T) bool { return *a == *b }

// shared returns list as a slice that does not change: prev if it is the same.
func shared(prev, list []int) []int {
	if len(list) == 0 {
		return nil
	}
	if len(prev) == len(list) {
		same := true
		for i := range list {
			same = same && prev[i] == list[i]
		}
		if same {
			return prev
		}
	}
	return append([]int(nil), list...)
}

// takeVars takes the scenario's variables.
func (t *Taker) takeVars(first bool) []Var {
	t.varsNow = t.m.AppendVars(t.varsNow[:0])
	vars := reuse(t.prev.Vars, len(t.varsNow), func(i int, v *Var) {
		now := &t.varsNow[i]
		*v = Var{Name: now.Name, Obj: now.Obj}
		if !first && t.vars[i].Value == now.Value {
			v.Value = t.prev.Vars[i].Value
			return
		}
		v.Value, v.Changed = itoa(now.Value), !first
	}, equal[Var])
	t.vars, t.varsNow = t.varsNow, t.vars
	return vars
}
