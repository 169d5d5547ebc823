package sched

import (
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// TestRTAgainstList: the queue of a hundred lists gives out who one list would,
// kept in the order of priorities and, of equals, of their coming.
func TestRTAgainstList(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var r rtRQ
		var list, out []*Task // the twin, and who is not queued
		for i := range 6 {
			out = append(out, &Task{prio: rapid.SampledFrom([]int{0, 1, 63, 64, 99}).Draw(t, "prio"), wakeCPU: i})
		}
		insert := func(p *Task, head bool) {
			i := slices.IndexFunc(list, func(q *Task) bool { return q.prio > p.prio || head && q.prio == p.prio })
			if i < 0 {
				i = len(list)
			}
			list = slices.Insert(list, i, p)
		}
		for range rapid.IntRange(1, 50).Draw(t, "steps") {
			head := rapid.Bool().Draw(t, "head")
			switch what := rapid.SampledFrom([]string{"add", "del", "requeue"}).Draw(t, "what"); {
			case what == "add" && len(out) > 0:
				r.add(out[0], head)
				insert(out[0], head)
				out = out[1:]
			case len(list) == 0:
			case what == "del":
				p := rapid.SampledFrom(list).Draw(t, "who")
				r.del(p)
				list = slices.DeleteFunc(list, func(q *Task) bool { return q == p })
				out = append(out, p)
			case what == "requeue":
				p := rapid.SampledFrom(list).Draw(t, "who")
				r.requeue(p, head)
				list = slices.DeleteFunc(list, func(q *Task) bool { return q == p })
				insert(p, head)
			}
			first := r.first()
			if len(list) == 0 {
				if first != maxRTPrio {
					t.Fatalf("nobody is queued, the first priority is %d", first)
				}
				continue
			}
			if got := r.list(first); got[0] != list[0] {
				t.Fatalf("the first is %d of priority %d, want %d of %d", got[0].wakeCPU, first, list[0].wakeCPU, list[0].prio)
			}
		}
	})
}
