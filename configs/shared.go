package configs

import (
	"lockstep/cpu"
	"lockstep/cpu/lock"
	"lockstep/cpu/lockdep"
	"lockstep/cpu/sched"
	"lockstep/cpu/softirq"
	"lockstep/cpu/timer"
	"lockstep/cpu/workqueue"
	"lockstep/irq"
)

// objects are the [[shared]] objects of a booted scenario by name.
type objects struct {
	locks        map[string]*lock.Raw
	vars         map[string]*cpu.Var[int64]
	completions  map[string]*sched.Completion
	semaphores   map[string]*sched.Semaphore
	spinlocks    map[string]*lock.Spin
	rwlocks      map[string]*lock.RW
	seqlocks     map[string]*lock.Seqlock
	localLocks   map[string]*lock.Local
	mutexes      map[string]*sched.Mutex
	rwsems       map[string]*sched.RWSem
	rtMutexes    map[string]*sched.RTMutex
	wwMutexes    map[string]*sched.WWMutex
	wwClasses    map[string]*sched.WWClass
	waitQueues   map[string]*sched.WaitQueue
	percpuRWSems map[string]*sched.PercpuRWSem
	words        map[string]*lock.Word
	csds         map[string]*irq.Call
	bitWaits     *sched.BitWaits       // made if there are words
	memory       map[string]cpu.Memory // of what kfree may free
	machinery
	// deps are the validator's maps of what KindAnyLock names, nil of what the
	// rules do not see; of a local_lock it is the present CPU's.
	deps map[string]func(x *cpu.Exec) *lockdep.Map
}

// machinery is what the tables of work besides the tasks made, by name.
type machinery struct {
	lines      map[string]*line
	devices    map[string]*irq.Device
	nicActions []*irq.Action
	works      map[string]*workqueue.DelayedWork
	workqueues map[string]*workqueue.Workqueue
	timers     map[string]*timer.Timer
	hrTimers   map[string]*timer.HRTimer
	tasklets   map[string]*softirq.TaskletWork
	irqWorks   map[string]*irq.Work
}

// sharedKeys are the lock classes of a shared object: of what it is, and of the
// spinlock in it.
type sharedKeys struct{ main, inner *lockdep.Key }

// keys makes the lock classes of a shared object, named as the kernel would
// name them.
func (sh *SharedSpec) keys() sharedKeys {
	_, name := sh.name()
	k := &lockdep.Key{Name: name, Inner: lockdep.WaitSpin}
	switch {
	case sh.Semaphore != "":
		k.Name = "(" + name + ").lock"
	case sh.Completion != "":
		k.Name = "&" + name + ".wait"
	case sh.Spinlock != "" || sh.RWLock != "":
		k.Inner = lockdep.WaitConfig
	case sh.LocalLock != "":
		k.Inner, k.PerCPU = lockdep.WaitConfig, true
	case sh.Mutex != "" || sh.RWSem != "" || sh.PercpuRWSem != "" || sh.RTMutex != "":
		k.Inner = lockdep.WaitSleep
	case sh.Seqlock != "":
		k = &lockdep.Key{Name: "&(" + name + ")->seqcount"} // a plain map
		return sharedKeys{k, &lockdep.Key{Name: "&(&(" + name + ")->lock)->rlock", Inner: lockdep.WaitConfig}}
	}
	return sharedKeys{main: k}
}

func newObjects() objects {
	return objects{
		locks: map[string]*lock.Raw{}, vars: map[string]*cpu.Var[int64]{},
		completions: map[string]*sched.Completion{}, semaphores: map[string]*sched.Semaphore{},
		spinlocks: map[string]*lock.Spin{}, rwlocks: map[string]*lock.RW{}, seqlocks: map[string]*lock.Seqlock{},
		localLocks: map[string]*lock.Local{}, mutexes: map[string]*sched.Mutex{}, rwsems: map[string]*sched.RWSem{},
		rtMutexes: map[string]*sched.RTMutex{}, wwMutexes: map[string]*sched.WWMutex{}, wwClasses: map[string]*sched.WWClass{},
		waitQueues: map[string]*sched.WaitQueue{}, percpuRWSems: map[string]*sched.PercpuRWSem{}, words: map[string]*lock.Word{}, csds: map[string]*irq.Call{}, memory: map[string]cpu.Memory{},
		deps: map[string]func(*cpu.Exec) *lockdep.Map{},
	}
}

