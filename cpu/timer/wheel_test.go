package timer

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// twin is the dumb wheel: for each timer the jiffy it is to run in, which for
// one that had expired when it was armed is the next.
type twin map[int]uint64

// due takes the timers of one jiffy, by number.
func (w twin) due(jiffy uint64) []int {
	var ids []int
	for id, at := range w {
		if at == jiffy {
			ids = append(ids, id)
			delete(w, id)
		}
	}
	slices.Sort(ids)
	return ids
}

// wheelRun drives a wheel and its twin with the same operations.
type wheelRun struct {
	rt      *rapid.T
	w       wheel
	twin    twin
	next    uint64
	timers  [12]Timer
	expired *Timer
	near    map[int]int // armed that late of those that went to tv1 at once
	clock   int
	fired   int
}

// distances are the edges of levels, and beyond the wheel.
var distances = []uint64{0, 1, 2, 255, 256, 257, 1<<14 - 1, 1 << 14, 1<<20 + 5, 1<<26 - 1, 1 << 26, 1<<32 - 300, 1 << 32, 1<<33 + 7}

// arm draws an expiry for a timer, which may be pending.
func (r *wheelRun) arm(id int) {
	expires := r.next + rapid.SampledFrom(distances).Draw(r.rt, "distance") + rapid.Uint64Range(0, 3).Draw(r.rt, "more")
	if rapid.IntRange(0, 9).Draw(r.rt, "past") == 0 {
		expires = r.next - rapid.Uint64Range(1, 5).Draw(r.rt, "ago")
	}
	tm := &r.timers[id]
	if tm.isPending() {
		tm.unlink()
	}
	tm.expires = expires
	r.w.add(tm, r.next)
	r.twin[id] = expires
	if int64(expires-r.next) < 0 {
		r.twin[id] = r.next
	}
	delete(r.near, id)
	if r.clock++; r.twin[id]-r.next < tvrSize {
		r.near[id] = r.clock
	}
}

func (r *wheelRun) del(id int) {
	if tm := &r.timers[id]; tm.isPending() {
		tm.unlink()
		delete(r.twin, id)
	}
}

// first is the timer that is called next.
func (r *wheelRun) first() int {
	for id := range r.timers {
		if r.expired == &r.timers[id] {
			return id
		}
	}
	return -1
}

// turn does a jiffy and compares who runs. Functions delete timers, of the
// same jiffy too, and arm themselves and others again.
func (r *wheelRun) turn() {
	want := r.twin.due(r.next)
	r.w.turn(r.next, &r.expired)
	r.next++
	var got, stamps []int
	for r.expired != nil {
		id := r.first()
		r.timers[id].unlink()
		got = append(got, id)
		if stamp, ok := r.near[id]; ok {
			stamps = append(stamps, stamp)
		}
		other := rapid.IntRange(0, len(r.timers)-1).Draw(r.rt, "other")
		waits := slices.Contains(want, other) && !slices.Contains(got, other)
		switch rapid.IntRange(0, 3).Draw(r.rt, "function") {
		case 0:
			r.arm(id)
		case 1:
			r.del(other)
			want = slices.DeleteFunc(want, func(i int) bool { return waits && i == other })
		case 2:
			r.arm(other)
			want = slices.DeleteFunc(want, func(i int) bool { return waits && i == other })
		}
	}
	r.fired += len(got)
	slices.Sort(got)
	if diff := cmp.Diff(want, got); diff != "" {
		r.rt.Fatalf("jiffy %d (-want +got):\n%s", r.next-1, diff)
	}
	if !slices.IsSortedFunc(stamps, func(a, b int) int { return b - a }) {
		r.rt.Fatalf("jiffy %d: of those that did not cascade the latest is not first: %v", r.next-1, stamps)
	}
}

// skip goes to the next jiffy in which anything can happen: while whole
// levels are empty, turning them does nothing.
func (r *wheelRun) skip() {
	empty := r.w.tv1 == [tvrSize]*Timer{}
	step := uint64(1)
	for level := 0; empty && level < levels; level++ {
		step = 1 << shift(level)
		empty = r.w.tvn[level] == [tvnSize]*Timer{}
	}
	r.next = (r.next + step - 1) / step * step
}

// TestWheelAgainstTwin: each timer runs in its jiffy, or in the next if that
// is over, wherever in the wheel it was, also beyond its end; deleted ones do
// not; and the next expiry is the least of all.
func TestWheelAgainstTwin(t *testing.T) {
	far := 0
	rapid.Check(t, func(rt *rapid.T) {
		start := rapid.SampledFrom([]uint64{InitialJiffies, 1<<14 - 3, 1<<32 - 2, 1<<63 - 300, ^uint64(0) - 300}).Draw(rt, "jiffies")
		r := &wheelRun{rt: rt, twin: twin{}, next: start, near: map[int]int{}}
		for range rapid.IntRange(1, 20).Draw(rt, "operations") {
			id := rapid.IntRange(0, len(r.timers)-1).Draw(rt, "timer")
			switch rapid.IntRange(0, 4).Draw(rt, "what") {
			case 0:
				r.del(id)
			case 1:
				for range rapid.IntRange(1, 40).Draw(rt, "jump") {
					r.skip()
					r.turn()
				}
			default:
				r.arm(id)
			}
			r.compareNext()
		}
		for n := 0; len(r.twin) > 0 && n < 3000; n++ {
			r.skip()
			r.turn()
		}
		if r.next-start > 1<<32 {
			far++
		}
	})
	if far == 0 {
		t.Error("no run went beyond the end of the wheel")
	}
}

// compareNext compares the next expiry, of those that are not deferrable.
func (r *wheelRun) compareNext() {
	want, ok := uint64(0), false
	for id := range r.twin {
		if r.timers[id].flags = 0; id%4 == 3 {
			r.timers[id].flags = Deferrable
		}
		at := r.timers[id].expires
		if !r.timers[id].lazy() && (!ok || int64(at-want) < 0) {
			want, ok = at, true
		}
	}
	if got, some := r.w.next(r.next); got != want || some != ok {
		r.rt.Fatalf("the next expiry from %d is %d, %t, want %d, %t", r.next, got, some, want, ok)
	}
}

// TestBucket: where timers go, by how far away they are.
func TestBucket(t *testing.T) {
	const next = 1<<32 + 1000
	var w wheel
	for _, c := range []struct {
		name    string
		expires uint64
		want    **Timer
	}{
		{"now", next, &w.tv1[next%256]},
		{"past", next - 7, &w.tv1[next%256]},
		{"the last of tv1", next + 255, &w.tv1[(next+255)%256]},
		{"the first of tv2", next + 256, &w.tvn[0][(next+256)>>8%64]},
		{"the last of tv2", next + 1<<14 - 1, &w.tvn[0][(next+1<<14-1)>>8%64]},
		{"the first of tv3", next + 1<<14, &w.tvn[1][(next+1<<14)>>14%64]},
		{"the first of tv4", next + 1<<20, &w.tvn[2][(next+1<<20)>>20%64]},
		{"the first of tv5", next + 1<<26, &w.tvn[3][(next+1<<26)>>26%64]},
		{"beyond", next + 1<<40, &w.tvn[3][(next+1<<32-1)>>26%64]},
	} {
		if got := w.bucket(c.expires, next); got != c.want {
			t.Errorf("%s: another bucket", c.name)
		}
	}
}
