package irq

// SharedWire is a wire that several devices pull, as those of a PCI interrupt
// line: it is asserted as long as any of them asserts it. On an edge-triggered
// line whoever comes while another has it is not noticed, which is why only
// level-triggered ones are shared.
type SharedWire struct {
	w     Wire
	pulls int // devices that assert it
}

// NewSharedWire lets several devices pull w.
func NewSharedWire(w Wire) *SharedWire { return &SharedWire{w: w} }

// Assert implements [Wire], of all ends together.
func (s *SharedWire) Assert() {
	s.pulls++
	s.w.Assert()
}

// Deassert implements [Wire].
func (s *SharedWire) Deassert() {
	if s.pulls--; s.pulls == 0 {
		s.w.Deassert()
	}
}

// End returns the wire as one of the devices has it.
func (s *SharedWire) End() Wire { return &wireEnd{s: s} }

// wireEnd is one device's end of a shared wire.
type wireEnd struct {
	s  *SharedWire
	on bool // the device asserts it
}

// Assert implements [Wire]. A device may assert what it asserts already.
func (e *wireEnd) Assert() {
	if !e.on {
		e.on = true
		e.s.Assert()
	}
}

// Deassert implements [Wire].
func (e *wireEnd) Deassert() {
	if e.on {
		e.on = false
		e.s.Deassert()
	}
}

// nmiWire leads to a CPU's NMI pin.
type nmiWire struct {
	ic *Controller
	to int
}

// NMIWire returns the wire to a CPU's NMI pin.
func (ic *Controller) NMIWire(to int) Wire { return nmiWire{ic, to} }

// Assert implements [Wire]: each time is an NMI.
func (w nmiWire) Assert() { w.ic.RaiseNMI(w.to) }

// Deassert implements [Wire].
func (w nmiWire) Deassert() {}
