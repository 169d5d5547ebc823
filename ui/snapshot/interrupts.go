package snapshot

import (
	"slices"

	"lockstep/irq"
	"lockstep/sim"
)

// APIC is a CPU's local APIC, and the queues that its interrupts serve. What
// is requested and in service there is in CPU.
type APIC struct {
	TMR        []int      // vectors whose last message was level-triggered, highest first
	TPR        uint8      // task priority
	PPR        uint8      // processor priority
	NMI        bool       // one is latched
	NMIBlocked bool       // one is being served, a further one waits
	Spurious   bool       // the TPR has hidden what the CPU is being interrupted for
	Timer      LocalTimer // its timer
	Tasklets   []string   // on its lists, in the order they will run: "name", "name hi", "name disabled"
	Works      []string   // queued irq_work, oldest first: "name", "name lazy"
	Calls      []string   // queued calls, oldest first: "rcu_exp_handler from CPU1, which waits"
}

// LocalTimer is a local APIC's timer.
type LocalTimer struct {
	Mode   string   // one-shot, periodic, TSC-deadline
	Masked bool     // its interrupt is masked
	Period sim.Time // the initial count, 0 for a deadline
	Due    sim.Time // when it expires, 0 if it does not or nobody can say
	Armed  bool     // an expiry is on its way
}

// Line is an interrupt line: a descriptor with the entry of the IO-APIC that
// it stands for, if it does.
type Line struct {
	IRQ        int      // its number
	Name       string   // of the line
	Chip       string   // its controller: IO-APIC, PCI-MSI
	Flow       string   // who handles it: edge, level, fasteoi, percpu
	Depth      int      // how often it is disabled
	Disabled   bool     // irqd_irq_disabled
	Masked     bool     // irqd_irq_masked
	InProgress bool     // its handlers run
	Pending    bool     // to be replayed
	Replay     bool     // sent again by software
	CPU        int      // where it goes
	Vector     int      // as what
	MoveTo     int      // where it is to go behind its next interrupt, -1 for nowhere else
	Actions    []string // in chain order: "eth0", "eth0 with irq/24-eth0/1001, woken"
	Threads    int      // threads of it that are active
	Oneshot    bool     // it stays masked until a thread is done
	Handled    uint64   // interrupts so far, on all CPUs
	Pin        *Pin     // nil if it is none of an IO-APIC
}

// Pin is an entry of an IO-APIC.
type Pin struct {
	Level     bool   // trigger mode
	Masked    bool   // the mask bit
	Asserted  bool   // the line itself
	RemoteIRR bool   // accepted and not acknowledged yet
	InFlight  bool   // a message is on its way
	Lost      uint64 // edges that found the entry masked
	Vector    int    // to be delivered
	Dest      []int  // CPUs it goes to
}

// Watch is what the lockup detectors keep of a CPU.
type Watch struct {
	// Touched is when the watchdog's thread ran there last, in units of 2^30
	// ns; 0 is a CPU that others have touched, and which starts anew.
	Touched    uint64
	Interrupts uint64 // of the watchdog's timer
	Saved      uint64 // how many there were at the last NMI
	Soft       bool   // a soft lockup that is reported and goes on
	Hard       bool   // a hard one
}

// lineCache is scratch for the lines.
type lineCache struct {
	desc irq.DescView
	pins []irq.PinView
	now  []Line
	text []string
}

// takeWatchdog takes the lockup detectors.
func (t *Taker) takeWatchdog() []Watch {
	if t.m.Watchdog == nil {
		return nil
	}
	cpus := t.m.Watchdog.View().CPUs
	return reuse(t.prev.Watchdog, len(cpus), func(i int, out *Watch) {
		v := &cpus[i]
		*out = Watch{Touched: v.TouchTS, Interrupts: v.Interrupts, Saved: v.Saved, Soft: v.Soft, Hard: v.Hard}
	}, equal[Watch])
}

// takeAPICs takes the local APICs.
func (t *Taker) takeAPICs() []APIC {
	return reuse(t.prev.APICs, len(t.m.CPU.CPUs), func(i int, out *APIC) {
		var prev APIC
		if i < len(t.prev.APICs) {
			prev = t.prev.APICs[i]
		}
		t.takeAPIC(i, out, &prev)
	}, sameAPIC)
}

func (t *Taker) takeAPIC(c int, out, prev *APIC) {
	v := &t.irq
	t.m.IRQ.ViewInto(c, v)
	*out = APIC{
		TMR: t.vectors(prev.TMR, v.TMR), TPR: v.TPR, PPR: v.PPR, NMI: v.NMI, NMIBlocked: v.Blocked, Spurious: v.Spurious,
		Timer: LocalTimer{Mode: v.Timer.Mode.String(), Masked: v.Timer.Masked, Period: v.Timer.Period, Due: v.Timer.Due, Armed: v.Timer.Armed},
	}
	l := &t.line
	l.text = l.text[:0]
	for _, k := range t.m.Softirq.Tasklets(c) {
		l.text = append(l.text, marked(k.Name, k.Hi, " hi", k.Disabled > 0, " disabled"))
	}
	out.Tasklets = sharedTexts(prev.Tasklets, l.text)
	l.text = l.text[:0]
	if v.Works > 0 {
		t.m.IRQ.EachWork(c, func(w irq.WorkView) { l.text = append(l.text, marked(w.Name, w.Lazy, " lazy", false, "")) })
	}
	out.Works = sharedTexts(prev.Works, l.text)
	l.text = l.text[:0]
	if v.Calls > 0 {
		t.m.IRQ.EachCall(c, func(k irq.CallView) {
			l.text = append(l.text, marked(t.funcs.name(k.Fn, "function")+" from CPU"+itoa(int64(k.From)), k.Sync, ", which waits", false, ""))
		})
	}
	out.Calls = sharedTexts(prev.Calls, l.text)
}

