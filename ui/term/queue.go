package term

import "sync"

// typeAhead is how many events wait for a busy program at most. What comes
// after that is dropped: nobody types on blindly and means it.
const typeAhead = 256

// queue holds the events between the event loop, which must never wait, and
// the model. It also knows whether the program is at work, since both change
// together.
type queue struct {
	mu     sync.Mutex
	filled sync.Cond // events or closed changed; its L is &mu
	events []Event
	busy   bool // an event was taken and the next not yet asked for
	closed bool
}

func newQueue() *queue {
	q := &queue{}
	q.filled.L = &q.mu
	return q
}

// push appends an event. A size or a place that nobody has seen yet is replaced
// by the newer one.
func (q *queue) push(ev Event) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if n := len(q.events); n > 0 && replaces(ev, q.events[n-1]) {
		q.events[n-1] = ev
	} else if n < typeAhead || ev.W > 0 {
		q.events = append(q.events, ev)
	}
	q.filled.Signal()
}

// replaces reports whether an event makes the one before it void.
func replaces(ev, before Event) bool {
	return ev.W > 0 && before.W > 0 || ev.Mouse == "drag" && before.Mouse == "drag"
}

// next says that the program is done with its event, waits for another and
// takes it. It returns false when the queue was closed.
func (q *queue) next() (Event, bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.busy = false
	for len(q.events) == 0 && !q.closed {
		q.filled.Wait()
	}
	if q.closed {
		return Event{}, false
	}
	ev := q.events[0]
	q.events = q.events[1:]
	q.busy = true
	return ev, true
}

// more reports whether an event waits.
func (q *queue) more() bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	return len(q.events) > 0
}

// working reports whether the program has an event in hand.
func (q *queue) working() bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.busy
}

// flush drops what was typed ahead, as a terminal does at Ctrl-C. Sizes stay:
// the screen has them.
func (q *queue) flush() {
	q.mu.Lock()
	defer q.mu.Unlock()
	var kept []Event
	for _, ev := range q.events {
		if ev.W > 0 {
			kept = append(kept, ev)
		}
	}
	q.events = kept
}

// close ends every next, now and later. Events that wait are forgotten.
func (q *queue) close() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.closed = true
	q.filled.Broadcast()
}
