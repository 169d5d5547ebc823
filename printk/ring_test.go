package printk

import (
	"testing"

	"pgregory.net/rapid"
)

// byteRing is the dumb twin: a real buffer of bytes, where each byte says
// which record wrote it last (0: nobody, -1: the header of a wrap marker),
// and readers walk from record to record as the kernel's do.
type byteRing struct {
	owner       []int
	length      map[int]int // header at a place: the record's length, 0 for a marker
	first, next int         // numbers of records
	firstIdx    int
	nextIdx     int
}

// step goes from the record at idx to the place behind it.
func (r *byteRing) step(idx int) int {
	if r.length[idx] == 0 {
		return r.length[0]
	}
	return idx + r.length[idx]
}

// intact reports whether record n, which a reader finds at idx, has all of
// its bytes.
func (r *byteRing) intact(n, idx int) bool {
	if r.length[idx] == 0 {
		idx = 0
	}
	for i := range r.length[idx] {
		if r.owner[idx+i] != n+1 {
			return false
		}
	}
	return true
}

// store tries every free place honestly: behind the newest record, else at 0,
// dropping the oldest until no byte of a live record and no byte of the
// header that readers need is in the way.
func (r *byteRing) store(size int) {
	for !r.fits(size) {
		r.firstIdx = r.step(r.firstIdx)
		r.first++
	}
	if r.nextIdx+size+headerSize > len(r.owner) {
		r.length[r.nextIdx] = 0
		for i := r.nextIdx; i < min(r.nextIdx+headerSize, len(r.owner)); i++ {
			r.owner[i] = -1
		}
		r.nextIdx = 0
	}
	r.length[r.nextIdx] = size
	for i := range size {
		r.owner[r.nextIdx+i] = r.next + 1
	}
	r.nextIdx += size
	r.next++
}

// fits counts free bytes one by one from where the record would begin.
func (r *byteRing) fits(size int) bool {
	live := make([]bool, len(r.owner))
	idx := r.firstIdx
	for n := r.first; n < r.next; n++ {
		if r.length[idx] == 0 { // the marker is in use as long as a reader may stand on it
			for i := idx; i < len(live); i++ {
				live[i] = true
			}
			idx = 0
		}
		for i := range r.length[idx] {
			live[idx+i] = true
		}
		idx += r.length[idx]
	}
	return run(live, r.nextIdx) >= size+headerSize || r.wraps(live) && run(live, 0) >= size+headerSize
}

// wraps reports whether the end of the buffer is free, so that a record may
// go to 0.
func (r *byteRing) wraps(live []bool) bool {
	return r.nextIdx+run(live, r.nextIdx) == len(live)
}

func run(live []bool, from int) int {
	n := 0
	for from+n < len(live) && !live[from+n] {
		n++
	}
	return n
}

// TestRingAgainstBytes stores records of arbitrary lengths and asks after each
// one that the accounting drops exactly the records that the bytes do, that
// no two live records overlap, and that a reader can walk all of them.
func TestRingAgainstBytes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		size := 1 << rapid.IntRange(8, 12).Draw(t, "shift")
		r := ring{size: size}
		twin := byteRing{owner: make([]int, size), length: map[int]int{}}
		texts := rapid.SliceOfN(rapid.IntRange(0, size/4-headerSize), 1, 60).Draw(t, "texts")
		for _, text := range texts {
			r.store(recordSize(text))
			twin.store(recordSize(text))
			if int(r.first) != twin.first || int(r.next) != twin.next || r.nextIdx != twin.nextIdx || r.firstIdx != twin.firstIdx {
				t.Fatalf("after a text of %d: records %d..%d at %d..%d, the bytes say %d..%d at %d..%d", text,
					r.first, r.next, r.firstIdx, r.nextIdx, twin.first, twin.next, twin.firstIdx, twin.nextIdx)
			}
			idx := twin.firstIdx
			for n := twin.first; n < twin.next; n++ {
				if !twin.intact(n, idx) {
					t.Fatalf("record %d at %d is overwritten", n, idx)
				}
				idx = twin.step(idx)
			}
		}
	})
}

func TestRecordSize(t *testing.T) {
	for text, want := range map[int]int{0: 16, 1: 20, 4: 20, 5: 24, 992: 1008} {
		if got := recordSize(text); got != want {
			t.Errorf("recordSize(%d) = %d, want %d", text, got, want)
		}
	}
}
