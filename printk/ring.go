package printk

// Layout of the log buffer (docs/kernel/sched-irq-printk.md §6.1).
const (
	headerSize  = 16
	recordAlign = 4
)

// ring accounts for the log buffer's bytes. Where records lie decides which
// of them a new one overwrites; their contents are kept elsewhere, so no byte
// is ever stored.
//
//	0            nextIdx       firstIdx         marker    size
//	| newer records | free space | older records | wasted |
//
// A record is contiguous. One that does not fit behind the newest goes to 0,
// and a header of length 0 marks the place it would have had: for that
// header there is always room, so every test asks for one more.
type ring struct {
	size              int
	first, next       uint64 // sequence numbers: first <= next = len(slots)
	firstIdx, nextIdx int    // firstIdx may be at the marker before record first
	slots             []slot // by sequence number
}

// slot is where a record lies or lay.
type slot struct{ at, size int }

// recordSize is the room that a text of the given length takes.
func recordSize(text int) int {
	return (headerSize + text + recordAlign - 1) &^ (recordAlign - 1)
}

// store accounts for a record of size bytes, at the price of the oldest ones.
// The largest record is well below the smallest buffer, so room is found at
// the latest when nothing else is left.
//
//kernel:fn log_store kernel/printk/printk.c
func (r *ring) store(size int) {
	for r.first < r.next && !r.hasSpace(size, false) {
		r.dropOldest()
	}
	if !r.hasSpace(size, r.first == r.next) {
		panic("printk: a record is larger than the log buffer")
	}
	if r.nextIdx+size+headerSize > r.size {
		r.nextIdx = 0 // behind the marker
	}
	r.slots = append(r.slots, slot{r.nextIdx, size})
	r.nextIdx += size
	r.next++
}

// hasSpace asks for contiguous room for a record and one header. Equal
// indices mean full or empty; the caller knows which.
//
//kernel:fn logbuf_has_space kernel/printk/printk.c
func (r *ring) hasSpace(size int, empty bool) bool {
	free := r.firstIdx - r.nextIdx
	if r.nextIdx > r.firstIdx || empty {
		free = max(r.size-r.nextIdx, r.firstIdx)
	}
	return free >= size+headerSize
}

// dropOldest advances first over one record. The index stays behind that
// record even if the next one lies elsewhere: what is between is wasted until
// that one goes too.
//
//kernel:fn log_make_free_space kernel/printk/printk.c
func (r *ring) dropOldest() {
	s := r.slots[r.first]
	r.firstIdx = s.at + s.size
	r.first++
}
