package workqueue

// View is all pools and workqueues as somebody outside the machine sees them
// between two operations. Reading it changes nothing.
type View struct {
	// Pools are the worker pools, by their id.
	Pools []PoolView
	// Queues are the workqueues, in the order they were made.
	Queues []QueueView
}

// PoolView is a worker_pool.
type PoolView struct {
	// ID numbers the pool; CPU is whose it is, -1 of an unbound one; Nice is
	// that of its workers.
	ID, CPU, Nice int
	// Running is nr_running, the workers that are runnable and count.
	Running int
	// Worklist are the names of the works that wait, first in line first.
	Worklist []string
	// Workers are the attached workers, in the order they were made.
	Workers []WorkerView
	// Idle are the PIDs of the idle ones; who is woken next comes first.
	Idle []int
	// Manager is the PID of the worker that makes workers, 0 for none.
	Manager int
	// Lock is the name of the pool's lock.
	Lock string
}

// WorkerView is a worker.
type WorkerView struct {
	// PID and Comm are the thread's.
	PID  int
	Comm string // see PID
	// Flags are the kernel's words for what is set, see [FlagWords].
	Flags string
	// Work is what it runs, of the workqueue Queue; both empty if nothing.
	Work, Queue string
	// Scheduled are the works that it is to run next.
	Scheduled []string
	// Done counts the works it has run.
	Done uint64
}

// QueueView is a workqueue_struct.
type QueueView struct {
	// Name is the workqueue's, Words its flags in the kernel's words.
	Name, Words string
	// MaxActive is how many works of one pwq may be in its pool.
	MaxActive int
	// WorkColor is what works are given now, FlushColor what is flushed; they
	// are equal when nothing is.
	WorkColor, FlushColor int
	// First is who flushes, Queue and Overflow are who waits behind, by name.
	First           string
	Queue, Overflow []string // see First
	// PWQs are its shares of the pools that have works, by pool.
	PWQs []PWQView
}

// PWQView is a pool_workqueue.
type PWQView struct {
	// Pool is the pool's id.
	Pool int
	// Active works are in the pool or run, Delayed are those kept back.
	Active  int
	Delayed []string // see Active
	// InFlight counts the works by colour.
	InFlight [nrColors]int
	// FlushColor is whose last work is waited for, -1 none.
	FlushColor int
}

// View returns the present state. Shares without works are left out.
func (ws *Workqueues) View() View {
	var v View
	ws.ViewInto(&v)
	return v
}

// ViewInto puts the present state into v, whose slices it uses again.
func (ws *Workqueues) ViewInto(v *View) {
	v.Pools, v.Queues = sized(v.Pools, len(ws.pools)), sized(v.Queues, len(ws.wqs))
	for i, p := range ws.pools {
		p.viewInto(&v.Pools[i])
	}
	for i, q := range ws.wqs {
		q.viewInto(&v.Queues[i])
	}
}

// sized returns a slice of n elements, with the old ones in it.
func sized[T any](s []T, n int) []T {
	for cap(s) < n {
		s = append(s[:cap(s)], *new(T))
	}
	return s[:n]
}

func (p *pool) viewInto(v *PoolView) {
	v.ID, v.CPU, v.Nice, v.Running, v.Lock, v.Manager = p.id, p.cpu, p.nice, p.running.Peek(), p.lock.Name(), 0
	if p.manager != nil {
		v.Manager = p.manager.task.PID
	}
	v.Worklist = p.worklist.names(v.Worklist[:0])
	v.Idle = v.Idle[:0]
	for i := len(p.idle) - 1; i >= 0; i-- {
		v.Idle = append(v.Idle, p.idle[i].task.PID)
	}
	v.Workers = sized(v.Workers, len(p.workers))
	for i, k := range p.workers {
		w := &v.Workers[i]
		*w = WorkerView{PID: k.task.PID, Comm: k.task.Comm, Flags: FlagWords(k.flags), Scheduled: k.scheduled.names(w.Scheduled[:0]), Done: k.done}
		if k.current != nil {
			w.Work, w.Queue = k.current.name, k.pwq.wq.name
		}
	}
}

func (q *Workqueue) viewInto(v *QueueView) {
	v.Name, v.Words, v.MaxActive, v.WorkColor, v.FlushColor, v.First = q.name, queueWords(q.flags.Peek()), q.max, q.workColor, q.flushColor, ""
	if f := q.first.Peek(); f != nil {
		v.First = f.comm
	}
	v.Queue, v.Overflow = flusherNames(v.Queue[:0], q.queue), flusherNames(v.Overflow[:0], q.overflow)
	n := 0
	for _, p := range q.pwqs {
		if p.inFlight == [nrColors]int{} && p.flushColor < 0 {
			continue
		}
		v.PWQs = sized(v.PWQs, n+1)
		w := &v.PWQs[n]
		*w = PWQView{Pool: p.pool.id, Active: p.active, Delayed: p.delayed.names(w.Delayed[:0]), InFlight: p.inFlight, FlushColor: p.flushColor}
		n++
	}
	v.PWQs = v.PWQs[:n]
}

func flusherNames(names []string, fs []*flusher) []string {
	for _, f := range fs {
		names = append(names, f.comm)
	}
	return names
}

func (l *workList) names(names []string) []string {
	for w := l.head; w != nil; w = w.next {
		names = append(names, w.name)
	}
	return names
}

// FlagWords names a worker's flags as the kernel does, without WORKER_; "" is
// a bound worker that runs.
func FlagWords(flags uint16) string { return words(uint32(flags), workerWords) }

var workerWords = []flagName{
	{uint32(workerDie), "DIE"}, {uint32(workerIdle), "IDLE"}, {uint32(workerPrep), "PREP"},
	{uint32(workerCPUIntensive), "CPU_INTENSIVE"}, {uint32(workerUnbound), "UNBOUND"}, {uint32(workerRebound), "REBOUND"},
}

// queueWords names a workqueue's flags as the kernel does, without WQ_.
func queueWords(flags Flags) string { return words(uint32(flags), wqWords) }

var wqWords = []flagName{
	{uint32(Unbound), "UNBOUND"}, {uint32(MemReclaim), "MEM_RECLAIM"}, {uint32(Highpri), "HIGHPRI"},
	{uint32(CPUIntensive), "CPU_INTENSIVE"}, {uint32(draining), "DRAINING"},
}

type flagName struct {
	bit  uint32
	name string
}

func words(flags uint32, names []flagName) string {
	set := ""
	for _, n := range names {
		switch {
		case flags&n.bit == 0:
		case set == "":
			set = n.name
		default:
			set += " " + n.name
		}
	}
	return set
}

// Ran returns how often the work's function has begun.
func (w *Work) Ran() uint64 { return w.ran }
