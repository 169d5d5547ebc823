package term

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// drain takes everything that waits.
func drain(q *queue) (all []Event) {
	for q.more() {
		ev, _ := q.next()
		all = append(all, ev)
	}
	return all
}

func TestQueueReplacesWhatNobodyHasSeen(t *testing.T) {
	q := newQueue()
	for _, ev := range []Event{
		{W: 80, H: 24}, {W: 81, H: 24}, {Key: "a"}, {Key: "a"}, {W: 82, H: 24}, {Mouse: "drag", X: 1}, {Mouse: "drag", X: 2},
		{Mouse: "wheel-up"}, {Mouse: "wheel-up"}, {Mouse: "drag", X: 3},
	} {
		q.push(ev)
	}
	want := []Event{
		{W: 81, H: 24}, {Key: "a"}, {Key: "a"}, {W: 82, H: 24}, {Mouse: "drag", X: 2},
		{Mouse: "wheel-up"}, {Mouse: "wheel-up"}, {Mouse: "drag", X: 3},
	}
	if diff := cmp.Diff(want, drain(q)); diff != "" {
		t.Error(diff)
	}
}

func TestQueueIsLimitedButForSizes(t *testing.T) {
	q := newQueue()
	for range typeAhead + 10 {
		q.push(Event{Key: "a"})
	}
	q.push(Event{W: 80, H: 24})
	q.push(Event{Key: "b"})
	all := drain(q)
	if n := len(all); n != typeAhead+1 || all[n-1].W != 80 {
		t.Errorf("%d events, the last %v; want %d and the size", n, all[n-1], typeAhead+1)
	}
}

func TestQueueKnowsWhetherTheProgramWorks(t *testing.T) {
	q := newQueue()
	q.push(Event{Key: "a"})
	if q.working() {
		t.Error("at work before it took anything")
	}
	q.next()
	if !q.working() {
		t.Error("not at work with an event in hand")
	}
	q.push(Event{Key: "b"})
	q.push(Event{W: 1, H: 1})
	q.flush()
	if diff := cmp.Diff([]Event{{W: 1, H: 1}}, drain(q)); diff != "" {
		t.Error(diff)
	}
	q.push(Event{Key: "c"})
	q.close()
	if ev, ok := q.next(); ok || q.working() {
		t.Errorf("a closed queue gave %v, at work: %t", ev, q.working())
	}
}
