package lockdep

// checkCollision compares a chain that the cache knows by its key with what t
// holds and is about to take. A chain whose key is another's would go
// unvalidated (docs/kernel/lockdep.md §1.3).
//
//kernel:fn check_no_collision kernel/locking/lockdep.c
func (v *Validator) checkCollision(t *Task, h *held, key uint64) bool {
	i := v.contextStart(t, h)
	for j := len(v.chains.list) - 1; j >= 0; j-- {
		if c := &v.chains.list[j]; c.key == key {
			return v.sameChain(c, t.held[i:], h) || v.reportCollision(t, h, t.held[i:], c)
		}
	}
	return true
}

// contextStart is where the part of t's stack begins that is of h's context.
func (v *Validator) contextStart(t *Task, h *held) int {
	i := len(t.held)
	for i > 0 && t.held[i-1].irq == h.irq {
		i--
	}
	return i
}

// chainClass is the class at a place in a recorded chain.
func (v *Validator) chainClass(c *chain, i int) int32 {
	return int32(v.chains.ids[int(c.base)+i]) + v.base
}

func (v *Validator) sameChain(c *chain, below []held, h *held) bool {
	if int(c.depth) != len(below)+1 || v.chainClass(c, len(below)) != h.class {
		return false
	}
	for i := range below {
		if v.chainClass(c, i) != below[i].class {
			return false
		}
	}
	return true
}

// reportCollision prints both chains. The text beside the title is from
// memory: the fact sheet gives the title alone. The keys of the cached chain
// are left out, since how its readers read is not recorded.
//
//kernel:fn print_collision kernel/locking/lockdep.c
func (v *Validator) reportCollision(t *Task, h *held, below []held, c *chain) bool {
	w := v.begin(t, Collision, "", nil, []string{v.className(h.class)})
	if w == nil {
		return true
	}
	w.header()
	w.text("%s/%d: Hash chain already cached but the contents don't match!", t.comm, t.pid)
	w.text("Held locks:depth: %d", len(below)+1)
	key := v.newKey
	for i := range below {
		key = w.chainKey(key, v.chainID(&below[i]), below[i].class)
	}
	w.chainKey(key, v.chainID(h), h.class)
	w.text("Locks in cached chain:depth: %d", c.depth)
	for i := range int(c.depth) {
		class := v.chainClass(c, i)
		w.text(" class_idx:%d (%s)", class, v.className(class))
	}
	w.backtrace()
	return w.end()
}

// chainKey prints one step of a chain and returns the key behind it.
func (w *writer) chainKey(key, id uint64, class int32) uint64 {
	key = w.v.chainStep(key, id)
	w.text(" class_idx:%d -> chain_key:%016x (%s)", class, key, w.v.className(class))
	return key
}
