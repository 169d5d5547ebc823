package lockdep

// instances is what RulesExact keeps beside the graph of classes: the same
// graph, of lock instances. A cycle of classes may have been put together from
// edges of instances that never met; if the same search finds the cycle among
// instances too, the deadlock is possible with these very locks.
type instances struct {
	g      graph
	maps   []*Map // parallel to g.verts
	chains keySet
	full   bool // something was not recorded: no verdict is "impossible" any more
}

// What is kept of instances ends here. On-stack locks are new instances every
// time, so a long run may get here; verdicts are then unknown.
const (
	maxInstances      = 1 << 16
	maxInstanceChains = 1 << 18
	maxInstanceEdges  = 1 << 19
)

func (n *instances) init() {
	n.g.init(64, 128)
	n.maps = make([]*Map, 1, 64)
	n.chains.init()
}

func (n *instances) clear() {
	if n.g.verts == nil {
		return
	}
	n.g.clear()
	for _, m := range n.maps {
		if m != nil {
			m.usage = 0
		}
	}
	n.chains = keySet{}
	n.chains.init()
	n.full = false
}

// vertex returns the vertex of m, 0 if there is no room.
func (n *instances) vertex(v *Validator, m *Map) int32 {
	id := v.instance(m)
	if id >= maxInstances {
		n.full = true
		return 0
	}
	for int(id) >= len(n.g.verts) {
		n.g.verts = append(n.g.verts, vertex{})
		n.maps = append(n.maps, nil)
	}
	n.maps[id] = m
	n.g.verts[id].perCPU = m.key.PerCPU
	return id
}

// mark sets a usage bit of m and tells whether it is new.
func (n *instances) mark(v *Validator, m *Map, bit usageBit) bool {
	id := n.vertex(v, m)
	if id == 0 {
		m.usage |= bit.mask() // the hot path must not come here again
		return false
	}
	seen := &n.g.verts[id].usage
	first := *seen&bit.mask() == 0
	*seen |= bit.mask()
	m.usage = *seen
	return first
}

// store adds prev before next.
func (n *instances) store(v *Validator, prev, next *held) {
	p, q := n.vertex(v, prev.m), n.vertex(v, next.m)
	if p == 0 || q == 0 {
		return
	}
	fwd, back := dep(prev.how, next.how)
	switch {
	case n.g.refine(p, q, fwd, back, false):
	case len(n.g.edges)+2 > maxInstanceEdges:
		n.full = true
	default:
		n.g.add(p, q, fwd, back, false, 0)
	}
}

// instanceKey is the chain key of the instances of h and of what is held below
// it in its context.
func (v *Validator) instanceKey(t *Task, h *held) uint64 {
	key := mix(^uint64(0), uint64(v.instance(h.m))<<16|v.chainID(h))
	for i := len(t.held) - 1; i >= 0 && t.held[i].irq == h.irq; i-- {
		below := &t.held[i]
		key = mix(key, uint64(v.instance(below.m))<<24^v.chainID(below))
	}
	return key | 1
}

// seen tells whether the chain key is known, and knows it from now on.
func (n *instances) seen(key uint64) bool {
	switch {
	case n.chains.has(key):
		return true
	case n.chains.n >= maxInstanceChains:
		n.full = true
		return true
	}
	n.chains.add(key)
	return false
}

// Verdict says whether what is wrong with classes can happen to instances.
type Verdict uint8

// Verdicts.
const (
	// NoVerdict: the rule set or the kind of report has none.
	NoVerdict Verdict = iota
	// Possible: with the instances of the report.
	Possible
	// Impossible: no instances seen so far close the cycle.
	Impossible
	// Unknown: the tables of instances have overflowed.
	Unknown
)

var verdictNames = [...]string{"", "possible", "impossible", "unknown"}

// String is the verdict in lower case, empty for none.
func (v Verdict) String() string { return verdictNames[v] }

// Instances is the verdict of RulesExact on the instances of a report.
type Instances struct {
	Verdict Verdict // NoVerdict by the other rule sets
	// Maps are the instances in the order of Report.Classes, if it is possible.
	// The path of instances may be another than that of classes.
	Maps []*Map
	// Addrs are their synthetic addresses, as in lock lines.
	Addrs []uint64
}

// judge makes the verdict from the instances of a cycle, none if there is no
// such cycle.
func (v *Validator) judge(ids []int32) Instances {
	switch {
	case !v.exact:
		return Instances{}
	case ids != nil:
		in := Instances{Verdict: Possible}
		for _, id := range ids {
			in.Maps = append(in.Maps, v.inst.maps[id])
			in.Addrs = append(in.Addrs, instanceBase+instanceSize*uint64(id))
		}
		return in
	case v.inst.full:
		return Instances{Verdict: Unknown}
	}
	return Instances{Verdict: Impossible}
}

// judgeSame judges a report about one lock and itself.
func (v *Validator) judgeSame(a *Map, same bool) Instances {
	if !v.exact || !same {
		return v.judge(nil)
	}
	return v.judge([]int32{v.instance(a)})
}

// judgeCycle judges the cycle that prev before next closes.
func (v *Validator) judgeCycle(prev, next *held) Instances {
	if !v.exact {
		return Instances{}
	}
	p, n := v.inst.vertex(v, prev.m), v.inst.vertex(v, next.m)
	if p == 0 || n == 0 {
		return v.judge(nil)
	}
	q := goal{target: p, reader: prev.reader()}
	path, res := v.inst.g.strong(n, next.recursive(), forwards, &q, true)
	if res != found {
		return v.judge(nil)
	}
	return v.judge(reversed(path))
}

// judgeRecursion judges a class taken again by its holder: one lock twice, or
// two that are also taken in the other order.
func (v *Validator) judgeRecursion(prev, next *held) Instances {
	if prev.m == next.m {
		return v.judgeSame(next.m, true)
	}
	return v.judgeCycle(prev, next)
}

// judgeIrq judges prev before next between a safe and an unsafe lock.
func (v *Validator) judgeIrq(prev, next *held) Instances {
	if !v.exact {
		return Instances{}
	}
	p, n := v.inst.vertex(v, prev.m), v.inst.vertex(v, next.m)
	if p == 0 || n == 0 {
		return v.judge(nil)
	}
	back, fwd, res := v.irqPair(&v.inst.g, p, n, prev, next)
	if res != found {
		return v.judge(nil)
	}
	return v.judge(append(vertices(back), reversed(fwd)...))
}

// judgeInversion judges a new usage bit of h.
func (v *Validator) judgeInversion(h *held, bit usageBit) Instances {
	if !v.exact {
		return Instances{}
	}
	root := v.inst.vertex(v, h.m)
	if root == 0 {
		return v.judge(nil)
	}
	path, res := v.inversion(&v.inst.g, root, h, bit)
	switch {
	case res != found:
		return v.judge(nil)
	case lookingFor(bit) == forwards:
		return v.judge(reversed(path))
	}
	return v.judge(vertices(path))
}

// vertices lists the vertices of a path, leaf first.
func vertices(path []hop) []int32 {
	out := make([]int32, len(path))
	for i, h := range path {
		out[i] = h.to
	}
	return out
}

// reversed lists the vertices of a path, root first.
func reversed(path []hop) []int32 {
	out := vertices(path)
	for i, j := 0, len(out)-1; i < j; i, j = i+1, j-1 {
		out[i], out[j] = out[j], out[i]
	}
	return out
}
