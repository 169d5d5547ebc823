package lockdep

import (
	"bytes"
	"fmt"
)

// usageCounts are the lines of /proc/lockdep_stats that count classes by
// usage, and the bits that each counts.
var usageCounts = [...]struct {
	label string
	bits  usageMask
}{
	{"hardirq-safe locks", 1 << usedInHardirq},
	{"hardirq-unsafe locks", 1 << enabledHardirq},
	{"softirq-safe locks", 1 << usedInSoftirq},
	{"softirq-unsafe locks", 1 << enabledSoftirq},
	{"irq-safe locks", 1<<usedInHardirq | 1<<usedInSoftirq},
	{"irq-unsafe locks", 1<<enabledHardirq | 1<<enabledSoftirq},
	{"hardirq-read-safe locks", 1 << usedInHardirq << readBit},
	{"hardirq-read-unsafe locks", 1 << enabledHardirq << readBit},
	{"softirq-read-safe locks", 1 << usedInSoftirq << readBit},
	{"softirq-read-unsafe locks", 1 << enabledSoftirq << readBit},
	{"irq-read-safe locks", (1<<usedInHardirq | 1<<usedInSoftirq) << readBit},
	{"irq-read-unsafe locks", (1<<enabledHardirq | 1<<enabledSoftirq) << readBit},
}

// statLines writes lines of a label padded to 32 columns and a value of 11.
type statLines struct{ b *bytes.Buffer }

func (s statLines) line(label string, n int) { fmt.Fprintf(s.b, " %-31s%11d\n", label+":", n) }

func (s statLines) max(label string, n, limit int) {
	fmt.Fprintf(s.b, " %-31s%11d [max: %d]\n", label+":", n, limit)
}

// count returns how many classes have one of bits.
func (v *Validator) count(bits usageMask) (n int) {
	for i := v.base + 1; int(i) < len(v.classes); i++ {
		n += bool2int(v.g.verts[i].usage&bits != 0)
	}
	return n
}

// exactly returns how many classes have this usage and no other.
func (v *Validator) exactly(usage usageMask) (n int) {
	for i := v.base + 1; int(i) < len(v.classes); i++ {
		n += bool2int(v.g.verts[i].usage == usage)
	}
	return n
}

// procStats is /proc/lockdep_stats of a kernel without DEBUG_LOCKDEP.
//
//kernel:fn lockdep_stats_show kernel/locking/lockdep_proc.c
func (v *Validator) procStats(b *bytes.Buffer) {
	s := statLines{b}
	entries, indirect := len(v.g.edges)-1, 0
	for n := v.base + 1; int(n) < len(v.classes); n++ {
		indirect += v.g.reach(n, forwards)
	}
	s.max("lock-classes", v.classCount(), v.maxClasses())
	if v.strict {
		s.max("dynamic-keys", 0, v.maxClasses())
	}
	s.max("direct dependencies", entries, maxEdges)
	s.line("indirect dependencies", indirect)
	s.line("all direct dependencies", v.count(usageCounts[5].bits)*v.count(usageCounts[4].bits)+
		v.count(usageCounts[1].bits)*v.count(usageCounts[0].bits)+entries)
	v.chainStats(s)
	s.max("stack-trace entries", v.traceWords(), 524288)
	if v.strict {
		s.line("number of stack traces", v.captured)
		s.line("number of stack hash chains", v.captured)
	}
	hard, soft, process := v.chains.perContext()
	s.line("combined max dependencies", (hard+1)*(soft+1)*(process+1))
	for _, c := range usageCounts {
		s.line(c.label, v.count(c.bits))
	}
	s.line("uncategorized locks", v.exactly(lockUsed.mask())+bool2int(v.strict)*(v.exactly(lockUsedRead.mask())+v.exactly(lockUsed.mask()|lockUsedRead.mask())))
	s.line("unused locks", v.exactly(0))
	s.line("max locking depth", v.deepest)
	s.line("max bfs queue depth", v.g.maxQueue)
	if v.strict {
		s.line("max lock class index", max(0, v.classCount()-1))
	}
	s.line("debug_locks", bool2int(v.on))
	if v.strict {
		b.WriteByte('\n')
		s.line("zapped classes", 0)
		s.line("zapped lock chains", 0)
		s.line("large chain blocks", 1)
	}
}

// chainStats are the lines on chains.
func (v *Validator) chainStats(s statLines) {
	s.max("dependency chains", v.chains.n, maxChains)
	if v.strict {
		s.max("dependency chain hlocks used", len(v.chains.ids), maxChainIDs)
		s.line("dependency chain hlocks lost", 0)
	} else {
		s.max("dependency chain hlocks", len(v.chains.ids), maxChainIDs)
	}
	hard, soft, process := v.chains.perContext()
	s.line("in-hardirq chains", hard)
	s.line("in-softirq chains", soft)
	s.line("in-process chains", process)
}

// perContext counts the chains; those of a hardirq in a softirq are hardirq's.
//
//kernel:fn inc_chains kernel/locking/lockdep.c
func (c *chainTable) perContext() (hard, soft, process int) {
	return c.byIRQ[2] + c.byIRQ[3], c.byIRQ[1], c.byIRQ[0]
}

// traceWords is the size of the stacks captured so far. Their table has no end
// here: whether a run captures stacks must not change what it finds.
func (v *Validator) traceWords() (n int) {
	if v.tr == nil {
		return 0
	}
	for _, t := range v.traces {
		for _, s := range t {
			if s != 0 {
				n += len(v.tr.Frames(s))
			}
		}
	}
	for e := 1; e < len(v.g.edges); e += 2 { // both entries share one
		if s := v.g.edges[e].stack; s != 0 {
			n += len(v.tr.Frames(s))
		}
	}
	return n
}
