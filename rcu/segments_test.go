package rcu

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// listTwin is the dumb twin: callbacks in order, each with its segment.
type listTwin struct {
	seg       []int
	completed [segCount]uint64
}

func (l *listTwin) has(seg int) bool {
	for _, s := range l.seg {
		if s == seg {
			return true
		}
	}
	return false
}

func (l *listTwin) move(from, to int) {
	for i := range l.seg {
		if l.seg[i] == from {
			l.seg[i] = to
		}
	}
}

func (l *listTwin) accelerate(c uint64) bool {
	into := segWait
	for i := segNextReady; i > segDone; i-- {
		if l.has(i) && l.completed[i] < c {
			into = i + 1
			break
		}
	}
	if into == segNext {
		return false
	}
	for i := into; i <= segNext; i++ {
		l.move(i, into)
		l.completed[i] = c
	}
	return true
}

func (l *listTwin) advance(completed uint64) {
	for i := segWait; i <= segNextReady && l.completed[i] <= completed; i++ {
		l.move(i, segDone)
	}
	if !l.has(segWait) && l.has(segNextReady) {
		l.move(segNextReady, segWait)
		l.completed[segWait] = l.completed[segNextReady]
	}
}

// TestSegments drives list and twin with the same operations. Numbers of
// segments that are empty may differ, so only the others' are compared.
func TestSegments(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var l segments
		l.init()
		twin := &listTwin{}
		done, total := uint64(10), 0
		for range rapid.IntRange(1, 60).Draw(t, "steps") {
			switch rapid.IntRange(0, 4).Draw(t, "step") {
			case 0, 1:
				l.enqueue(&Head{})
				twin.seg = append(twin.seg, segNext)
				total++
			case 2:
				c := done + uint64(rapid.IntRange(1, 2).Draw(t, "behind"))
				if !l.pending() {
					continue
				}
				if got, want := l.accelerate(c), twin.accelerate(c); got != want {
					t.Fatalf("accelerate(%d) = %t, twin %t", c, got, want)
				}
			case 3:
				done++
				if !l.pending() {
					continue
				}
				l.advance(done)
				twin.advance(done)
			case 4:
				if l.empty(segDone) {
					continue
				}
				list := l.takeDone()
				for n := rapid.IntRange(0, 3).Draw(t, "batch"); n > 0 && list != nil; n-- {
					list = list.next
					twin.seg = twin.seg[1:]
					total--
				}
				l.putDone(list)
			}
			if diff := cmp.Diff(append([]int(nil), twin.seg...), flat(&l)); diff != "" {
				t.Fatalf("segments (-twin +list):\n%s", diff)
			}
			for i := segWait; i < segNext; i++ {
				if !l.empty(i) && l.completed[i] != twin.completed[i] {
					t.Fatalf("segment %d waits for %d, twin %d", i, l.completed[i], twin.completed[i])
				}
			}
			if *l.tail[segNext] != nil || len(twin.seg) != total {
				t.Fatalf("the list does not end at its last tail, or lost callbacks")
			}
		}
	})
}

// flat returns the segment of each callback in list order.
func flat(l *segments) []int {
	var segs []int
	seg := segDone
	for link := &l.head; ; link = &(*link).next {
		for seg < segNext && l.tail[seg] == link {
			seg++
		}
		if *link == nil {
			return segs
		}
		segs = append(segs, seg)
	}
}
