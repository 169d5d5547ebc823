package sched

import (
	"slices"
)

// domain is sched_domain: CPUs among which load is balanced, in groups, one of
// which is taken for a whole. Domains nest: a group of one is the span of one
// below. The kernel has a sched_domain a CPU; here the CPUs of a span share one,
// as all of it but [domainState] is the same for them. A machine of n CPUs thus
// has less than 2n domains, and one without a topology a single one
// (docs/kernel/sched-irq-printk.md §1.17).
type domain struct {
	level  *domainLevel
	parent *domain // the next wider one; nil at the top
	span   []int   // its CPUs, ascending
	groups [][]int // of the span, each ascending, by their first CPU
	index  int     // how many domains are below, on the way down to a CPU

	// imbalanced is the imbalance flag of the group that the span is in parent:
	// balancing within failed for tasks that may not run elsewhere in it.
	imbalanced bool
}

// domainLevel is what the domains of one level have in common, from
// default_topology and sd_init(). Every level has the flags LOAD_BALANCE,
// BALANCE_NEWIDLE, BALANCE_EXEC, BALANCE_FORK and WAKE_AFFINE, and none has
// BALANCE_WAKE, so those are not asked for.
type domainLevel struct {
	name           string
	imbalancePct   int64 // how much busier, in percent, the busiest has to be
	cacheNiceTries int   // failures before cache-hot tasks are moved too
	busyIdx        int   // which cpu_load a busy CPU compares
	idleIdx        int   // which one an idle CPU does
	sharePkg       bool  // SD_SHARE_PKG_RESOURCES: within one last-level cache
	shareCapacity  bool  // SD_SHARE_CPUCAPACITY: the threads of a core
	preferSibling  bool  // SD_PREFER_SIBLING: rather one task a group of the level above
	serialize      bool  // SD_SERIALIZE: one CPU at a time balances
	of             func(s *Sched, c int) int
}

// busyFactor is busy_factor: how much rarer a busy CPU balances.
const busyFactor = 32

// domainLevels are SMT, MC, DIE and NUMA, narrowest first.
var domainLevels = [...]domainLevel{
	{name: "SMT", imbalancePct: 110, sharePkg: true, shareCapacity: true, preferSibling: true,
		of: func(s *Sched, c int) int { return s.m.Core(c) }},
	{name: "MC", imbalancePct: 117, cacheNiceTries: 1, busyIdx: 2, sharePkg: true,
		of: func(s *Sched, c int) int { return s.m.LLC(c) }},
	{name: "DIE", imbalancePct: 125, cacheNiceTries: 1, busyIdx: 2, idleIdx: 1, preferSibling: true,
		of: func(s *Sched, c int) int { return s.m.Socket(c) }},
	{name: "NUMA", imbalancePct: 125, cacheNiceTries: 2, busyIdx: 3, idleIdx: 2, serialize: true,
		of: func(*Sched, int) int { return 0 }},
}

// buildDomains is build_sched_domains(): level by level the CPUs are put
// together, and a domain that would have one group is left out, as
// sd_degenerate() has it. The groups of a domain stand by their first CPU, as
// build_sched_groups() finds them. Only active CPUs count; whoever walks the
// domains meanwhile, on another CPU, walks the old ones to their end.
//
//kernel:fn build_sched_domains kernel/sched/core.c
func (s *Sched) buildDomains() {
	below := make([][]int, 0, len(s.rqs)) // spans of the level below
	alone := make([]int, len(s.rqs))
	top := make([]*domain, len(s.rqs))
	for c := range s.rqs {
		s.rqs[c].lb.sd, s.rqs[c].lb.states = nil, nil
		if s.m.Active.Peek().Has(c) {
			alone[c] = c
			below = append(below, alone[c:c+1:c+1])
		}
	}
	for i := range domainLevels {
		l := &domainLevels[i]
		in := func(group []int) int { return l.of(s, group[0]) }
		slices.SortStableFunc(below, func(a, b []int) int { return in(a) - in(b) })
		groups := below
		below = make([][]int, 0, len(groups))
		for len(groups) > 0 {
			n := 1
			for n < len(groups) && in(groups[n]) == in(groups[0]) {
				n++
			}
			span := groups[0]
			if n > 1 {
				span = slices.Concat(groups[:n]...)
				slices.Sort(span)
				s.attachDomain(&domain{level: l, span: span, groups: groups[:n:n]}, top)
			}
			below = append(below, span)
			groups = groups[n:]
		}
		slices.SortFunc(below, func(a, b []int) int { return a[0] - b[0] })
	}
}

// attachDomain is cpu_attach_domain() for all of a new domain's CPUs: it is
// above what they have so far.
//
//kernel:fn cpu_attach_domain kernel/sched/core.c
func (s *Sched) attachDomain(d *domain, top []*domain) {
	for _, c := range d.span {
		rq := &s.rqs[c]
		switch t := top[c]; {
		case t == nil:
			rq.lb.sd = d
		case t != d:
			t.parent = d
			d.index = max(d.index, t.index+1)
		}
		top[c] = d
	}
}

// has reports whether a CPU is in the domain's span.
func (d *domain) has(c int) bool { return contains(d.span, c) }

func contains(cpus []int, c int) bool {
	_, ok := slices.BinarySearch(cpus, c)
	return ok
}

// local returns which of the groups has CPU c.
func (d *domain) local(c int) int {
	return slices.IndexFunc(d.groups, func(g []int) bool { return contains(g, c) })
}

// capacity returns what a group can carry: 1024 a core, and a little more for
// one whose threads share it (smt_gain).
func (s *Sched) capacity(g []int) int64 {
	sum := int64(0)
	for _, c := range g {
		sum += s.cpuCapacity(c)
	}
	return sum
}

const smtGain = 1178

// cpuCapacity is capacity_of(), without the part that other classes take.
//
//kernel:fn default_scale_cpu_capacity kernel/sched/fair.c
func (s *Sched) cpuCapacity(c int) int64 {
	if d := s.rqs[c].lb.sd; d != nil && d.level.shareCapacity {
		return smtGain / int64(len(d.span))
	}
	return niceZeroWeight
}

// llcDomain is sd_llc: the widest domain of CPU c within its last-level cache,
// nil if it shares that with nobody.
func (s *Sched) llcDomain(c int) *domain {
	var at *domain
	for d := s.rqs[c].lb.sd; d != nil && d.level.sharePkg; d = d.parent {
		at = d
	}
	return at
}
