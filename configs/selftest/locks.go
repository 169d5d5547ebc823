package selftest

import (
	"lockstep/cpu"
	"lockstep/cpu/lock"
	"lockstep/cpu/lockdep"
	"lockstep/cpu/sched"
)

// theLock is a lock of the machine with what operations do to it. kind counts
// for those that readers can share.
type theLock interface {
	lock(x *cpu.Exec, kind Kind, nest *lockdep.Map)
	unlock(x *cpu.Exec, kind Kind)
	reinit(x *cpu.Exec)
	dep(x *cpu.Exec) *lockdep.Map
}

// locks are the machine's, as many as a script names.
type locks struct {
	of    map[Lock]theLock
	ww    map[string]*sched.WWMutex
	class sched.WWClass
	ctx   [CtxPoison + 1]sched.AcquireCtx
}

// makeLocks makes the locks that a script names, in that order.
func (m *machine) makeLocks(s *Script) {
	m.locks.of, m.locks.ww = map[Lock]theLock{}, map[string]*sched.WWMutex{}
	m.locks.class.Init(m.sched, "ww_lockdep")
	for _, op := range s.Ops {
		m.makeLock(op.Lock)
		m.makeLock(op.Nest.Lock)
	}
}

func (m *machine) makeLock(l Lock) {
	switch {
	case l.Name == "" || m.locks.of[l] != nil || m.locks.ww[l.Name] != nil:
	case l.Family == WW:
		w := new(sched.WWMutex)
		w.Init(&m.locks.class, l.Name)
		m.locks.ww[l.Name] = w
	default:
		m.locks.of[l] = m.newLock(l)
	}
}

// newLock makes a lock that is not a ww mutex.
func (m *machine) newLock(l Lock) theLock {
	name, key := l.String(), keys[l.class()]
	switch l.Family {
	case Spin:
		return made[spinLock](m.cpu, name, key)
	case Raw:
		return made[rawLock](m.cpu, name, key)
	case Local:
		return made[localLock](m.cpu, name, key)
	case RWLock:
		return made[rwLock](m.cpu, name, key)
	case RWSem:
		return made[rwSem](m.sched, name, key)
	case RTMutex:
		return made[rtMutex](m.sched, name, key)
	}
	return made[mutex](m.sched, name, key)
}

// made makes a lock of type T on the part of the machine that its kind belongs to.
func made[T any, P interface {
	*T
	theLock
	Init(on O, name string, key *lockdep.Key)
}, O any](on O, name string, key *lockdep.Key) theLock {
	l := P(new(T))
	l.Init(on, name, key)
	return l
}

// keys are the lock classes, by the file's notation: a static lock is its own
// key and named after itself; a pair is initialised in one function, whose
// argument's name both have. Any number of machines share them.
var keys = makeKeys()

func makeKeys() map[string]*lockdep.Key {
	static := [...]string{
		Spin: "lock_", RWLock: "rwlock_", Mutex: "mutex_", RWSem: "rwsem_", RTMutex: "rtmutex_", Raw: "raw_lock_", Local: "local_",
	}
	arg := [...]string{
		Spin: "lock", RWLock: "rwlock", Mutex: "mutex", RWSem: "rwsem", RTMutex: "rtmutex", Raw: "raw_lock", Local: "local",
	}
	inner := [...]lockdep.WaitType{
		Spin: lockdep.WaitConfig, RWLock: lockdep.WaitConfig, Mutex: lockdep.WaitSleep, RWSem: lockdep.WaitSleep,
		RTMutex: lockdep.WaitSleep, Raw: lockdep.WaitSpin, Local: lockdep.WaitConfig,
	}
	out := map[string]*lockdep.Key{}
	for f := Spin; f < WW; f++ {
		for _, name := range plainNames {
			l := Lock{f, name}
			if out[l.class()] != nil {
				continue
			}
			k := &lockdep.Key{Name: static[f] + name, Inner: inner[f], PerCPU: f == Local}
			if len(name) > 1 {
				k.Name = arg[f]
			}
			out[l.class()] = k
		}
	}
	return out
}

