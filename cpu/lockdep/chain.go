package lockdep

// chainStep extends a chain key by one class: a rotation by the width of a
// class id and an exclusive or. Four locks of one context fit without overlap,
// so short chains cannot collide; six can, since the rotations have come round
// and the first id meets the last one bit aside (docs/kernel/lockdep.md §1.3).
//
// The id is the class number scattered over its 13 bits, one to one. In a
// kernel the classes of a scenario lie scattered among many hundred others;
// numbered densely, long chains would collide far more often than there.
//
//kernel:fn iterate_chain_key kernel/locking/lockdep.c
func chainStep(key uint64, c int32) uint64 {
	id := uint64(uint32(c)*5063) & maxClasses // odd factor, 2^13/phi
	return key<<13 ^ key>>51 ^ id
}

const chainBits = 6 // the table starts with 1<<chainBits slots

// chainCache is the set of chain keys already validated, an open-addressing
// table that doubles. The kernel's table has a fixed 2^15 buckets; only
// membership is observable, so growth changes nothing.
//
// Key 0 marks an empty slot. It is also the key of the empty chain, which
// needs no validation, so that has(0) answers true: a longer chain whose key
// happens to be 0 collides with it, which is what any 64-bit collision does
// in v4.4, silently.
type chainCache struct {
	slots []uint64 // len is a power of two; at most 3/4 full
	shift uint     // 64 - log2(len(slots))
	n     int
}

func (c *chainCache) init() {
	c.slots = make([]uint64, 1<<chainBits)
	c.shift = 64 - chainBits
}

// slot returns where key is, or the empty slot where it would go. It ends
// because the table always has empty slots. The multiplier is 2^64/phi.
func (c *chainCache) slot(key uint64) *uint64 {
	mask := uint64(len(c.slots) - 1)
	for i := key * 0x9e3779b97f4a7c15 >> c.shift; ; i++ {
		if p := &c.slots[i&mask]; *p == key || *p == 0 {
			return p
		}
	}
}

// has tells whether key was validated before.
//
//kernel:fn lookup_chain_cache kernel/locking/lockdep.c
func (c *chainCache) has(key uint64) bool { return *c.slot(key) == key }

// add inserts a key that has does not know.
func (c *chainCache) add(key uint64) {
	if 4*(c.n+1) > 3*len(c.slots) {
		old := c.slots
		c.slots = make([]uint64, 2*len(old))
		c.shift--
		for _, k := range old {
			if k != 0 {
				*c.slot(k) = k
			}
		}
	}
	*c.slot(key) = key
	c.n++
}
