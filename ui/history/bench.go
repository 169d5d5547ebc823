package history

import (
	"slices"
	"sync"
	"sync/atomic"
)

// spread is how far before the present step machines are parked, in windows:
// near ones to go on where the window ends, far ones so that a long way back
// begins with a short way forward.
var spread = []uint64{2, 5, 16, 64, 256, 1024}

// parkedMax bounds the machines that are kept.
const parkedMax = 12

// near is how far a parked machine may be off before it is worth waiting for
// the one under way.
const near = 1 << 16

// bench is the machines parked at earlier steps of the branch. Machines are
// driven to their places in the background, one at a time.
type bench struct {
	make  func() *Live
	steer func(*Live) // tells a machine of the choices
	width uint64      // of a window

	mu     sync.Mutex // parked, against the one that comes from the background
	parked []*Live    // by step
	busy   chan struct{}
	goal   uint64      // where the one under way is to be parked
	quit   atomic.Bool // it is to be parked where it is
}

// wait lets the background finish what it is at.
func (b *bench) wait() {
	if b.busy != nil {
		<-b.busy
		b.busy = nil
	}
}

// take removes and returns the machine nearest before or at a step, a new one
// if there is none.
func (b *bench) take(step uint64) *Live {
	l := b.nearest(step)
	if b.busy != nil && b.goal <= step && (l == nil || step-l.step > near) {
		if l != nil {
			b.insert(l)
		}
		b.wait()
		l = b.nearest(step)
	}
	if l == nil {
		return b.make()
	}
	b.steer(l)
	return l
}

// nearest removes and returns the machine parked nearest before or at a step.
func (b *bench) nearest(step uint64) *Live {
	b.mu.Lock()
	defer b.mu.Unlock()
	for i := len(b.parked) - 1; i >= 0; i-- {
		if l := b.parked[i]; l.step <= step {
			b.parked = slices.Delete(b.parked, i, i+1)
			return l
		}
	}
	return nil
}

// park keeps a machine where it stands.
func (b *bench) park(l *Live) {
	l.log = nil
	if l.over {
		l.close() // it cannot go on
		return
	}
	b.insert(l)
}

func (b *bench) insert(l *Live) {
	b.mu.Lock()
	defer b.mu.Unlock()
	i, _ := slices.BinarySearchFunc(b.parked, l.step, func(o *Live, step uint64) int {
		if o.step < step {
			return -1
		}
		return 1
	})
	b.parked = slices.Insert(b.parked, i, l)
	if len(b.parked) > parkedMax {
		b.drop()
	}
}

// drop lets the machine go whose place its neighbours fill best.
func (b *bench) drop() {
	best, least := 0, ^uint64(0)
	for i := range b.parked {
		gap := b.parked[i].step // what would have to be run again
		if i > 0 {
			gap -= b.parked[i-1].step
		}
		if gap < least {
			best, least = i, gap
		}
	}
	b.parked[best].close()
	b.parked = slices.Delete(b.parked, best, best+1)
}

// cut drops machines that stand behind a step, or are on their way to beyond
// it: the branch ends there. One on its way to before it does not come to what
// changes.
func (b *bench) cut(step uint64) {
	if b.goal > step {
		b.quit.Store(true)
		b.wait()
		b.quit.Store(false)
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	for n := len(b.parked); n > 0 && b.parked[n-1].step > step; n-- {
		b.parked[n-1].close()
		b.parked = b.parked[:n-1]
	}
}

// missing returns the nearest place before step for which no machine is
// parked that is about as near.
func (b *bench) missing(step uint64) (uint64, bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for i, d := range spread {
		if d *= b.width; d > step {
			break
		}
		lowest := uint64(0)
		if i+1 < len(spread) {
			lowest = step - min(step, spread[i+1]*b.width)
		}
		if !slices.ContainsFunc(b.parked, func(l *Live) bool { return l.step >= lowest && l.step <= step-d }) {
			return step - d, true
		}
	}
	return 0, false
}

// fill parks machines before a step, in the background.
func (b *bench) fill(step uint64) {
	if b.busy != nil {
		select {
		case <-b.busy:
			b.busy = nil
		default:
			return // it is at it
		}
	}
	at, ok := b.missing(step)
	if !ok {
		return
	}
	done := make(chan struct{})
	b.busy, b.goal = done, at
	l := b.make()
	go func() {
		defer close(done)
		for l.step < at && !l.over && !b.quit.Load() {
			l.runTo(min(at, l.step+stride))
		}
		b.park(l)
	}()
}

func (b *bench) close() {
	b.quit.Store(true)
	b.wait()
	for _, l := range b.parked {
		l.close()
	}
	b.parked = nil
}
