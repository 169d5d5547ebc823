package timer

// Sizes of the wheel: 256 buckets of one jiffy, then four levels of 64, each
// bucket of which spans what the whole level below does.
const (
	tvrBits = 8
	tvnBits = 6
	tvrSize = 1 << tvrBits
	tvnSize = 1 << tvnBits
	levels  = 4                               // tv2 to tv5
	maxTval = 1<<(tvrBits+levels*tvnBits) - 1 // the farthest that tv5 reaches
)

// wheel is the buckets of a tvec_base (docs/kernel/sched-irq-printk.md §3.4).
// A bucket is a list that grows at its head, so the latest added comes first.
//
//	tv1  one jiffy a bucket, the next 256
//	tv2  256 jiffies a bucket; emptied into tv1 whenever tv1's index comes to 0
//	...
//	tv5  2^26 jiffies a bucket, and what lies beyond 2^32 in its last one
type wheel struct {
	tv1 [tvrSize]*Timer
	tvn [levels][tvnSize]*Timer // tv2 to tv5
}

// shift is by how many bits an expiry is shifted for its bucket in tv2 (level
// 0) to tv5 (level 3).
func shift(level int) int { return tvrBits + level*tvnBits }

// bucket returns the bucket for an expiry, seen from the jiffy that is to be
// done next. What has expired already goes there; what lies beyond the wheel
// goes as far as it reaches, and is sorted in anew when that bucket cascades.
func (w *wheel) bucket(expires, next uint64) **Timer {
	delta := expires - next
	switch {
	case delta < tvrSize:
		return &w.tv1[expires%tvrSize]
	case int64(delta) < 0:
		return &w.tv1[next%tvrSize]
	}
	for level := range levels - 1 {
		if delta>>shift(level+1) == 0 {
			return &w.tvn[level][expires>>shift(level)%tvnSize]
		}
	}
	if delta > maxTval {
		expires = next + maxTval
	}
	return &w.tvn[levels-1][expires>>shift(levels-1)%tvnSize]
}

// add is __internal_add_timer().
//
//kernel:fn __internal_add_timer kernel/time/timer.c
func (w *wheel) add(tm *Timer, next uint64) { tm.link(w.bucket(tm.expires, next)) }

// turn comes to jiffy next: where tv1's index is 0 the bucket of tv2 that
// begins here is sorted into tv1, where tv2's is 0 too that of tv3 into both,
// and so on. It returns the timers of this jiffy, linked to head.
//
//kernel:fn __run_timers kernel/time/timer.c
func (w *wheel) turn(next uint64, head **Timer) {
	for level := range levels {
		if next&(1<<shift(level)-1) != 0 {
			break
		}
		w.cascade(level, next)
	}
	move(&w.tv1[next%tvrSize], head)
}

// cascade sorts a bucket into the levels below. As it is read from its head
// and they grow at theirs, timers of one expiry come out in reverse.
//
//kernel:fn cascade kernel/time/timer.c
func (w *wheel) cascade(level int, next uint64) {
	var list *Timer
	move(&w.tvn[level][next>>shift(level)%tvnSize], &list)
	for tm := list; tm != nil; {
		following := tm.next
		w.add(tm, next)
		tm = following
	}
}

// next returns the earliest expiry of a timer that is not deferrable, as
// looked for from jiffy from; ok is false if there is none.
//
//kernel:fn __next_timer_interrupt kernel/time/timer.c
func (w *wheel) next(from uint64) (expires uint64, ok bool) {
	least := func(tm *Timer) (found bool) {
		for ; tm != nil; tm = tm.next {
			if tm.lazy() {
				continue
			}
			found = true
			if !ok || int64(tm.expires-expires) < 0 {
				expires, ok = tm.expires, true
			}
		}
		return found
	}
	for i := range uint64(tvrSize) {
		if least(w.tv1[(from+i)%tvrSize]) {
			break
		}
	}
	for level := range levels {
		// The bucket that from lies in was emptied when it began, unless it
		// begins just now: what is in it is a whole turn away.
		first := from >> shift(level)
		if from&(1<<shift(level)-1) != 0 {
			first++
		}
		for i := range uint64(tvnSize) {
			// Those of tv5 are not in order, for what lies beyond the wheel.
			if least(w.tvn[level][(first+i)%tvnSize]) && level < levels-1 {
				break
			}
		}
	}
	return expires, ok
}

// each calls fn for every timer, with its level: 1 for tv1 to 5 for tv5.
func (w *wheel) each(fn func(level int, tm *Timer)) {
	list := func(level int, tm *Timer) {
		for ; tm != nil; tm = tm.next {
			fn(level, tm)
		}
	}
	for _, tm := range w.tv1 {
		list(1, tm)
	}
	for level := range w.tvn {
		for _, tm := range w.tvn[level] {
			list(level+2, tm)
		}
	}
}

// link puts the timer at the head of a list.
//
//kernel:fn hlist_add_head include/linux/list.h
func (tm *Timer) link(head **Timer) {
	tm.next, tm.pprev = *head, head
	if tm.next != nil {
		tm.next.pprev = &tm.next
	}
	*head = tm
}

// unlink takes the timer off the list it is on, whichever that is.
//
//kernel:fn hlist_del include/linux/list.h
func (tm *Timer) unlink() {
	*tm.pprev = tm.next
	if tm.next != nil {
		tm.next.pprev = tm.pprev
	}
	tm.next, tm.pprev = nil, nil
}

// move gives a whole list, in its order, to another head.
//
//kernel:fn hlist_move_list include/linux/list.h
func move(from, to **Timer) {
	*to, *from = *from, nil
	if *to != nil {
		(*to).pprev = to
	}
}
