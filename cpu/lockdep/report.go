package lockdep

import (
	"fmt"
	"io"
	"strings"
)

// Kind sorts reports (docs/kernel/lockdep.md §2.1).
type Kind uint8

// The kinds of report.
const (
	// Circular is a new edge that closes a cycle of classes.
	Circular Kind = iota
	// Recursive is a class taken again by its holder.
	Recursive
	// Inconsistent is one class both safe and unsafe.
	Inconsistent
	// SafeUnsafe is a new edge between a safe and an unsafe class.
	SafeUnsafe
	// Inversion is a new usage bit that makes an old path unsafe.
	Inversion
	// UnlockBalance is a release of what is not held.
	UnlockBalance
	// NestNotHeld is a nest lock that is not held.
	NestNotHeld
	// Warn is a failed DEBUG_LOCKS_WARN_ON.
	Warn
	// Limit is a full table or an invalid argument; it always switches off.
	Limit
)

var kindNames = [...]string{"circular", "recursive", "inconsistent", "safe-unsafe", "inversion",
	"bad-unlock-balance", "nest-not-held", "warn", "limit"}

// String is the kind in lower case, words joined by '-'.
func (k Kind) String() string { return kindNames[k] }

// Report is one finding of the validator.
type Report struct {
	Kind  Kind   // which rule was broken
	Title string // the title line without its brackets, or the first line of a message

	// Classes are display names in the order of locking. Circular: new, …,
	// prev, the cycle. SafeUnsafe and Inversion: safe, …, unsafe. Others: the
	// one class in question, or none.
	Classes []string
	Lines   []Line // the text

	CPU     int    // where it was found; 0 without a tracer
	PID     int    // of the task that was caught
	Comm    string // its name
	Release string // as Config.Release
}

// Line is one line of a report, or a stack of lines.
type Line struct {
	// Text is the line; of a stack, what stands before its first frame.
	Text string
	// Stack is printed if Indent or Backtrace is set.
	Stack Stack
	// Indent is the number of spaces before each frame of Stack, 0 for a line
	// that is no stack.
	Indent int
	// Site follows Text if At is set.
	Site Site
	At   bool // Site is printed
	// Backtrace marks Stack as dump_stack: the CPU line and "Call Trace:".
	Backtrace bool
}

const notTainted = " Not tainted"

// Render writes the report as v4.4 prints it, resolving positions with tr. A
// nil tr, or what was not captured, gives "(stack not captured)" and
// "(position not captured)". Write errors are dropped: give it a buffer
// (docs/kernel/lockdep.md §2.1).
func (r *Report) Render(w io.Writer, tr Tracer) {
	for i := range r.Lines {
		l := &r.Lines[i]
		switch {
		case l.Backtrace:
			fmt.Fprintf(w, "CPU: %d PID: %d Comm: %s%s %s\nCall Trace:\n", r.CPU, r.PID, r.Comm,
				notTainted, strings.TrimSuffix(r.Release, notTainted))
			renderStack(w, tr, "", 1, l.Stack)
		case l.Indent > 0:
			renderStack(w, tr, l.Text, l.Indent, l.Stack)
		case l.At && (tr == nil || l.Site == 0):
			fmt.Fprintf(w, "%s(position not captured)\n", l.Text)
		case l.At:
			fmt.Fprintf(w, "%s%s\n", l.Text, tr.Site(l.Site))
		default:
			fmt.Fprintf(w, "%s\n", l.Text)
		}
	}
}

//kernel:fn print_stack_trace kernel/stacktrace.c
func renderStack(w io.Writer, tr Tracer, lead string, indent int, s Stack) {
	pad := strings.Repeat(" ", indent)
	if tr == nil || s == 0 {
		fmt.Fprintf(w, "%s%s(stack not captured)\n", lead, pad)
		return
	}
	for _, f := range tr.Frames(s) {
		fmt.Fprintf(w, "%s%s%s\n", lead, pad, f)
		lead = ""
	}
}

// String is the frame as the kernel prints it: [<address>] symbol.
func (f Frame) String() string { return fmt.Sprintf("[<%016x>] %s", f.Addr, f.Sym) }

// begin opens a report, or returns nil if KeepGoing has shown this one. sig
// are the classes that make it distinct. In the other mode it is what clears
// debug_locks.
//
//kernel:fn debug_locks_off_graph_unlock kernel/locking/lockdep.c
func (v *Validator) begin(t *Task, kind Kind, title string, classes, sig []string) *writer {
	if v.cfg.KeepGoing && kind != Limit {
		s := kind.String() + "\x00" + strings.Join(sig, "\x00")
		if v.seen[s] {
			return nil
		}
		if v.seen == nil {
			v.seen = make(map[string]bool)
		}
		v.seen[s] = true
	} else {
		v.on = false
	}
	r := &Report{Kind: kind, Title: title, Classes: classes, PID: t.pid, Comm: t.comm, Release: v.cfg.Release}
	if v.tr != nil {
		r.CPU = v.tr.CPU()
	}
	return &writer{v: v, t: t, r: r, stack: v.capture()}
}

// end hands the report over and tells whether validation goes on. Events of t
// that the callback causes, say by printing, are not seen.
func (w *writer) end() bool {
	if w == nil {
		return true
	}
	if f := w.v.cfg.OnReport; f != nil {
		w.t.recursion++
		f(w.r)
		w.t.recursion--
	}
	return w.v.on
}
