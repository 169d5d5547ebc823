package irq

import (
	"math/bits"
	"slices"

	"lockstep/cpu"
	"lockstep/sim"
)

// View is a CPU's interrupt hardware as somebody outside the machine sees it
// between two operations.
type View struct {
	IRR, ISR []Vector // requested and in service, highest first
	NMI      bool     // one is latched
	Works    int      // queued irq_work, lazy ones too
	Calls    int      // calls in the CPU's call_single_queue
	TMR      []Vector // whose last message was level-triggered, highest first
	TPR, PPR uint8    // task and processor priority
	// Blocked says that an NMI is being served; Spurious that the TPR has
	// just hidden what the CPU is being interrupted for.
	Blocked, Spurious bool
	Timer             TimerView // the local timer
}

// ViewInto puts CPU c's present state into v, whose slices it uses again.
func (ic *Controller) ViewInto(c int, v *View) {
	a, w := &ic.apics[c], ic.works.Of(c)
	v.IRR, v.ISR = a.irr.list(v.IRR[:0]), a.isr.list(v.ISR[:0])
	v.NMI = a.nmi
	v.Works = len(w.raised) + len(w.lazy)
	v.Calls = len(ic.calls.Of(c).queue)
	v.TMR, v.TPR, v.PPR = a.tmr.list(v.TMR[:0]), a.tpr, a.ppr()
	v.Blocked, v.Spurious = a.nmiBlocked, a.spurious
	v.Timer = a.lvt.view(a)
}

// WorkView is a queued irq_work.
type WorkView struct {
	Name string // of the work
	Lazy bool   // it waits for the tick
}

// EachWork calls fn for every irq_work that is queued on CPU c, in the order
// they were queued; the lazy ones come last.
func (ic *Controller) EachWork(c int, fn func(WorkView)) {
	l := ic.works.Of(c)
	for _, w := range l.raised {
		fn(WorkView{w.name, false})
	}
	for _, w := range l.lazy {
		fn(WorkView{w.name, true})
	}
}

// CallView is a queued call_single_data.
type CallView struct {
	Fn   func(x *cpu.Exec) // what is called
	From int               // the CPU that called
	Sync bool              // it waits until the function has run
}

// EachCall calls fn for every call in CPU c's call_single_queue, oldest first.
func (ic *Controller) EachCall(c int, fn func(CallView)) {
	for _, d := range ic.calls.Of(c).queue {
		fn(CallView{d.fn, d.from, d.flags.Peek()&csdSync != 0})
	}
}

// Serving returns the line whose interrupt CPU c is at, nil for none.
func (ic *Controller) Serving(c int) *Desc { return ic.apics[c].serving }

// Bus reports whether a source's events are messages of lines, whose arguments
// [Message] reads.
func (ic *Controller) Bus(src *sim.Source) bool { return slices.Contains(ic.buses, src) }

// Message says which CPU a message on a bus reaches, and as which vector.
func Message(arg uint64) (to int, v Vector) { return int(arg >> 8 & 0xffff), Vector(arg) }

// LineOf returns the line that a vector stands for on CPU c, nil for none.
func (ic *Controller) LineOf(c int, v Vector) *Desc {
	if ic.lines == nil {
		return nil
	}
	return ic.lines.tables[c].desc[v]
}

// EachLine calls fn for every interrupt line in the order of their numbers.
func (ic *Controller) EachLine(fn func(*Desc)) {
	if ic.lines == nil {
		return
	}
	for _, d := range ic.lines.descs {
		if d != nil {
			fn(d)
		}
	}
}

// list appends the vectors of the set, highest first.
func (s *vectorSet) list(out []Vector) []Vector {
	for i := len(s) - 1; i >= 0; i-- {
		for w := s[i]; w != 0; {
			n := 63 - bits.LeadingZeros64(w)
			out = append(out, Vector(i*64+n))
			w &^= 1 << n
		}
	}
	return out
}

// Purpose returns what the vector is for, in words.
func (v Vector) Purpose() string {
	switch v {
	case LocalTimer:
		return "timer tick"
	case IrqWork:
		return "irq_work"
	case CallFunctionSingle, CallFunction:
		return "function call"
	case MoveCleanup:
		return "vector cleanup"
	case Spurious:
		return "spurious"
	case Reschedule:
		return "reschedule"
	}
	return "interrupt"
}

// Describe says which CPU the events of a source reach and as which vector;
// ok is false for a source that is not the controllers'.
func (ic *Controller) Describe(src *sim.Source) (to int, v Vector, ok bool) {
	if id := src.ID(); id >= firstChannel {
		if ic.channels[id] != src {
			return 0, 0, false
		}
		if n := id - moreChannels; n >= 0 {
			return n / len(moreIPIs) % len(ic.apics), moreIPIs[n%len(moreIPIs)], true
		}
		n := id - firstChannel
		return n / len(ipis) % len(ic.apics), ipis[n%len(ipis)], true
	}
	for i := range ic.apics {
		if ic.apics[i].timer == src {
			return i, LocalTimer, true
		}
	}
	return 0, 0, false
}
