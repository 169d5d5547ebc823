package cpu

import (
	"runtime"
	"slices"
	"strings"

	"lockstep/cpu/ksym"
	"lockstep/cpu/lockdep"
)

// Tracer captures call stacks of a run. Walking a stack costs more than a
// fiber switch, so the normal runs have none: what a report needs is captured
// by running the same token again with a Tracer, and capturing never changes
// a run.
type Tracer struct {
	Symbols *ksym.Table // names functions
	stacks  []capture
}

type capture struct {
	pcs []uintptr
	// tail is where a task body stands below the kernel's frames.
	tail string
	site *lockdep.Frame // what site found, once it was asked
}

// NewTracer returns a tracer that names functions by the given table.
func NewTracer(symbols *ksym.Table) *Tracer {
	return &Tracer{Symbols: symbols, stacks: make([]capture, 1)}
}

// Capture takes x's stack; x is the one that calls.
func (t *Tracer) Capture(x *Exec) lockdep.Stack { return t.capture(x) }

func (t *Tracer) capture(x *Exec) lockdep.Stack {
	var pcs [96]uintptr
	n := runtime.Callers(3, pcs[:])
	c := capture{pcs: append([]uintptr(nil), pcs[:n]...)}
	if x != nil && x.Position != nil {
		if at := x.Position(); len(at) > 0 {
			c.tail = at[0].String()
		}
	}
	t.stacks = append(t.stacks, c)
	return lockdep.Stack(len(t.stacks) - 1)
}

// userText is the synthetic address of task bodies, which are user space.
const userText = 0x400000

// Frames resolves a captured stack into the kernel's frames; the place of a
// task body, if it was one that called, comes last.
func (t *Tracer) Frames(s lockdep.Stack) []lockdep.Frame {
	var out []lockdep.Frame
	c := &t.stacks[s]
	for _, f := range t.Symbols.Walk(c.pcs) {
		if c.tail != "" && f.Func.Kernel == "ret_from_fork" {
			out = append(out, lockdep.Frame{Addr: userText, Sym: c.tail})
			break // below a system call there is nothing of the kernel
		}
		out = append(out, lockdep.Frame{Addr: f.Addr(), Sym: f.String()})
	}
	return out
}

// Text prints a captured stack, one frame a line, with the given indent.
func (t *Tracer) Text(s lockdep.Stack, indent string) string {
	var b strings.Builder
	for _, f := range t.Frames(s) {
		b.WriteString(indent + f.String() + "\n")
	}
	return b.String()
}

// site resolves a stack to the first frame that is not a lock function's own:
// what _RET_IP_ is in a lock's slow path. Of a lock that a task body takes
// itself it is the place in the body.
func (t *Tracer) site(s lockdep.Stack) lockdep.Frame {
	c := &t.stacks[s]
	if c.site == nil {
		f := t.findSite(s)
		c.site = &f
	}
	return *c.site
}

func (t *Tracer) findSite(s lockdep.Stack) lockdep.Frame {
	for _, f := range t.Frames(s) {
		if !slices.ContainsFunc(lockFunctions, func(p string) bool { return strings.HasPrefix(f.Sym, p) }) {
			return f
		}
	}
	return lockdep.Frame{Sym: "0x0"}
}

// lockFunctions are how the names of lock functions begin, and that of the
// way into the kernel.
var lockFunctions = []string{
	"_raw_", "lock_", "__mutex", "mutex_", "_mutex_", "__ww_mutex", "ww_mutex_", "ww_acquire_", "rt_mutex_", "down_read", "down_write", "_down_write",
	"preempt_disable", "up_read", "up_write", "downgrade_write", "write_seq", "__write_seq", "read_seq", "local_lock", "local_unlock", "might_lock", "entry_SYSCALL",
}

// lockTracer lends the tracer to the validator of one machine.
type lockTracer struct {
	*Tracer
	m *Machine
}

func (t *lockTracer) Here() lockdep.Site {
	return lockdep.Site(t.capture(t.current()))
}

func (t *lockTracer) Capture() lockdep.Stack {
	return t.capture(t.current())
}

func (t *lockTracer) Site(s lockdep.Site) lockdep.Frame { return t.site(lockdep.Stack(s)) }

func (t *lockTracer) CPU() int { return t.m.E.Current().ID() }

// current is who runs: nobody before the machine is switched on.
func (t *lockTracer) current() *Exec {
	if t.m.E.Current() == nil {
		return nil
	}
	return t.m.CPUs[t.CPU()].cur
}

// Site names the function a captured stack was taken for.
func (t *Tracer) Site(s lockdep.Stack) string { return t.site(s).Sym }

// Walk resumes a parked fiber to let it walk its own stack, and leaves it
// where it was. It is for the time behind the end of a run.
func (t *Tracer) Walk(x *Exec) []string {
	var s lockdep.Stack
	x.Fiber.Query(func() { s = t.capture(x) })
	if s == 0 {
		return nil
	}
	return strings.Split(strings.TrimSuffix(t.Text(s, ""), "\n"), "\n")
}