// marked is a text with what is true of it behind it.
func marked(s string, a bool, ifA string, b bool, ifB string) string {
	if a {
		s += ifA
	}
	if b {
		s += ifB
	}
	return s
}

// sharedTexts is shared for texts.
func sharedTexts(prev, list []string) []string {
	switch {
	case len(list) == 0:
		return nil
	case slices.Equal(prev, list):
		return prev
	}
	return slices.Clone(list)
}

func sameAPIC(a, b *APIC) bool {
	return a.TPR == b.TPR && a.PPR == b.PPR && a.NMI == b.NMI && a.NMIBlocked == b.NMIBlocked && a.Spurious == b.Spurious && a.Timer == b.Timer &&
		slices.Equal(a.TMR, b.TMR) && slices.Equal(a.Tasklets, b.Tasklets) && slices.Equal(a.Works, b.Works) && slices.Equal(a.Calls, b.Calls)
}

// takeLines takes the interrupt lines.
func (t *Taker) takeLines() []Line {
	l := &t.line
	l.now, l.pins = l.now[:0], l.pins[:0]
	if ios := t.m.IRQ.IOAPICs(); len(ios) > 0 {
		ios[0].EachPin(func(v irq.PinView) { l.pins = append(l.pins, v) })
	}
	t.m.IRQ.EachLine(func(d *irq.Desc) {
		var prev Line
		if i := len(l.now); i < len(t.prev.Lines) && t.prev.Lines[i].IRQ == d.IRQ() {
			prev = t.prev.Lines[i]
		}
		d.ViewInto(&l.desc)
		l.now = append(l.now, t.takeLine(&l.desc, &prev))
	})
	return reuse(t.prev.Lines, len(l.now), func(i int, out *Line) { *out = l.now[i] }, sameLine)
}

func (t *Taker) takeLine(v *irq.DescView, prev *Line) Line {
	out := Line{
		IRQ: v.IRQ, Name: v.Name, Chip: v.Chip, Flow: v.Flow.String(), Depth: v.Depth, Disabled: v.Disabled, Masked: v.Masked,
		InProgress: v.InProgress, Pending: v.Pending, Replay: v.Replay, CPU: v.CPU, Vector: int(v.Vector), MoveTo: v.MoveTo,
		Threads: v.Threads, Oneshot: v.Oneshot != 0,
	}
	for _, n := range v.Handled {
		out.Handled += n
	}
	l := &t.line
	l.text = l.text[:0]
	for _, a := range v.Actions {
		s := a.Name
		if a.Thread != nil {
			s = marked(s+" with "+t.names.of(&a.Thread.Exec), a.Woken, ", woken", a.Waited, ", waited for")
		}
		l.text = append(l.text, s)
	}
	out.Actions = sharedTexts(prev.Actions, l.text)
	for i := range l.pins {
		if p := &l.pins[i]; p.Pin == v.IRQ && v.Chip == "IO-APIC" {
			out.Pin = t.pin(p, prev.Pin)
		}
	}
	return out
}

// pin returns an entry: prev if it has not changed.
func (t *Taker) pin(v *irq.PinView, prev *Pin) *Pin {
	now := Pin{
		Level: v.Level, Masked: v.Masked, Asserted: v.Asserted, RemoteIRR: v.RemoteIRR, InFlight: v.Pending, Lost: v.Lost,
		Vector: int(v.Vector), Dest: v.Dest,
	}
	if prev != nil && samePin(&now, prev) {
		return prev
	}
	out := now
	out.Dest = slices.Clone(v.Dest)
	return &out
}

func samePin(a, b *Pin) bool {
	return a.Level == b.Level && a.Masked == b.Masked && a.Asserted == b.Asserted && a.RemoteIRR == b.RemoteIRR && a.InFlight == b.InFlight &&
		a.Lost == b.Lost && a.Vector == b.Vector && slices.Equal(a.Dest, b.Dest)
}

// sameLine compares two takes of one line. What has not changed of its entry
// is shared, and so the same.
func sameLine(a, b *Line) bool {
	return a.IRQ == b.IRQ && a.Name == b.Name && a.Chip == b.Chip && a.Flow == b.Flow && a.Depth == b.Depth && a.Disabled == b.Disabled &&
		a.Masked == b.Masked && a.InProgress == b.InProgress && a.Pending == b.Pending && a.Replay == b.Replay && a.CPU == b.CPU &&
		a.Vector == b.Vector && a.MoveTo == b.MoveTo && a.Threads == b.Threads && a.Oneshot == b.Oneshot && a.Handled == b.Handled &&
		a.Pin == b.Pin && slices.Equal(a.Actions, b.Actions)
}
