package lockdep

// Moment is where and when a lock event happens, for lock_stat
// (docs/kernel/lockdep.md §1.12).
type Moment struct {
	CPU int   // number of the processor
	Now int64 // nanoseconds
}

// lockTime sums up times in nanoseconds.
type lockTime struct{ min, max, total, n int64 }

func (l *lockTime) add(d int64) {
	l.max = max(l.max, d)
	if d < l.min || l.n == 0 {
		l.min = d
	}
	l.total += d
	l.n++
}

// point is a place where a lock was contended, or was held meanwhile.
type point struct {
	at Frame
	n  int
}

// points are the first four distinct places; later ones are not counted.
type points []point

const maxPoints = 4

//kernel:fn lock_point kernel/locking/lockdep.c
func (p *points) add(v *Validator, site Site) {
	if v.tr == nil || site == 0 {
		return
	}
	at := v.tr.Site(site)
	for i := range *p {
		if (*p)[i].at.Addr == at.Addr {
			(*p)[i].n++
			return
		}
	}
	if len(*p) < maxPoints {
		*p = append(*p, point{at, 1})
	}
}

// lockStat are the statistics of a class; index 1 is that of readers.
type lockStat struct {
	wait, hold              [2]lockTime
	contended, acquired     [2]int // times that the lock came from another CPU
	contention, contendings points
}

func (v *Validator) stat(class int32) *lockStat {
	for int(class) >= len(v.stats) {
		v.stats = append(v.stats, lockStat{})
	}
	return &v.stats[class]
}

// Contended notes that t must wait for m, which it has said to acquire. It
// counts where it waits, where the holder took the lock, and whether the lock
// was last taken on another CPU (docs/kernel/lockdep.md §1.12).
//
//kernel:fn lock_contended kernel/locking/lockdep.c
func (v *Validator) Contended(t *Task, m *Map, at Moment) {
	h := v.contender(t, m, "__lock_contended")
	if h == nil {
		return
	}
	h.waiting = at.Now
	s := v.stat(h.class)
	s.contention.add(v, v.here())
	s.contendings.add(v, m.site)
	if m.elsewhere(at.CPU) {
		s.contended[bool2int(h.reader())]++
	}
}

// Acquired notes that t, which has said to acquire m, has it now
// (docs/kernel/lockdep.md §1.12).
//
//kernel:fn lock_acquired kernel/locking/lockdep.c
func (v *Validator) Acquired(t *Task, m *Map, at Moment) {
	h := v.contender(t, m, "__lock_acquired")
	if h == nil {
		return
	}
	reader := bool2int(h.reader())
	s := v.stat(h.class)
	if h.waiting != 0 {
		// A wait of no time is no contention: only what took time is counted.
		if d := at.Now - h.waiting; d != 0 {
			s.wait[reader].add(d)
		}
		h.since = at.Now
	}
	if m.elsewhere(at.CPU) {
		s.acquired[reader]++
	}
	m.cpu, m.site = int32(at.CPU)+1, h.site
}

// elsewhere tells whether m was last taken on another CPU than cpu.
func (m *Map) elsewhere(cpu int) bool { return m.cpu != 0 && m.cpu != int32(cpu)+1 }

// contender finds the entry of m, nil if there is none, which is reported, or
// if it stands for several locks. With nothing held at all v4.4 only warns.
func (v *Validator) contender(t *Task, m *Map, fn string) *held {
	if !v.on || t.recursion != 0 || v.strict && m.key != nil && m.key.NoTrack {
		return nil
	}
	if len(t.held) == 0 && !v.strict {
		v.warn(t, fn, "DEBUG_LOCKS_WARN_ON(!depth)")
		return nil
	}
	i := v.find(t, m)
	if i < 0 {
		v.reportContention(t, m)
		return nil
	}
	if t.held[i].m != m {
		return nil
	}
	return &t.held[i]
}

// heldFor counts the time that a lock was held, contended or not.
//
//kernel:fn lock_release_holdtime kernel/locking/lockdep.c
func (v *Validator) heldFor(h *held) {
	v.stat(h.class).hold[bool2int(h.reader())].add(v.clock() - h.since)
}

// reportContention reports that lock_stat was told of a lock that is not held
// (docs/kernel/lockdep.md §2.8).
//
//kernel:fn print_lock_contention_bug kernel/locking/lockdep.c
func (v *Validator) reportContention(t *Task, m *Map) {
	classes := []string{m.name()}
	w := v.begin(t, Contention, "", classes, classes)
	if w == nil {
		return
	}
	w.header()
	w.text("%s is trying to contend lock (%s) at:", t, m.name())
	w.at("", v.here())
	w.text("but there are no locks held!")
	w.blank()
	w.text("other info that might help us debug this:")
	w.held()
	w.backtrace()
	w.end()
}
