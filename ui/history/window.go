package history

import (
	"time"

	"lockstep/ui/snapshot"
)

// A window is as wide as can be taken in the time that a key may take.
const (
	windowTime = 15 * time.Millisecond
	windowMin  = 64
	windowMax  = 1024
)

// windowWidth works out how many snapshots to keep from what one costs. The
// first fills caches and is no measure; of the others the quickest is, since a
// garbage collection is no measure either. They share everything with the one
// before, so a real one costs about twice that.
func windowWidth(l *Live) uint64 {
	cost := time.Duration(windowTime)
	for i := range 6 {
		begin := time.Now()
		l.snapshot()
		if i > 0 {
			cost = min(cost, 2*time.Since(begin))
		}
	}
	return min(max(uint64(windowTime/max(cost, 1)), windowMin), windowMax)
}

// size sets the width of windows by the machine as it is now.
func (s *Session) size(l *Live) {
	s.win.width = windowWidth(l)
	s.bench.width = s.win.width
	s.sized = len(l.M.CPU.Locks())
}

// window is the snapshots of neighbouring steps, the last of which is where
// the session's machine stands: the steps that can be walked back and forth
// without a machine.
type window struct {
	width uint64 // how many are taken at once
	first uint64
	snaps []*snapshot.Snapshot
}

// at returns the snapshot of a step, nil if there is none.
func (w *window) at(step uint64) *snapshot.Snapshot {
	if step < w.first || step >= w.first+uint64(len(w.snaps)) {
		return nil
	}
	return w.snaps[step-w.first]
}

// add appends the next step's snapshot, or begins anew if it is another's. One
// of the last step replaces that: more is known of it.
func (w *window) add(s *snapshot.Snapshot) {
	n := uint64(len(w.snaps))
	if n > 0 && s.Step == w.first+n-1 {
		w.snaps[n-1] = s
		return
	}
	if n == 0 || s.Step != w.first+n {
		w.first, w.snaps = s.Step, w.snaps[:0]
	}
	w.snaps = append(w.snaps, s)
	if uint64(len(w.snaps)) >= 2*w.width { // the older half goes
		w.snaps = append(w.snaps[:0], w.snaps[w.width:]...)
		w.first += w.width
	}
}

func (w *window) clear() { w.snaps = w.snaps[:0] }

// cut forgets what is behind a step.
func (w *window) cut(step uint64) {
	if n := step + 1 - min(step+1, w.first); n < uint64(len(w.snaps)) {
		w.snaps = w.snaps[:n]
	}
}
