package timer

import (
	"slices"

	"lockstep/cpu/sched"
)

// View is a pending timer as somebody outside the machine sees it.
type View struct {
	CPU     int         // whose base it is in
	Expires uint64      // in jiffies
	Sleeper *sched.Task // whose schedule_timeout it ends, nil for another timer
}

// EachPending calls fn for every pending timer, by CPU and then expiry.
func (t *Timers) EachPending(fn func(View)) {
	if t.pending == 0 {
		return
	}
	var list []*Timer
	for i := range t.bases {
		b := &t.bases[i]
		if b.all == 0 {
			continue
		}
		list = list[:0]
		for tm := b.expired; tm != nil; tm = tm.next {
			list = append(list, tm)
		}
		b.wheel.each(func(tm *Timer) { list = append(list, tm) })
		slices.SortStableFunc(list, func(a, b *Timer) int { return int(int64(a.expires - b.expires)) })
		for _, tm := range list {
			fn(View{CPU: i, Expires: tm.expires, Sleeper: tm.sleeper})
		}
	}
}
