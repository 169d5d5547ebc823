package main

import (
	"fmt"
	"io"
	"os"
	"time"

	"golang.org/x/term"
)

// progress tells how far a batch is: on a terminal in one line that is written
// over, elsewhere in a line every ten seconds.
type progress struct {
	out   io.Writer
	tty   bool
	total uint64
	now   func() time.Time
	start time.Time
	last  time.Time // of the latest line
}

// How often progress is shown.
const (
	ttyInterval = 100 * time.Millisecond
	logInterval = 10 * time.Second
)

// newProgress makes the progress of a batch of total runs.
func newProgress(out io.Writer, total uint64) *progress {
	p := &progress{out: out, total: total, now: time.Now}
	if f, ok := out.(*os.File); ok {
		p.tty = term.IsTerminal(int(f.Fd()))
	}
	p.start = p.now()
	p.last = p.start
	return p
}

// done shows that n runs are done, if it is time to show something.
func (p *progress) done(n uint64) {
	interval := logInterval
	if p.tty {
		interval = ttyInterval
	}
	now := p.now()
	if now.Sub(p.last) < interval {
		return
	}
	p.last = now
	rate := float64(n) / now.Sub(p.start).Seconds()
	left := time.Duration(float64(p.total-n) / rate * float64(time.Second)).Round(time.Second)
	line := fmt.Sprintf("%d of %d runs, %.0f a second, %s left", n, p.total, rate, left)
	if p.tty {
		fmt.Fprintf(p.out, "\r%s\x1b[K", line)
	} else {
		fmt.Fprintln(p.out, line)
	}
}

// clear takes the line of a terminal away again.
func (p *progress) clear() {
	if p.tty && p.last != p.start {
		fmt.Fprint(p.out, "\r\x1b[K")
	}
}
