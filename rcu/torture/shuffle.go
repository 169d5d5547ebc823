package torture

import (
	"lockstep/cpu"
	"lockstep/cpu/sched"
)

// shuffle is the tasks that are kept off one CPU after the other.
type shuffle struct {
	mutex sched.Mutex // shuffle_task_mutex
	tasks []*sched.Task
	idle  int // shuffle_idle_cpu; -1: none is kept free
}

func (sh *shuffle) init(t *Torture) {
	sh.mutex.Init(t.s, "shuffle_task_mutex", &shuffleMutexKey)
	sh.idle = -1
}

// shuffleRegister is torture_shuffle_task_register().
//
//kernel:fn torture_shuffle_task_register kernel/torture.c
func (t *Torture) shuffleRegister(x *cpu.Exec, p *sched.Task) {
	t.shuffle.mutex.Lock(x)
	t.shuffle.tasks = append(t.shuffle.tasks, p)
	t.shuffle.mutex.Unlock(x)
}

// runShuffle is torture_shuffle().
//
//kernel:fn torture_shuffle kernel/torture.c
func (t *Torture) runShuffle(x *cpu.Exec) {
	for {
		t.sleep(x, t.seconds(t.p.ShuffleInterval))
		t.shuffleTasks(x)
		if t.mustStop(x) {
			return
		}
	}
}

// shuffleTasks is torture_shuffle_tasks(): one CPU is left to idle, so that it
// passes its quiescent states there.
//
//kernel:fn torture_shuffle_tasks kernel/torture.c
func (t *Torture) shuffleTasks(x *cpu.Exec) {
	t.st.GetOnlineCPUs(x)
	if t.m.Online.Read(x).Weight() == 1 {
		t.st.PutOnlineCPUs(x)
		return
	}
	sh := &t.shuffle
	mask := make([]bool, len(t.m.CPUs))
	for c := range mask {
		mask[c] = true
	}
	if sh.idle++; sh.idle >= len(mask) {
		sh.idle = -1
	} else {
		mask[sh.idle] = false
	}
	sh.mutex.Lock(x)
	for _, p := range sh.tasks {
		// Fails if all other CPUs are offline, and the kernel does not mind.
		_ = t.s.SetCPUsAllowed(x, p, mask)
	}
	sh.mutex.Unlock(x)
	t.st.PutOnlineCPUs(x)
}