// nester is a lock whose taker may name a nest lock.
type nester interface {
	Lock(x *cpu.Exec)
	LockNest(x *cpu.Exec, nest *lockdep.Map)
}

func plainOrNested(x *cpu.Exec, l nester, nest *lockdep.Map) {
	if nest == nil {
		l.Lock(x)
	} else {
		l.LockNest(x, nest)
	}
}

type spinLock struct{ lock.Spin }

func (l *spinLock) lock(x *cpu.Exec, _ Kind, nest *lockdep.Map) { plainOrNested(x, l, nest) }
func (l *spinLock) unlock(x *cpu.Exec, _ Kind)                  { l.Unlock(x) }
func (l *spinLock) reinit(x *cpu.Exec)                          { l.Reinit(x) }
func (l *spinLock) dep(*cpu.Exec) *lockdep.Map                  { return l.Dep() }

type rawLock struct{ lock.Raw }

func (l *rawLock) lock(x *cpu.Exec, _ Kind, nest *lockdep.Map) { plainOrNested(x, l, nest) }
func (l *rawLock) unlock(x *cpu.Exec, _ Kind)                  { l.Unlock(x) }
func (l *rawLock) reinit(x *cpu.Exec)                          { l.Reinit(x) }
func (l *rawLock) dep(*cpu.Exec) *lockdep.Map                  { return l.Dep() }

type localLock struct{ lock.Local }

func (l *localLock) lock(x *cpu.Exec, _ Kind, _ *lockdep.Map) { l.Lock(x) }
func (l *localLock) unlock(x *cpu.Exec, _ Kind)               { l.Unlock(x) }
func (l *localLock) reinit(x *cpu.Exec)                       { l.Reinit(x) }
func (l *localLock) dep(x *cpu.Exec) *lockdep.Map             { return l.Dep(x) }

type rwLock struct{ lock.RW }

func (l *rwLock) lock(x *cpu.Exec, k Kind, _ *lockdep.Map) {
	if k == KindRead {
		l.ReadLock(x)
	} else {
		l.WriteLock(x)
	}
}

func (l *rwLock) unlock(x *cpu.Exec, k Kind) {
	if k == KindRead {
		l.ReadUnlock(x)
	} else {
		l.WriteUnlock(x)
	}
}

func (l *rwLock) reinit(x *cpu.Exec)         { l.Reinit(x) }
func (l *rwLock) dep(*cpu.Exec) *lockdep.Map { return l.Dep() }

type mutex struct{ sched.Mutex }

func (l *mutex) lock(x *cpu.Exec, _ Kind, nest *lockdep.Map) { plainOrNested(x, l, nest) }
func (l *mutex) unlock(x *cpu.Exec, _ Kind)                  { l.Unlock(x) }
func (l *mutex) reinit(x *cpu.Exec)                          { l.Reinit(x) }
func (l *mutex) dep(*cpu.Exec) *lockdep.Map                  { return l.Dep() }

type rwSem struct{ sched.RWSem }

func (l *rwSem) lock(x *cpu.Exec, k Kind, nest *lockdep.Map) {
	switch {
	case k == KindDownRead:
		l.DownRead(x)
	case nest != nil:
		l.DownWriteNest(x, nest)
	default:
		l.DownWrite(x)
	}
}

func (l *rwSem) unlock(x *cpu.Exec, k Kind) {
	if k == KindDownRead {
		l.UpRead(x)
	} else {
		l.UpWrite(x)
	}
}

func (l *rwSem) reinit(x *cpu.Exec)         { l.Reinit(x) }
func (l *rwSem) dep(*cpu.Exec) *lockdep.Map { return l.Dep() }

type rtMutex struct{ sched.RTMutex }

func (l *rtMutex) lock(x *cpu.Exec, _ Kind, _ *lockdep.Map) { l.Lock(x) }
func (l *rtMutex) unlock(x *cpu.Exec, _ Kind)               { l.Unlock(x) }
func (l *rtMutex) reinit(x *cpu.Exec)                       { l.Reinit(x) }
func (l *rtMutex) dep(*cpu.Exec) *lockdep.Map               { return l.Dep() }
