package cpu

import (
	"fmt"

	"lockstep/cpu/lockdep"
	"lockstep/sim"
)

// KERN_* levels of printk.
const (
	LevelEmerg = iota
	LevelAlert
	LevelCrit
	LevelErr
	LevelWarning
	LevelNotice
	LevelInfo
	LevelDebug
)

// stackWidth is the length of a printed call trace for the price of printing
// it: eight lines of 56. The price may not depend on whether stacks are
// captured, or tracing would change a run.
const (
	lineWidth  = 56
	stackWidth = 8 * lineWidth
)

// Warn is WARN_ON(cond) with a text: it prints the kernel's warning and puts
// it on record. It returns cond. where is file and line as the fact sheets
// name them, without a line number they do not give.
func Warn(x *Exec, cond bool, where, text string) bool {
	if !cond {
		return false
	}
	m := x.m
	x.RecordOp()
	f := &Finding{Kind: "warn", Title: "WARNING: " + text + " at " + where, Text: text}
	if m.Tracer != nil {
		f.Stack = m.Tracer.Capture(x)
	}
	m.AddFinding(x, f)
	m.Hooks.Printk(x, LevelWarning, "------------[ cut here ]------------", 0)
	m.Hooks.Printk(x, LevelWarning, fmt.Sprintf("WARNING: CPU: %d PID: %d at %s", x.cpu.ID, x.PID, where), lineWidth)
	m.Hooks.Printk(x, LevelWarning, text, lineWidth)
	m.Hooks.Printk(x, LevelWarning, m.stackText(f.Stack), stackWidth)
	m.Hooks.Printk(x, LevelWarning, "---[ end trace ]---", 0)
	return true
}

// DumpStack is dump_stack(): who runs where, and the stack s, which
// [Tracer.Capture] gave, or none in a run without capture.
//
//kernel:fn dump_stack lib/dump_stack.c
func (x *Exec) DumpStack(s lockdep.Stack) {
	m := x.m
	m.Hooks.Printk(x, LevelWarning, fmt.Sprintf("CPU: %d PID: %d Comm: %s Not tainted %s", x.cpu.ID, x.PID, x.Comm, m.Release), 0)
	m.Hooks.Printk(x, LevelWarning, m.stackText(s), stackWidth)
}

// ShowHeldLocks is debug_show_held_locks() of p: a task that cannot take or
// release any meanwhile, such as x itself.
//
//kernel:fn debug_show_held_locks kernel/locking/lockdep.c
func (x *Exec) ShowHeldLocks(p *Exec) {
	ld := x.m.Lockdep
	if ld == nil {
		return
	}
	x.RecordOp() // what all share: whether the validator is on
	if !ld.DebugLocks() {
		x.m.Hooks.Printk(x, LevelWarning, "INFO: lockdep is turned off.", 0)
		return
	}
	for _, rec := range x.m.reportRecords(ld.HeldLocks(p.LD)) {
		x.m.Hooks.Printk(x, LevelWarning, rec.text, rec.width)
	}
}

// WarnOnce is WARN_ON_ONCE: the first time per machine and place.
func WarnOnce(x *Exec, cond bool, where, text string) bool {
	if !cond {
		return false
	}
	x.RecordOp() // which CPU is the first is a matter of the operations' order
	if !x.m.warned[where+text] {
		if x.m.warned == nil {
			x.m.warned = map[string]bool{}
		}
		x.m.warned[where+text] = true
		Warn(x, true, where, text)
	}
	return true
}

// RecordOp is the operation of putting something on record: findings, and
// what is said once, are shared by all CPUs.
func (x *Exec) RecordOp() { x.Op(sim.KindFinding, &x.m.findObj, sim.AccessWrite, 0) }

// Record puts a finding of the kernel's own checks on record.
func (x *Exec) Record(f *Finding) {
	x.RecordOp()
	x.m.AddFinding(x, f)
}

// Bug is BUG(): it ends the run. Printing may leave the CPU ahead of others,
// whose operations until then still count, so the end has one of its own.
func Bug(x *Exec, where, text string) {
	m := x.m
	x.RecordOp()
	f := &Finding{Kind: "bug", Title: "kernel BUG at " + where, Text: text}
	if m.Tracer != nil {
		f.Stack = m.Tracer.Capture(x)
	}
	m.AddFinding(x, f)
	m.Hooks.Printk(x, LevelEmerg, "kernel BUG at "+where+"!", lineWidth)
	x.RecordOp()
	m.E.Stop()
}

// Assert is a scenario's own assertion failing.
func Assert(x *Exec, text string) {
	m := x.m
	x.RecordOp()
	f := &Finding{Kind: "assert", Title: "assertion failed: " + text, Text: text}
	if m.Tracer != nil {
		f.Stack = m.Tracer.Capture(x)
	}
	m.AddFinding(x, f)
}
