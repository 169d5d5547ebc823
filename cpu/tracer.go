package cpu

import (
	"runtime"
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
}

// NewTracer returns a tracer that names functions by the given table.
func NewTracer(symbols *ksym.Table) *Tracer {
	return &Tracer{Symbols: symbols, stacks: make([]capture, 1)}
}

// Capture takes the calling fiber's stack.
func (t *Tracer) Capture() lockdep.Stack { return t.capture(nil) }

func (t *Tracer) capture(x *Exec) lockdep.Stack {
	var pcs [96]uintptr
	n := runtime.Callers(3, pcs[:])
	c := capture{pcs: append([]uintptr(nil), pcs[:n]...)}
	if x != nil && x.Position != nil {
		c.tail = x.Position()
	}
	t.stacks = append(t.stacks, c)
	return lockdep.Stack(len(t.stacks) - 1)
}

// Frames resolves a captured stack into the kernel's frames.
func (t *Tracer) Frames(s lockdep.Stack) []lockdep.Frame {
	var out []lockdep.Frame
	for _, f := range t.Symbols.Walk(t.stacks[s].pcs) {
		out = append(out, lockdep.Frame{Addr: f.Addr(), Sym: f.String()})
	}
	return out
}

// Text prints a captured stack, one frame a line, with the given indent; the
// place of a task body comes last.
func (t *Tracer) Text(s lockdep.Stack, indent string) string {
	var b strings.Builder
	for _, f := range t.Frames(s) {
		b.WriteString(indent + f.String() + "\n")
	}
	if tail := t.stacks[s].tail; tail != "" {
		b.WriteString(indent + tail + "\n")
	}
	return b.String()
}

// site resolves a stack to the first frame that is not a lock function's own:
// what _RET_IP_ is in a lock's slow path.
func (t *Tracer) site(s lockdep.Stack) lockdep.Frame {
	frames := t.Symbols.Walk(t.stacks[s].pcs)
	for _, f := range frames {
		if strings.HasPrefix(f.Func.Kernel, "_raw_") || strings.HasPrefix(f.Func.Kernel, "lock_") ||
			strings.HasPrefix(f.Func.Kernel, "__mutex") || f.Func.Kernel == "mutex_lock" {
			continue
		}
		return lockdep.Frame{Addr: f.Addr(), Sym: f.String()}
	}
	return lockdep.Frame{Addr: 0, Sym: "0x0"}
}

// lockTracer lends the tracer to the validator of one machine.
type lockTracer struct {
	*Tracer
	m *Machine
}

func (t *lockTracer) Here() lockdep.Site {
	return lockdep.Site(t.capture(nil))
}

func (t *lockTracer) Capture() lockdep.Stack {
	return t.capture(t.m.CPUs[t.CPU()].cur)
}

func (t *lockTracer) Site(s lockdep.Site) lockdep.Frame { return t.site(lockdep.Stack(s)) }

func (t *lockTracer) CPU() int { return t.m.E.Current().ID() }

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
