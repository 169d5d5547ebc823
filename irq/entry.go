package irq

// entry is the state of one redirection entry of an IO-APIC and of the line at
// its pin, without anything around it: events go in, and whether a message is
// to be sent comes out (docs/kernel/sched-irq-printk.md §2.6).
//
//	edge:   a rise of the unmasked line sends; one of the masked line is lost
//	level:  sends while the line is asserted, unmasked, no message travels and
//	        none is in service (remote IRR)
//
// There is no polarity: a line is asserted or not.
type entry struct {
	level     bool
	masked    bool
	asserted  bool   // the line
	remoteIRR bool   // level: accepted, not yet acknowledged
	inFlight  int    // messages on their way: the delivery status bit
	lost      uint64 // edges that found the entry masked
}

// send reports whether a level entry is to send now.
func (e *entry) send() bool {
	return e.level && e.asserted && !e.masked && !e.remoteIRR && e.inFlight == 0
}

// raise asserts the line.
func (e *entry) raise() bool {
	rise := !e.asserted
	e.asserted = true
	if e.level || !rise {
		return e.send()
	}
	if e.masked {
		e.lost++
	}
	return !e.masked
}

// lower deasserts the line. A message that is on its way stays so.
func (e *entry) lower() { e.asserted = false }

// mask sets or clears the mask bit. An edge that was lost stays lost.
func (e *entry) mask(masked bool) bool {
	e.masked = masked
	return e.send()
}

// sent counts the messages of one delivery, one for each CPU of the
// destination.
func (e *entry) sent(n int) { e.inFlight += n }

// accepted is the arrival of a message at a local APIC.
func (e *entry) accepted() {
	e.inFlight--
	e.remoteIRR = e.remoteIRR || e.level
}

// eoi is the broadcast of an EOI for the entry's vector. A line that is still
// asserted interrupts again.
func (e *entry) eoi() bool {
	e.remoteIRR = false
	return e.send()
}