// makeShared makes the [[shared]] objects, in the order of the file.
func (m *Machine) makeShared() {
	if len(m.prog.scenario.Shared) > 0 {
		m.objects = newObjects() // or else nothing is found in maps that are not there
	}
	for i := range m.prog.scenario.Shared {
		o, keys := &m.prog.scenario.Shared[i], m.prog.keys[i]
		switch {
		case o.Var != "":
			v := new(cpu.Var[int64])
			v.Init(m.CPU, o.Var, o.Init)
			m.vars[o.Var] = v
			m.memory[o.Var] = v
		case o.Completion != "":
			c := new(sched.Completion)
			c.InitKey(m.Sched, o.Completion, keys.main)
			m.completions[o.Completion] = c
			m.memory[o.Completion] = c
		case o.Semaphore != "":
			c := new(sched.Semaphore)
			c.Init(m.Sched, o.Semaphore, o.Count, keys.main)
			m.semaphores[o.Semaphore] = c
			m.memory[o.Semaphore] = c
		case o.WaitQueue != "":
			q := new(sched.WaitQueue)
			q.Init(m.Sched, o.WaitQueue, keys.main)
			m.waitQueues[o.WaitQueue] = q
			m.memory[o.WaitQueue] = q
		case o.Word != "":
			m.makeWord(o.Word)
		case o.CSD != "":
			c := new(irq.Call)
			m.IRQ.InitCall(c, o.CSD)
			m.csds[o.CSD] = c
		default:
			if !m.makeSpinning(o, keys) {
				m.makeSleeping(o, keys.main)
			}
		}
	}
	m.start.init(m)
}

// makeWord makes a word and, with the first, the queues of those who wait for a
// bit: a machine without words does not pay for them.
func (m *Machine) makeWord(name string) {
	if m.bitWaits == nil {
		m.bitWaits = new(sched.BitWaits)
		m.bitWaits.Init(m.Sched)
	}
	w := new(lock.Word)
	w.Init(m.CPU, name)
	m.words[name] = w
}

// makeSpinning makes a lock whose waiters spin.
func (m *Machine) makeSpinning(o *SharedSpec, keys sharedKeys) bool {
	switch {
	case o.Lock != "":
		l := new(lock.Raw)
		l.Init(m.CPU, o.Lock, keys.main)
		m.locks[o.Lock] = l
		m.memory[o.Lock] = l
		m.see(o.Lock, l.Dep())
	case o.Spinlock != "":
		l := new(lock.Spin)
		l.Init(m.CPU, o.Spinlock, keys.main)
		m.spinlocks[o.Spinlock] = l
		m.memory[o.Spinlock] = l
		m.see(o.Spinlock, l.Dep())
	case o.RWLock != "":
		l := new(lock.RW)
		l.Init(m.CPU, o.RWLock, keys.main)
		m.rwlocks[o.RWLock] = l
		m.see(o.RWLock, l.Dep())
	case o.Seqlock != "":
		l := new(lock.Seqlock)
		l.Init(m.CPU, o.Seqlock, keys.main, keys.inner)
		m.seqlocks[o.Seqlock] = l
		m.see(o.Seqlock, l.Lock().Dep()) // what its writers hold
	case o.LocalLock != "":
		l := new(lock.Local)
		l.Init(m.CPU, o.LocalLock, keys.main)
		m.localLocks[o.LocalLock] = l
		m.deps[o.LocalLock] = func(x *cpu.Exec) *lockdep.Map {
			if !m.CPU.NewRules() {
				return nil
			}
			return l.Dep(x)
		}
	default:
		return false
	}
	return true
}

// makeSleeping makes a lock whose waiters sleep.
func (m *Machine) makeSleeping(o *SharedSpec, key *lockdep.Key) {
	switch {
	case o.Mutex != "":
		l := new(sched.Mutex)
		l.Init(m.Sched, o.Mutex, key)
		m.mutexes[o.Mutex] = l
		m.memory[o.Mutex] = l
		m.see(o.Mutex, l.Dep())
	case o.RWSem != "":
		l := new(sched.RWSem)
		l.Init(m.Sched, o.RWSem, key)
		m.rwsems[o.RWSem] = l
		m.see(o.RWSem, l.Dep())
	case o.PercpuRWSem != "":
		l := new(sched.PercpuRWSem)
		l.Init(m.Sched, o.PercpuRWSem, key, m.RCU.NewSync(o.PercpuRWSem))
		m.percpuRWSems[o.PercpuRWSem] = l
		m.see(o.PercpuRWSem, l.Dep())
	case o.RTMutex != "":
		l := new(sched.RTMutex)
		l.Init(m.Sched, o.RTMutex, key)
		m.rtMutexes[o.RTMutex] = l
		m.memory[o.RTMutex] = l
		m.see(o.RTMutex, l.LockInfo().Dep)
	case o.WWMutex != "":
		class := m.wwClasses[o.Class]
		if class == nil {
			class = new(sched.WWClass)
			class.Init(m.Sched, o.Class)
			m.wwClasses[o.Class] = class
		}
		l := new(sched.WWMutex)
		l.Init(class, o.WWMutex)
		m.wwMutexes[o.WWMutex] = l
		m.see(o.WWMutex, l.Dep())
	}
}

// see notes the validator's map of a lock.
func (m *Machine) see(name string, dep *lockdep.Map) {
	m.deps[name] = func(*cpu.Exec) *lockdep.Map { return dep }
}
