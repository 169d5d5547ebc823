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

// header is what every ruled report begins with: an empty line, two rules of
// the given widths around the title and the release.
func (w *writer) header(upper, lower int) {
	w.blank()
	w.text("%s", strings.Repeat("=", upper))
	w.text("[ %s ]", w.r.Title)
	w.text("%s", w.r.Release)
	w.text("%s", strings.Repeat("-", lower))
}

// lock is a lock line: name, usage and position.
//
//kernel:fn print_lock kernel/locking/lockdep.c
func (w *writer) lock(prefix string, h *held) {
	w.at(prefix+w.v.classes[h.class].lockName()+", at: ", h.site)
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

// names returns the display names of the classes on a path, leaf first.
func (v *Validator) names(root int32, path []int32) []string {
	out := make([]string, len(path))
	for i, e := range path {
		out[i] = v.classes[v.at(root, e)].name()
	}
	return out
}
