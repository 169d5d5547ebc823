package panes

import (
	"testing"

	"lockstep/ui/history"
)

// longLog is a log of millions, made when it is asked.
type longLog struct {
	*fakeLog
	asked int
}

func (l *longLog) Events() uint64 { return 5_000_000 }

func (l *longLog) Event(step uint64) history.Event {
	l.asked++
	return l.events[step%uint64(len(l.events))]
}

// TestEventsAreVirtual: drawing a screenful of millions touches a screenful.
func TestEventsAreVirtual(t *testing.T) {
	log := &longLog{fakeLog: readerEvents()}
	c := many(1000)
	c.Log, c.Now.Step = log, 4_000_000
	v := Named("events")
	if n := len(v.Draw(c, v.Look(c)-20, 60)); n != 60 {
		t.Fatalf("%d lines", n)
	}
	if log.asked > 80 {
		t.Errorf("%d events were looked at for 60 lines", log.asked)
	}
}

// draw is what a key press costs a pane: where to look, how many rows, a
// screenful of them.
func draw(b *testing.B, name string) {
	c := many(1000)
	c.Log = &longLog{fakeLog: readerEvents()}
	v := Named(name)
	b.ReportAllocs()
	for b.Loop() {
		v.Look(c)
		v.Head(c)
		v.Draw(c, 0, min(v.Rows(c), 60))
	}
}

func BenchmarkEvents(b *testing.B)    { draw(b, "events") }
func BenchmarkLocks(b *testing.B)     { draw(b, "locks") }
func BenchmarkSpacetime(b *testing.B) { draw(b, "spacetime") }
func BenchmarkSource(b *testing.B)    { draw(b, "source") }

// BenchmarkColumns is all processors at once.
func BenchmarkColumns(b *testing.B) {
	c := many(1000)
	for b.Loop() {
		for i := range c.Now.CPUs {
			CPUColumn(c, i, 24, 8)
		}
	}
}
