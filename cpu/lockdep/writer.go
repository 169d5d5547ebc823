package lockdep

import (
	"fmt"
	"strings"
)

// writer builds the lines of one report.
type writer struct {
	v     *Validator
	t     *Task
	r     *Report
	stack Stack // of the event that is reported, captured once
}

func (w *writer) text(format string, args ...any) {
	w.r.Lines = append(w.r.Lines, Line{Text: fmt.Sprintf(format, args...)})
}

func (w *writer) blank() { w.r.Lines = append(w.r.Lines, Line{}) }

func (w *writer) at(text string, s Site) {
	w.r.Lines = append(w.r.Lines, Line{Text: text, Site: s, At: true})
}

func (w *writer) trace(lead string, indent int, s Stack) {
	w.r.Lines = append(w.r.Lines, Line{Text: lead, Indent: indent, Stack: s})
}

// header is what every ruled report begins with: an empty line, two rules
// around the title and the release. Newer kernels print brackets around the
// title of the wait-type report only (docs/kernel/lockdep.md §2.1).
func (w *writer) header() {
	s := &shapes[w.r.Kind]
	upper, lower, title := s.upper, s.lower, "[ "+w.r.Title+" ]"
	if w.v.strict {
		upper, lower = s.width, s.width
		if w.r.Kind != WaitContext {
			title = w.r.Title
		}
	}
	w.blank()
	w.text("%s", strings.Repeat("=", upper))
	w.text("%s", title)
	w.text("%s", w.r.Release)
	w.text("%s", strings.Repeat("-", lower))
}

// lock is a lock line: name, usage and position; newer kernels put the address
// of the instance before it and print no address of the position.
//
//kernel:fn print_lock kernel/locking/lockdep.c
func (w *writer) lock(prefix string, h *held) {
	text := w.v.lockName(h.class) + ", at: "
	if w.v.strict {
		text = fmt.Sprintf("%016x%s", w.v.addr(h.m), text)
	}
	w.r.Lines = append(w.r.Lines, Line{Text: prefix + text, Site: h.site, At: true, Bare: w.v.strict})
}

//kernel:fn lockdep_print_held_locks kernel/locking/lockdep.c
func (w *writer) held() {
	n := len(w.t.held)
	if n == 0 {
		w.text("no locks held by %s.", w.t)
		return
	}
	plural := ""
	if n > 1 {
		plural = "s"
	}
	w.text("%d lock%s held by %s:", n, plural, w.t)
	for i := range w.t.held {
		w.lock(fmt.Sprintf(" #%d: ", i), &w.t.held[i])
	}
}

// HeldLocks returns the list of the locks that t holds as lines of a report,
// for a message that is none of the validator's own.
//
//kernel:fn lockdep_print_held_locks kernel/locking/lockdep.c
func (v *Validator) HeldLocks(t *Task) *Report {
	w := writer{v: v, t: t, r: &Report{}}
	w.held()
	return w.r
}

// backtrace is the end of a report: a blank line, the caption, dump_stack.
func (w *writer) backtrace() {
	w.blank()
	w.text("stack backtrace:")
	w.dumpStack()
}

func (w *writer) dumpStack() {
	w.r.Lines = append(w.r.Lines, Line{Backtrace: true, Stack: w.stack})
}

func (w *writer) deadlock() {
	w.blank()
	w.text(" *** DEADLOCK ***")
	w.blank()
}

// cpu1 starts the second column of a scenario table.
const cpu1 = "                               "

// twoCPUs opens the scenario table of two columns.
func (w *writer) twoCPUs(interrupt string) {
	w.text(" Possible%s unsafe locking scenario:", interrupt)
	w.blank()
	w.text("       CPU0                    CPU1")
	w.text("       ----                    ----")
}

// oneCPU opens the scenario table of one column.
func (w *writer) oneCPU() {
	w.text(" Possible unsafe locking scenario:")
	w.blank()
	w.text("       CPU0")
	w.text("       ----")
}

// chain names three classes of a longer path.
func (w *writer) chain(a, b, c string) {
	w.text("Chain exists of:")
	w.text("  %s --> %s --> %s", a, b, c)
	w.blank()
}

// instances is the last line of a report with a verdict on instances. No
// kernel prints it.
func (w *writer) instances() {
	in := &w.r.Instances
	if in.Verdict == NoVerdict {
		return
	}
	text := "instances: " + in.Verdict.String()
	for i, m := range in.Maps {
		sep := " -> "
		if i == 0 {
			sep = ": "
		}
		text += fmt.Sprintf("%s%016x (%s)", sep, in.Addrs[i], m.name())
	}
	w.text("%s", text)
}

// lockAs is a step of a scenario: lock(NAME), or how the lock is really taken.
func (w *writer) lockAs(column string, h *held) {
	word := "lock"
	switch {
	case !w.v.strict:
	case h.reader():
		word = "rlock"
	case h.sync:
		word = "sync"
	}
	w.text("%s%s(%s);", column, word, w.v.className(h.class))
}

// pathNames returns the display names of the classes on a path, leaf first.
func (v *Validator) pathNames(path []hop) []string {
	out := make([]string, len(path))
	for i, h := range path {
		out[i] = v.className(h.to)
	}
	return out
}
