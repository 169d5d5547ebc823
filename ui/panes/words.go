package panes

import (
	"fmt"
	"strconv"
	"strings"

	"lockstep/cpu"
	"lockstep/sim"
	"lockstep/ui/snapshot"
	"lockstep/ui/text"
)

// duration is a length of time in the unit that suits it.
func duration(t sim.Time) string {
	switch {
	case t >= sim.Forever:
		return "never"
	case t < 0:
		return "-" + duration(-max(t, -sim.Forever))
	case t < sim.Microsecond:
		return strconv.FormatInt(int64(t), 10) + " ns"
	case t < sim.Millisecond:
		return thousandths(t, sim.Microsecond) + " us"
	case t < sim.Second:
		return thousandths(t, sim.Millisecond) + " ms"
	}
	return thousandths(t, sim.Second) + " s"
}

// thousandths is t in a unit with three decimals.
func thousandths(t, unit sim.Time) string {
	frac := strconv.FormatInt(int64(t%unit/(unit/1000)), 10)
	return strconv.FormatInt(int64(t/unit), 10) + "." + "000"[len(frac):] + frac
}

// instant is a point in time in microseconds.
func instant(t sim.Time) string { return thousandths(max(t, 0), sim.Microsecond) }

// due says when something comes, seen from now.
func (c *Context) due(t sim.Time) text.Span {
	switch d := t - c.now().Time; {
	case t >= sim.Forever:
		return text.Span{Text: "never", Role: text.Dim}
	case d < 0:
		return text.Span{Text: "late " + duration(-d), Role: text.Warn}
	case d == 0:
		return text.Span{Text: "now", Role: text.Plain}
	default:
		return text.Span{Text: "in " + duration(d), Role: text.Plain}
	}
}

// cpuName is what a processor is called.
func cpuName(n int) string { return "CPU" + strconv.Itoa(n) }

// taskName is comm/pid.
func taskName(t *snapshot.Task) string { return t.Comm + "/" + strconv.Itoa(t.PID) }

// who is a processor with the task it runs, and whether it is unplugged.
func who(p *snapshot.CPU) text.Line {
	l := text.Line{{Text: cpuName(p.ID), Role: text.OfCPU(abs(p.ID))}}
	if p.Offline {
		l = l.Add(text.Off, " offline")
	}
	return l.Add(text.Plain, " "+p.Name)
}

func abs(n int) int { return max(n, -n) }

// ofCPU is the role of a processor, plain if it is none.
func ofCPU(n int) text.Role {
	if n < 0 {
		return text.Plain
	}
	return text.OfCPU(n)
}

// opWords is an operation: "lock ctx->lock".
func opWords(op snapshot.Op) string {
	name := op.Name
	if name == "" {
		name = kindName(op.Kind)
	}
	return strings.TrimSpace(name + " " + op.Object)
}

// kindName is cpu.KindName for whatever number is recorded.
func kindName(k sim.Kind) string {
	if k > cpu.KindUserStart {
		return fmt.Sprintf("kind %d", k)
	}
	return cpu.KindName(k)
}

// count is "no locks", "1 lock", "2 locks".
func count(n int, one string) string {
	switch n {
	case 0:
		return "no " + one + "s"
	case 1:
		return "1 " + one
	}
	return strconv.Itoa(n) + " " + one + "s"
}

// counts are the four parts of a preempt_count.
func counts(word uint32) (preempt, softirq, hardirq, nmi uint32) {
	return word & cpu.PreemptMask, word & cpu.SoftirqMask / cpu.SoftirqOffset,
		word & cpu.HardirqMask / cpu.HardirqOffset, word & cpu.NMIMask / cpu.NMIOffset
}

// vectors are interrupt vectors as hexadecimal numbers.
func vectors(vs []int) string {
	var b strings.Builder
	for i, v := range vs {
		if i > 0 {
			b.WriteByte(' ')
		}
		fmt.Fprintf(&b, "0x%02x", v)
	}
	return b.String()
}

// waitWords is what somebody waits for, without who holds it: "spinlock
// ctx->lock".
func waitWords(w *snapshot.Wait) string { return strings.TrimSpace(w.Kind + " " + w.On) }

// holder is who ends a wait, and how he holds it; empty if nobody can say.
func (c *Context) holder(w *snapshot.Wait) string {
	name := w.Holder
	if name == "" && w.CPU >= 0 {
		name = cpuName(w.CPU)
	}
	if name == "" {
		name = c.comm(w.Task)
	}
	if name == "" {
		return ""
	}
	return strings.TrimSpace(w.How + " by " + name)
}
