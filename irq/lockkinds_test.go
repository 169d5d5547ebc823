package irq

import (
	"strings"
	"testing"

	"lockstep/cpu"
	"lockstep/cpu/lock"
	"lockstep/cpu/lockdep"
	"lockstep/cpu/sched"
)

// shelf is one or two locks of each kind, each of its own class.
type shelf struct {
	*box
	raw   [2]lock.Raw
	spin  lock.Spin
	rw    lock.RW
	seq   lock.Seqlock
	local lock.Local
	mutex [2]sched.Mutex
	rwsem [2]sched.RWSem
	rt    [2]sched.RTMutex
}

func newShelf(rules lockdep.Rules) *shelf {
	s := &shelf{box: newBox(cpu.Config{CPUs: 1, Lockdep: &lockdep.Config{Rules: rules}})}
	key := func(name string, w lockdep.WaitType) *lockdep.Key { return &lockdep.Key{Name: name, Inner: w} }
	s.spin.Init(s.m, "spin", key("spin", lockdep.WaitConfig))
	s.rw.Init(s.m, "rw", key("rw", lockdep.WaitConfig))
	s.seq.Init(s.m, "seq", key("count", lockdep.WaitInv), key("lock", lockdep.WaitConfig))
	s.local.Init(s.m, "local", &lockdep.Key{Name: "local", Inner: lockdep.WaitConfig, PerCPU: true})
	for i := range 2 {
		n := string(rune('0' + i))
		s.raw[i].Init(s.m, "raw"+n, key("raw"+n, lockdep.WaitSpin))
		s.mutex[i].Init(s.s, "mutex"+n, key("mutex"+n, lockdep.WaitSleep))
		s.rwsem[i].Init(s.s, "rwsem"+n, key("rwsem"+n, lockdep.WaitSleep))
		s.rt[i].Init(s.s, "rt"+n, key("rt"+n, lockdep.WaitSleep))
	}
	return s
}

// both takes a then b and releases them.
func both(takeA, takeB, freeB, freeA func(*cpu.Exec)) func(*shelf, *cpu.Exec) {
	return func(_ *shelf, x *cpu.Exec) { takeA(x); takeB(x); freeB(x); freeA(x) }
}

