package lockdep

import "fmt"

// NMIEnter notes that an NMI interrupts t. Nothing in it is tracked, as
// between LockdepOff and LockdepOn. By the newer rules a lock that it takes
// must be one that nobody else takes (docs/kernel/lockdep.md §1.5).
//
//kernel:fn nmi_enter include/linux/hardirq.h
func (v *Validator) NMIEnter(t *Task) {
	t.nmi++
	t.recursion++
}

// NMIExit ends what NMIEnter began; without it, it panics.
//
//kernel:fn nmi_exit include/linux/hardirq.h
func (v *Validator) NMIExit(t *Task) {
	if t.nmi == 0 {
		panic(fmt.Sprintf("lockdep: %s leaves an NMI at depth 0", t))
	}
	t.nmi--
	t.recursion--
}

// acquireInNMI reports a lock that waits in an NMI and is in use elsewhere:
// its holder may be the interrupted one. A reader conflicts with writers only,
// since RCU must work everywhere.
//
//kernel:fn verify_lock_unused kernel/locking/lockdep.c
func (v *Validator) acquireInNMI(t *Task, m *Map, how How) {
	if !v.on || !v.strict || t.recursion != t.nmi || how&(Trylock|wrongSubclass) != 0 {
		return
	}
	c := v.lookUp(m, how.subclass())
	if c == 0 {
		return
	}
	mask := lockUsed.mask()
	if how&anyRead == 0 {
		mask |= lockUsedRead.mask()
	}
	if used := v.g.verts[c].usage & mask; used != 0 {
		old := lockUsed
		if used&lockUsed.mask() == 0 {
			old = lockUsedRead
		}
		v.reportUsage(t, &held{m: m, how: how, class: c, site: v.here(), irq: 2, hardirqsOff: true}, old, inNMI)
	}
}
