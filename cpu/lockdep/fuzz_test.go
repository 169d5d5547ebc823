package lockdep

import (
	"fmt"
	"io"
	"testing"
)

// FuzzEvents feeds any sequence of events to a validator that keeps going, and
// to one that stops. Nothing may panic, except what the generator avoids: a
// context left that was not entered. Both must agree up to the first report.
func FuzzEvents(f *testing.F) {
	f.Add([]byte{0, 0, 0, 1, 1, 0, 1, 1})
	f.Add([]byte{3, 0, 5, 0, 0, 0, 6, 0, 4, 0, 0, 1})
	f.Add([]byte{0, 0, 0, 0x21, 2, 0x11, 1, 0, 1, 1, 1, 2})
	f.Fuzz(func(t *testing.T, program []byte) {
		var reports [2]int
		for i, keep := range []bool{false, true} {
			p := newPlayer(keep)
			for j := 0; j+1 < len(program); j += 2 {
				p.event(program[j], program[j+1])
				if n := len(p.v.Held(p.task)); n > maxHeld {
					t.Fatalf("%d locks held", n)
				}
			}
			reports[i] = p.reports
		}
		if (reports[0] == 0) != (reports[1] == 0) || reports[0] > 1 {
			t.Fatalf("%d reports when stopping, %d when going on", reports[0], reports[1])
		}
	})
}

type player struct {
	v          *Validator
	task       *Task
	maps       [8]Map
	hard, soft int
	off        int
	reports    int
}

func newPlayer(keep bool) *player {
	p := &player{}
	p.v = New(Config{KeepGoing: keep, OnReport: func(r *Report) {
		p.reports++
		r.Render(io.Discard, nil)
	}})
	p.task = p.v.NewTask("fuzz", 1)
	for i := range p.maps[:7] { // the eighth stays without a key
		p.maps[i].Init(&Key{Name: fmt.Sprint("L", i/2)}) // names in pairs: versions
	}
	return p
}

// event decodes an operation and its operand: the low bits name the lock, the
// high ones the flags.
func (p *player) event(op, arg byte) {
	m := &p.maps[arg&7]
	how := How(arg>>3&3)<<3 | How(arg>>5&3)<<5
	switch op % 14 {
	case 0:
		p.v.Acquire(p.task, m, how)
	case 1:
		p.v.Release(p.task, m)
	case 2:
		p.v.AcquireNest(p.task, m, how, &p.maps[arg>>5])
	case 3:
		p.v.HardirqsOff(p.task)
	case 4:
		p.v.HardirqsOn(p.task)
	case 5:
		p.v.HardirqEnter(p.task)
		p.hard++
	case 6:
		if p.hard > 0 && p.task.hardirqCtx > 0 {
			p.v.HardirqExit(p.task)
			p.hard--
		}
	case 7:
		p.v.SoftirqsOff(p.task)
	case 8:
		p.v.SoftirqsOn(p.task)
	case 9:
		p.v.SoftirqEnter(p.task)
		p.soft++
	case 10:
		if p.soft > 0 {
			p.v.SoftirqExit(p.task)
			p.soft--
		}
	case 11:
		p.v.LockdepOff(p.task)
		p.off++
	case 12:
		if p.off > 0 {
			p.v.LockdepOn(p.task)
			p.off--
		}
	case 13:
		p.v.Acquire(p.task, m, how|Nested(int(arg>>3&15)))
	}
}
