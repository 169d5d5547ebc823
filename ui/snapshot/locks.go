package snapshot

import (
	"slices"

	"lockstep/cpu"
	"lockstep/sim"
)

// lockCache is what the taker knows of a lock.
type lockCache struct {
	lock  cpu.Holdable
	info  cpu.LockInfo
	state cpu.LockState
}

// lockList is the list of locks being made: the one before until something
// changes.
type lockList struct {
	list   []Lock
	copied bool
}

// edit returns an entry that may be changed; the list grows by one if i is
// behind its end.
func (l *lockList) edit(i, total int) *Lock {
	if !l.copied {
		l.copied = true
		l.list = append(make([]Lock, 0, total), l.list...)
	}
	if i == len(l.list) {
		l.list = append(l.list, Lock{})
	}
	return &l.list[i]
}

// takeLocks takes all locks and, for the CPUs and tasks, who holds which. What
// did not change is not looked at any closer.
func (t *Taker) takeLocks(now sim.Time, first bool) []Lock {
	t.clearHeld()
	all := t.m.CPU.Locks()
	out := lockList{list: t.prev.Locks}
	t.dropFreed(&out, all)
	for i, l := range all {
		isNew := i == len(t.locks)
		if isNew {
			t.locks = append(t.locks, lockCache{lock: l, info: l.LockInfo()})
		}
		c := &t.locks[i]
		state := l.LockState()
		changed := isNew || state != c.state
		if changed {
			c.state = state
			t.fillLock(out.edit(i, len(all)), c)
		}
		p := &out.list[i]
		if p.Changed != (changed && !first) {
			out.edit(i, len(all)).Changed = changed && !first
		}
		if t.regraph || isNew {
			t.fillClass(out.edit(i, len(all)), c)
		}
		t.follow(&out, i, len(all), now)
		t.noteHeld(i, &state)
	}
	t.sortHeld()
	return out.list
}

// dropFreed takes out what is in memory that has been freed. The lists are in
// one order, that in which the locks were made.
func (t *Taker) dropFreed(out *lockList, all []cpu.Holdable) {
	same := 0
	for same < len(t.locks) && same < len(all) && t.locks[same].lock == all[same] {
		same++
	}
	if same == len(t.locks) {
		return
	}
	locks, list := t.locks[:same:same], append(make([]Lock, 0, len(all)), out.list[:same]...)
	for i := same; i < len(t.locks); i++ {
		if len(locks) < len(all) && t.locks[i].lock == all[len(locks)] {
			locks, list = append(locks, t.locks[i]), append(list, out.list[i])
		}
	}
	t.locks, out.list, out.copied = locks, list, true
}

// fillLock sets what depends on the lock's state alone.
func (t *Taker) fillLock(l *Lock, c *lockCache) {
	s := &c.state
	*l = Lock{
		Name: c.info.Name, Class: l.Class, Usage: l.Usage, Kind: c.info.Kind, Obj: c.info.Obj, OwnerCPU: -1, OwnerTask: -1,
		Reserved: s.Reserved, Read: s.Read, Since: s.Since, Count: s.Count, Contended: s.Contended, ContendedTime: s.Waited,
	}
	if s.Waiting > 0 {
		l.Waiters, l.WaiterIDs = make([]string, 0, s.Waiting), make([]int, 0, s.Waiting)
		c.lock.EachWaiter(func(h cpu.Holder) {
			if h.CPU != nil {
				l.Waiters, l.WaiterIDs = append(l.Waiters, t.names.cpu(h.CPU)), append(l.WaiterIDs, -1)
			} else {
				l.Waiters, l.WaiterIDs = append(l.Waiters, t.names.of(h.Task)), append(l.WaiterIDs, h.Task.ID)
			}
		})
	}
}

// fillClass sets what the validator knows of the lock.
func (t *Taker) fillClass(l *Lock, c *lockCache) {
	dep := c.info.Dep
	if dep == nil {
		return
	}
	l.Class = dep.Key().Name
	if ld := t.m.CPU.Lockdep; ld != nil {
		if i := ld.ClassOf(dep); i >= 0 {
			l.Class, l.Usage = t.graph.graph.Classes[i].Name, t.graph.graph.Classes[i].Usage
		}
	}
}

// follow sets what changes without the lock: which task the owning CPU runs,
// which CPU the owning task runs on, and the time.
func (t *Taker) follow(out *lockList, i, total int, now sim.Time) {
	s := &t.locks[i].state
	if s.CPU != nil || s.Task != nil {
		owner, c, task := t.names.holder(cpu.Holder{CPU: s.CPU, Task: s.Task})
		if p := &out.list[i]; p.OwnerCPU != c || p.OwnerTask != task {
			p = out.edit(i, total)
			p.Owner, p.OwnerCPU, p.OwnerTask = owner, c, task
		}
	}
	if s.Waiting > 0 {
		if wait := max(now-s.First, 0); out.list[i].WaitTime != wait {
			out.edit(i, total).WaitTime = wait
		}
	}
}

func (t *Taker) clearHeld() {
	for i := range t.held {
		t.held[i] = t.held[i][:0]
	}
	for len(t.owned) < len(t.m.CPU.Execs()) {
		t.owned = append(t.owned, nil)
	}
	for i := range t.owned {
		t.owned[i] = t.owned[i][:0]
	}
}

// noteHeld enters a lock into its owner's list. One that is reserved is not
// held yet.
func (t *Taker) noteHeld(i int, s *cpu.LockState) {
	if r, ok := t.locks[i].lock.(cpu.ReadHoldable); ok && s.Read > 0 {
		r.EachReader(func(h cpu.Holder) { t.noteReader(i, h) })
		return
	}
	switch {
	case s.Reserved:
	case s.CPU != nil:
		t.held[s.CPU.ID] = append(t.held[s.CPU.ID], i)
	case s.Task != nil:
		t.owned[s.Task.ID] = append(t.owned[s.Task.ID], i)
	}
}

// noteReader enters a lock into a reader's list, once if it recursed.
func (t *Taker) noteReader(i int, h cpu.Holder) {
	list := &t.owned[h.Task.ID]
	if h.CPU != nil {
		list = &t.held[h.CPU.ID]
	}
	if !slices.Contains(*list, i) {
		*list = append(*list, i)
	}
}

// sortHeld puts the lists into the order of acquisition.
func (t *Taker) sortHeld() {
	for _, lists := range [][][]int{t.held, t.owned} {
		for _, l := range lists {
			if len(l) > 1 {
				slices.SortStableFunc(l, func(a, b int) int { return int(t.locks[a].state.Since - t.locks[b].state.Since) })
			}
		}
	}
}
