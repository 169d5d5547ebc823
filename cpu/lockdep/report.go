package lockdep

import (
	"fmt"
	"io"
	"strings"
)

// Report is one finding of the validator.
type Report struct {
	Kind  Kind   // which rule was broken
	Title string // the title line without its brackets, or the first line of a message

	// Classes are display names in the order of locking. Circular: new, …,
	// prev, the cycle. SafeUnsafe and Inversion: safe, …, unsafe. Others: the
	// one class in question, or none.
	Classes []string
	// Instances is the verdict of RulesExact on instances.
	Instances Instances
	Lines     []Line // the text

	CPU     int    // where it was found; 0 without a tracer
	PID     int    // of the task that was caught
	Comm    string // its name
	Release string // as Config.Release
	Rules   Rules  // of the validator; they decide how stacks are printed
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
	Bare bool // Site is printed without its address
	// Backtrace marks Stack as dump_stack: the CPU line and "Call Trace:".
	Backtrace bool
}

const notTainted = " Not tainted"

// Render writes the report as the kernel prints it, resolving positions with tr. A
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
			r.renderStack(w, tr, "", 1, l.Stack)
		case l.Indent > 0:
			r.renderStack(w, tr, l.Text, l.Indent, l.Stack)
		case l.At && (tr == nil || l.Site == 0):
			fmt.Fprintf(w, "%s(position not captured)\n", l.Text)
		case l.At && l.Bare:
			fmt.Fprintf(w, "%s%s\n", l.Text, tr.Site(l.Site).Sym)
		case l.At:
			fmt.Fprintf(w, "%s%s\n", l.Text, tr.Site(l.Site))
		default:
			fmt.Fprintf(w, "%s\n", l.Text)
		}
	}
}

//kernel:fn print_stack_trace kernel/stacktrace.c
func (r *Report) renderStack(w io.Writer, tr Tracer, lead string, indent int, s Stack) {
	pad := strings.Repeat(" ", indent)
	if tr == nil || s == 0 {
		fmt.Fprintf(w, "%s%s(stack not captured)\n", lead, pad)
		return
	}
	for _, f := range tr.Frames(s) {
		text := f.String()
		if r.Rules != RulesV44 {
			text = f.Sym
		}
		fmt.Fprintf(w, "%s%s%s\n", lead, pad, text)
		lead = ""
	}
}

// String is the frame as the kernel prints it: [<address>] symbol.
func (f Frame) String() string { return fmt.Sprintf("[<%016x>] %s", f.Addr, f.Sym) }

// begin opens a report, or returns nil if KeepGoing has shown this one. name
// goes into the title, sig are the classes that make the report distinct. In
// the other mode it is what clears debug_locks, except that newer kernels go on
// after an RCU report.
//
//kernel:fn debug_locks_off_graph_unlock kernel/locking/lockdep.c
func (v *Validator) begin(t *Task, kind Kind, name string, classes, sig []string) *writer {
	return v.beginJudged(t, kind, name, classes, sig, Instances{})
}

// beginJudged is begin of a report with a verdict on instances: another verdict
// makes another report.
func (v *Validator) beginJudged(t *Task, kind Kind, name string, classes, sig []string, in Instances) *writer {
	if v.cfg.KeepGoing && kind != Limit {
		s := kind.String() + in.Verdict.String() + "\x00" + strings.Join(sig, "\x00")
		if v.seen[s] {
			return nil
		}
		if v.seen == nil {
			v.seen = make(map[string]bool)
		}
		v.seen[s] = true
	} else if kind != RCU || !v.strict {
		v.on = false
	}
	return v.open(t, kind, name, classes, in)
}

// open opens a report whatever came before.
func (v *Validator) open(t *Task, kind Kind, name string, classes []string, in Instances) *writer {
	r := &Report{Kind: kind, Title: shapes[kind].title(v.strict, name), Classes: classes, Instances: in,
		PID: t.pid, Comm: t.comm, Release: v.cfg.Release, Rules: v.cfg.Rules}
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
	w.instances()
	if f := w.v.cfg.OnReport; f != nil {
		w.t.recursion++
		f(w.r)
		w.t.recursion--
	}
	return w.v.on
}
