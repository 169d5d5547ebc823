package timer

import "lockstep/cpu/sched"

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
	for i := range t.bases {
		for _, tm := range t.bases[i].list {
			fn(View{CPU: i, Expires: tm.expires, Sleeper: tm.sleeper})
		}
	}
}
