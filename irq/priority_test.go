package irq

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"lockstep/cpu"
	"lockstep/sim"
)

// twin is a local APIC as a list of what is requested and one of what is in
// service, in the order it was taken.
type twin struct {
	requested, serving []Vector
	tpr                uint8
}

// next is the highest requested vector, if its class is above that of the
// task priority and of everything in service.
func (w *twin) next() (Vector, bool) {
	if len(w.requested) == 0 {
		return 0, false
	}
	best := slices.Max(w.requested)
	for _, v := range append([]Vector{Vector(w.tpr)}, w.serving...) {
		if v>>4 >= best>>4 {
			return best, false
		}
	}
	return best, true
}

// TestPriorityAgainstList: with a task priority that changes the registers
// deliver what the lists do, and what a raised priority hides is answered by
// the spurious vector once, and by itself when the priority is low again.
func TestPriorityAgainstList(t *testing.T) {
	vectors := []Vector{0x20, 0x31, 0x3f, 0x41, 0x48, 0x51, 0xe1, LocalTimer, IrqWork, Reschedule}
	rapid.Check(t, func(t *rapid.T) {
		b := newHardware(1, sim.Config{})
		defer b.m.E.Close()
		a := &b.ic.apics[0]
		var w twin
		spurious := false
		for range rapid.IntRange(1, 60).Draw(t, "events") {
			switch rapid.SampledFrom([]string{"accept", "take", "eoi", "tpr"}).Draw(t, "event") {
			case "accept":
				v := rapid.SampledFrom(vectors).Draw(t, "vector")
				a.accept(v)
				if !slices.Contains(w.requested, v) {
					w.requested = append(w.requested, v)
				}
			case "tpr":
				_, was := w.next()
				w.tpr = rapid.Uint8().Draw(t, "tpr")
				a.setTPR(w.tpr)
				_, is := w.next()
				spurious = spurious || was && !is
			case "take":
				v, ok := w.next()
				if spurious {
					if got := a.take(); got != Spurious {
						t.Fatalf("took %#x, want the spurious vector", uint8(got))
					}
					spurious = false
				} else if ok {
					if got := a.take(); got != v {
						t.Fatalf("took %#x, want %#x", uint8(got), uint8(v))
					}
					w.requested = slices.DeleteFunc(w.requested, func(o Vector) bool { return o == v })
					w.serving = append(w.serving, v)
				}
			case "eoi":
				a.eoi()
				if n := len(w.serving); n > 0 {
					w.serving = w.serving[:n-1]
				}
			}
			_, ok := w.next()
			if got := a.deliverable() >= 0; got != ok || a.p.Pending() != (ok || spurious) || a.spurious != spurious {
				t.Fatalf("deliverable %t, pending %t, spurious %t; want %t, %t: %+v", got, a.p.Pending(), a.spurious, ok, spurious, w)
			}
			if class := slices.Max(append(slices.Clone(w.serving), Vector(w.tpr))) >> 4; Vector(a.ppr()>>4) != class {
				t.Fatalf("PPR %#x, want class %d: %+v", a.ppr(), class, w)
			}
		}
	})
}

// TestSpurious: a CPU that raises its task priority over an interrupt that
// waits for the flag gets the spurious vector, which nobody acknowledges, and
// the interrupt itself when the priority is low again.
func TestSpurious(t *testing.T) {
	b := newHardware(1, sim.Config{})
	var got []Vector
	b.ic.handlers[0x41] = func(x *cpu.Exec) { got = append(got, 0x41); b.ic.EOI(x) }
	b.run(t, b.s.NewTask("t", 100, 0, nil, func(x *cpu.Exec) {
		cpu.LocalIrqDisable(x)
		b.ic.apics[0].accept(0x41)
		b.ic.WriteTPR(x, 0x45)
		cpu.LocalIrqEnable(x)
		x.Delay(1000)
		got = append(got, 0)
		b.ic.WriteTPR(x, 0)
		x.Delay(1000)
	}))
	if n := b.ic.Taken(0, Spurious); n != 1 || !slices.Equal(got, []Vector{0, 0x41}) || b.ic.apics[0].isr.highest() >= 0 {
		t.Errorf("%d spurious interrupts, then %x; in service %d", n, got, b.ic.apics[0].isr.highest())
	}
}

// TestEntryAgainstHistory: an entry sends what follows from the whole history
// of its line, looked at anew after every event. An edge counts when the line
// rises unmasked. A level message is quiet, travelling or in service, and the
// line may have a new one only when the last is quiet again.
func TestEntryAgainstHistory(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		e := entry{level: rapid.Bool().Draw(t, "level"), masked: true}
		var history []string
		sent := 0
		note := func(send bool) {
			if send {
				e.sent(1)
				sent++
			}
		}
		for range rapid.IntRange(1, 60).Draw(t, "events") {
			event := rapid.SampledFrom([]string{"raise", "lower", "mask", "unmask", "arrive", "eoi"}).Draw(t, "event")
			if event == "arrive" && e.inFlight == 0 {
				continue
			}
			history = append(history, event)
			switch event {
			case "raise":
				note(e.raise())
			case "lower":
				e.lower()
			case "mask", "unmask":
				note(e.mask(event == "mask"))
			case "arrive":
				e.accepted()
			case "eoi":
				if e.level {
					note(e.eoi())
				}
			}
			want, lost := edges(history)
			if e.level {
				want, lost = levels(history), 0
			}
			if sent != want || e.lost != uint64(lost) {
				t.Fatalf("sent %d, lost %d; want %d, %d: level %t, %q", sent, e.lost, want, lost, e.level, history)
			}
			if e.level && e.inFlight > 1 {
				t.Fatalf("%d messages of a level line travel: %q", e.inFlight, history)
			}
		}
	})
}

// edges counts the rises that found the line unmasked and those that did not.
func edges(history []string) (sent, lost int) {
	for i, event := range history {
		if event != "raise" || latest(history[:i], "raise", "lower") == "raise" {
			continue
		}
		if latest(history[:i], "mask", "unmask") == "unmask" {
			sent++
		} else {
			lost++
		}
	}
	return sent, lost
}

// latest returns the last event that is one of two, "" if there is none.
func latest(history []string, a, b string) string {
	for i := len(history) - 1; i >= 0; i-- {
		if history[i] == a || history[i] == b {
			return history[i]
		}
	}
	return ""
}

// levels counts the messages of a level line.
func levels(history []string) int {
	sent, state := 0, "quiet"
	for i, event := range history {
		switch {
		case event == "arrive":
			state = "serving"
		case event == "eoi" && state == "serving":
			state = "quiet"
		}
		seen := history[:i+1]
		if state == "quiet" && latest(seen, "raise", "lower") == "raise" && latest(seen, "mask", "unmask") == "unmask" {
			state = "travelling"
			sent++
		}
	}
	return sent
}
