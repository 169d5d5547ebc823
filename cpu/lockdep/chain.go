package lockdep

// chainID is what an acquisition adds to a chain key: the class number,
// scattered over 13 bits one to one, and by the newer rules how a reader reads
// it: a chain with a reader in it is then not the chain with a writer. In a
// kernel the classes of a scenario lie scattered among many hundred others;
// numbered densely, long chains would collide far more often than there.
// RulesExact also tells trylocks and unchecked locks apart, which make other
// edges (docs/kernel/lockdep.md §1.3).
//
//kernel:fn hlock_id kernel/locking/lockdep.c
func (v *Validator) chainID(h *held) uint64 {
	id := uint64(uint32(h.class)*5063) & 8191 // odd factor, 2^13/phi
	if v.strict {
		id |= uint64(h.how&anyRead) << 9 // the bits 13 and 14
		if v.exact {
			id |= uint64(h.how&(Trylock|NoCheck)) << 15
		}
	}
	return id
}

// chainStep extends a chain key by one lock. In v4.4 it is a rotation by the
// width of a class id and an exclusive or. Four locks of one context fit
// without overlap, so short chains cannot collide; six can, since the
// rotations have come round and the first id meets the last one bit aside.
// Newer kernels hash (docs/kernel/lockdep.md §1.3).
//
//kernel:fn iterate_chain_key kernel/locking/lockdep.c
func (v *Validator) chainStep(key, id uint64) uint64 {
	if v.strict {
		return mix(key, id)
	}
	return key<<13 ^ key>>51 ^ id
}

// mix hashes id into key. The multiplier is 2^64/phi.
func mix(key, id uint64) uint64 {
	key = (key ^ id) * 0x9e3779b97f4a7c15
	return key ^ key>>29
}

const chainBits = 6 // the table starts with 1<<chainBits slots

// keySet is a set of keys, an open-addressing table that doubles. The kernel's
// table of chains has a fixed 2^15 buckets; only membership is observable, so
// growth changes nothing.
//
// Key 0 marks an empty slot. It is also v4.4's key of the empty chain, which
// needs no validation, so that has(0) answers true: a longer chain whose key
// happens to be 0 collides with it, which is what any 64-bit collision does
// in v4.4, silently.
type keySet struct {
	slots []uint64 // len is a power of two; at most 3/4 full
	shift uint     // 64 - log2(len(slots))
	n     int
}

func (c *keySet) init() {
	c.slots = make([]uint64, 1<<chainBits)
	c.shift = 64 - chainBits
}

// slot returns where key is, or the empty slot where it would go. It ends
// because the table always has empty slots. The multiplier is 2^64/phi.
func (c *keySet) slot(key uint64) *uint64 {
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
func (c *keySet) has(key uint64) bool { return *c.slot(key) == key }

// add inserts a key that has does not know.
func (c *keySet) add(key uint64) {
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

// chain is one validated sequence of classes.
type chain struct {
	key   uint64
	base  int32 // of its classes in chainTable.ids, -1 if they were not recorded
	depth uint8
	irq   uint8
}

// chainTable is the cache of chains: the keys, which the hot path asks for,
// and the chains as /proc/lockdep_chains lists them.
type chainTable struct {
	keySet
	list  []chain
	ids   []uint16 // classes less Validator.base, in order of acquisition
	byIRQ [4]int   // chains by irq context
}

func (c *chainTable) init() {
	c.keySet.init()
	c.list = make([]chain, 0, 24)
	c.ids = make([]uint16, 0, 64)
}

// addChain records the chain that ends with h. Ids beyond the table's end are
// left out silently in v4.4 and are an error by the newer rules
// (docs/kernel/lockdep.md §3).
//
//kernel:fn add_chain_cache kernel/locking/lockdep.c
func (v *Validator) addChain(t *Task, h *held, key uint64) bool {
	c := &v.chains
	if c.n >= maxChains {
		v.limit(t, "BUG: MAX_LOCKDEP_CHAINS too low!")
		return false
	}
	i := v.contextStart(t, h)
	depth := len(t.held) + 1 - i
	base := int32(len(c.ids))
	switch {
	case len(c.ids)+depth <= maxChainIDs:
		for _, below := range t.held[i:] {
			c.ids = append(c.ids, uint16(max(0, below.class-v.base)))
		}
		c.ids = append(c.ids, uint16(h.class-v.base))
	case v.strict:
		v.limit(t, "BUG: MAX_LOCKDEP_CHAIN_HLOCKS too low!")
		return false
	default:
		base = -1
	}
	c.add(key)
	c.list = append(c.list, chain{key, base, uint8(depth), h.irq})
	c.byIRQ[h.irq]++
	return true
}
