package sim

// A Source is where device events come from: a timer, an interrupt channel
// from one processor to another, a serial port. Its events are delivered in
// the order they were queued (FIFO within a channel).
type Source struct {
	id   int32
	name string
	last Time
	gen  uint32
	live uint32
	// unmaskable: see Unmaskable.
	unmaskable bool
	fire       func(arg uint64)
}

// Name returns what the source was registered as.
func (s *Source) Name() string { return s.name }

// ID returns the source's number, stable for one scenario.
func (s *Source) ID() int { return int(s.id) }

// Pending reports whether an event of the source is queued and not cancelled.
func (s *Source) Pending() bool { return s.live > 0 }

// event is one queued device event.
type event struct {
	due Time
	seq uint64
	arg uint64
	src *Source
	gen uint32
}

func (a *event) before(b *event) bool {
	if a.due != b.due {
		return a.due < b.due
	}
	if a.src.id != b.src.id {
		return a.src.id < b.src.id
	}
	return a.seq < b.seq
}

// eventQueue is a 4-ary heap of events by (due, source, sequence).
type eventQueue struct {
	heap []event
	seq  uint64
}

// due returns the earliest due time, Forever if the queue is empty.
func (q *eventQueue) due() Time {
	if len(q.heap) == 0 {
		return Forever
	}
	return q.heap[0].due
}

func (q *eventQueue) push(ev event) {
	q.seq++
	ev.seq = q.seq
	q.heap = append(q.heap, ev)
	q.up(len(q.heap) - 1)
}

// remove takes the event at position i out of the heap; 0 is the earliest.
func (q *eventQueue) remove(i int) event {
	h := q.heap
	ev := h[i]
	n := len(h) - 1
	h[i] = h[n]
	h[n] = event{}
	q.heap = h[:n]
	if i < n {
		q.down(i)
		q.up(i)
	}
	return ev
}

func (q *eventQueue) up(i int) {
	h := q.heap
	ev := h[i]
	for i > 0 {
		p := (i - 1) / 4
		if !ev.before(&h[p]) {
			break
		}
		h[i] = h[p]
		i = p
	}
	h[i] = ev
}

func (q *eventQueue) down(i int) {
	h := q.heap
	ev := h[i]
	for {
		c := 4*i + 1
		if c >= len(h) {
			break
		}
		m := c
		for j := c + 1; j < c+4 && j < len(h); j++ {
			if h[j].before(&h[m]) {
				m = j
			}
		}
		if !h[m].before(&ev) {
			break
		}
		h[i] = h[m]
		i = m
	}
	h[i] = ev
}

// find returns the position of the earliest event of source number src, -1
// if none is queued.
func (q *eventQueue) find(src int) int {
	best := -1
	for i := range q.heap {
		ev := &q.heap[i]
		if int(ev.src.id) == src && ev.gen == ev.src.gen && (best < 0 || ev.before(&q.heap[best])) {
			best = i
		}
	}
	return best
}

// pruneCancelled drops cancelled events from the head of the queue.
func (q *eventQueue) pruneCancelled() {
	for len(q.heap) > 0 && q.heap[0].gen != q.heap[0].src.gen {
		q.remove(0)
	}
}