// annotations are things to do with the locks, and what the validator says of
// them under v4.4's rules and under the newer ones: nothing, or a title.
var annotations = []struct {
	name     string
	v44, now string
	body     func(s *shelf, x *cpu.Exec)
}{
	{"rt_mutexes in both orders", "", "WARNING: possible circular locking dependency detected", func(s *shelf, x *cpu.Exec) {
		for i := range 2 {
			a, b := &s.rt[i], &s.rt[1-i]
			both(a.Lock, b.Lock, b.Unlock, a.Unlock)(s, x)
		}
	}},
	{"mutexes in both orders", "INFO: possible circular locking dependency detected", "WARNING: possible circular locking dependency detected", func(s *shelf, x *cpu.Exec) {
		for i := range 2 {
			a, b := &s.mutex[i], &s.mutex[1-i]
			both(a.Lock, b.Lock, b.Unlock, a.Unlock)(s, x)
		}
	}},
	{"rwsems in both orders, one read", "INFO: possible circular locking dependency detected", "WARNING: possible circular locking dependency detected", func(s *shelf, x *cpu.Exec) {
		a, b := &s.rwsem[0], &s.rwsem[1]
		both(a.DownRead, b.DownWrite, b.UpWrite, a.UpRead)(s, x)
		both(b.DownWrite, a.DownRead, a.UpRead, b.UpWrite)(s, x)
	}},
	{"a mutex that might be taken under a spinlock that it takes", "INFO: possible circular locking dependency detected", "BUG: Invalid wait context", func(s *shelf, x *cpu.Exec) {
		s.mutex[0].Lock(x)
		s.raw[0].Lock(x)
		s.raw[0].Unlock(x)
		s.mutex[0].Unlock(x)
		s.raw[0].Lock(x)
		x.MightLock(s.mutex[0].Dep(), 0)
		s.raw[0].Unlock(x)
	}},
	{"a spinlock under a raw one", "", "BUG: Invalid wait context", func(s *shelf, x *cpu.Exec) {
		both(s.raw[0].Lock, s.spin.Lock, s.spin.Unlock, s.raw[0].Unlock)(s, x)
	}},
	{"an rwlock read twice", "", "WARNING: possible recursive locking detected", func(s *shelf, x *cpu.Exec) {
		both(s.rw.ReadLock, s.rw.ReadLock, s.rw.ReadUnlock, s.rw.ReadUnlock)(s, x)
	}},
	{"an rwlock read twice, bottom halves off", "", "", func(s *shelf, x *cpu.Exec) {
		both(s.rw.ReadLockBH, s.rw.ReadLock, s.rw.ReadUnlock, s.rw.ReadUnlockBH)(s, x)
	}},
	{"an rwlock read and written", "INFO: possible recursive locking detected", "WARNING: possible recursive locking detected", func(s *shelf, x *cpu.Exec) {
		s.rw.ReadLock(x)
		x.MightLock(s.rw.Dep(), 0)
		s.rw.ReadUnlock(x)
	}},
	{"a seqlock read in its writer's section", "INFO: possible recursive locking detected", "WARNING: possible recursive locking detected", func(s *shelf, x *cpu.Exec) {
		s.seq.WriteLock(x)
		x.MightLock(s.seq.Count().Dep(), lockdep.ReadRecursive)
		s.seq.WriteUnlock(x)
	}},
	{"a downgraded rwsem that a recursive reader might take", "INFO: possible recursive locking detected", "", func(s *shelf, x *cpu.Exec) {
		s.rwsem[0].DownWrite(x)
		s.rwsem[0].DowngradeWrite(x)
		x.MightLock(s.rwsem[0].Dep(), lockdep.ReadRecursive)
		s.rwsem[0].UpRead(x)
	}},
	{"a local lock taken twice", "", "WARNING: possible recursive locking detected", func(s *shelf, x *cpu.Exec) {
		s.local.Lock(x)
		x.MightLock(s.local.Dep(x), 0)
		s.local.Unlock(x)
	}},
	{"a task that ends with a lock", "BUG: t/100 still has locks held!", "WARNING: t/100 still has locks held!", func(s *shelf, x *cpu.Exec) { s.mutex[0].Lock(x) }},
	{"a mutex released by nobody", "DEBUG_LOCKS_WARN_ON(depth <= 0)", "WARNING: bad unlock balance detected!", func(s *shelf, x *cpu.Exec) { s.mutex[0].Unlock(x) }},
	{"a spinlock released twice", "DEBUG_LOCKS_WARN_ON(depth <= 0)", "WARNING: bad unlock balance detected!", func(s *shelf, x *cpu.Exec) {
		s.raw[0].Lock(x)
		s.raw[0].Unlock(x)
		s.raw[0].Unlock(x)
	}},
	{"an rwlock released twice", "DEBUG_LOCKS_WARN_ON(depth <= 0)", "WARNING: bad unlock balance detected!", func(s *shelf, x *cpu.Exec) {
		s.rw.WriteLock(x)
		s.rw.WriteUnlock(x)
		s.rw.WriteUnlock(x)
	}},
	{"a lock initialised while held", "BUG: held lock freed!", "WARNING: held lock freed!", func(s *shelf, x *cpu.Exec) {
		s.raw[0].Lock(x)
		s.raw[0].Reinit(x)
		cpu.PreemptEnable(x)
	}},
	{"nested under a lock that is not held", "BUG: Nested lock was not taken", "WARNING: Nested lock was not taken", func(s *shelf, x *cpu.Exec) {
		s.raw[0].LockNest(x, s.raw[1].Dep())
		s.raw[0].Unlock(x)
	}},
	{"nested under one that is", "", "", func(s *shelf, x *cpu.Exec) {
		s.raw[1].Lock(x)
		s.raw[0].LockNest(x, s.raw[1].Dep())
		s.raw[0].Unlock(x)
		s.raw[1].Unlock(x)
	}},
	{"an assertion that fails", "WARNING: debug_locks && !lockdep_is_held(raw0) at kernel/locking/lockdep.c", "WARNING: debug_locks && !lockdep_is_held(raw0) at kernel/locking/lockdep.c",
		func(s *shelf, x *cpu.Exec) { x.AssertHeld(s.raw[0].Dep()) }},
	{"an assertion that holds", "", "", func(s *shelf, x *cpu.Exec) {
		s.raw[0].Lock(x)
		x.AssertHeld(s.raw[0].Dep())
		s.raw[0].Unlock(x)
	}},
	{"a pinned lock released", "releasing a pinned lock", "releasing a pinned lock", func(s *shelf, x *cpu.Exec) {
		s.raw[0].Lock(x)
		x.Pin(s.raw[0].Dep())
		s.raw[0].Unlock(x)
	}},
}

// TestAnnotations: each kind of lock tells the validator what its kernel's
// does, and what it finds is printed in the task that is to blame.
func TestAnnotations(t *testing.T) {
	for _, a := range annotations {
		for _, rules := range []lockdep.Rules{lockdep.RulesV44, lockdep.RulesNew} {
			s := newShelf(rules)
			task := s.s.NewTask("t", 100, 0, nil, func(x *cpu.Exec) { a.body(s, x) })
			s.run(t, task)
			want := a.v44
			if rules == lockdep.RulesNew {
				want = a.now
			}
			var titles []string
			for _, f := range s.m.Findings() {
				titles = append(titles, f.Title)
			}
			if got := strings.Join(titles, "; "); got != want {
				t.Errorf("%s, rules %d: got %q, want %q", a.name, rules, got, want)
			}
		}
	}
}
