package sched

import "lockstep/cpu"

// wakeReason is the sd_flag of select_task_rq(): why a task needs a CPU.
type wakeReason int

const (
	balanceWake wakeReason = iota // SD_BALANCE_WAKE
	balanceFork                   // SD_BALANCE_FORK
	balanceExec                   // SD_BALANCE_EXEC
)

// selectTaskRQ is select_task_rq(): which CPU p is to run on, whose pi_lock is
// held, so that where it may run stays as it is; other runqueues are read
// without their locks. The class is not asked where there is no choice, and
// what it says is not taken for a CPU that p may not use or that is gone.
//
//kernel:fn select_task_rq kernel/sched/core.c
func (s *Sched) selectTaskRQ(x *cpu.Exec, p *Task, prev int, why wakeReason) int {
	c := prev
	if !p.bound() {
		c = p.class.selectRQ(x, p, prev, why)
	}
	if !p.allowed(c) || !s.m.Online.Test(x, c) {
		c = s.fallbackRQ(x, p, c)
	}
	return c
}

// selectTaskRQFair is select_task_rq_fair(): a wake-up goes here or to where
// the task ran, and from there to an idle CPU of the same cache; a new task,
// or one that execs, goes to the idlest CPU of the widest domain
// (docs/kernel/sched-irq-printk.md §1.16).
//
//kernel:fn select_task_rq_fair kernel/sched/fair.c
func (s *Sched) selectTaskRQFair(x *cpu.Exec, p *Task, prev int, why wakeReason) int {
	this, c := x.CPU().ID, prev
	affine := why == balanceWake && !s.wakeWide(x, p) && p.allowed(this)
	s.m.Hooks.ReadLock(x)
	var sd, affineSD *domain
	for d := s.rqs[this].lb.sd; d != nil; d = d.parent {
		if affine && d.has(prev) {
			affineSD = d
			break
		}
		if why != balanceWake {
			sd = d
		} else if !affine {
			break
		}
	}
	if affineSD != nil && this != prev && s.wakeAffine(x, affineSD, p, this, prev) {
		c = this
	}
	if sd == nil {
		if why == balanceWake {
			c = s.selectIdleSibling(x, p, c)
		}
	} else {
		c = s.idlestCPU(x, sd, p, this, prev)
	}
	s.m.Hooks.ReadUnlock(x)
	return c
}

// recordWakee is record_wakee(): current counts how often it wakes somebody
// else than the last time; the count is halved each second.
//
//kernel:fn record_wakee kernel/sched/fair.c
func (s *Sched) recordWakee(x *cpu.Exec, p *Task) {
	w := &s.Task(x).wakes
	if now := s.m.Jiffies.ReadOnce(x); now > w.decay+uint64(s.m.HZ) {
		if n := w.flips.Peek(); n > 0 {
			w.flips.WriteOnce(x, n>>1)
		}
		w.decay = now
	}
	if w.last != p {
		w.last = p
		w.flips.WriteOnce(x, w.flips.Peek()+1)
	}
}

// wakees is what of a task tells wakers of many from wakers of few. The task
// itself writes it, in whatever context it wakes somebody.
type wakees struct {
	flips cpu.Var[int] // wakee_flips
	last  *Task        // last_wakee
	decay uint64       // wakee_flip_decay_ts in jiffies
}

// wakeWide is wake_wide(): a task that wakes more others than share a cache,
// each of which wakes many again, had better not pull them all to itself. The
// smaller count decides, so the own one is looked at first.
//
//kernel:fn wake_wide kernel/sched/fair.c
func (s *Sched) wakeWide(x *cpu.Exec, p *Task) bool {
	factor := 1 // sd_llc_size
	if d := s.llcDomain(x.CPU().ID); d != nil {
		factor = len(d.span)
	}
	master := s.Task(x).wakes.flips.Peek()
	if master < factor {
		return false
	}
	slave := p.wakes.flips.ReadOnce(x)
	if master < slave {
		master, slave = slave, master
	}
	return slave >= factor && master >= slave*factor
}

// wakeAffine is wake_affine(): waking here must not leave this CPU with more
// load than the imbalance allows over prev's.
//
//kernel:fn wake_affine kernel/sched/fair.c
func (s *Sched) wakeAffine(x *cpu.Exec, sd *domain, p *Task, this, prev int) bool {
	s.rqs[prev].NrRunning.ReadOnce(x)
	there := s.rqs[prev].sourceLoad(0)
	s.rqs[this].NrRunning.ReadOnce(x)
	here := s.rqs[this].targetLoad(0)
	mine := 100 * s.cpuCapacity(prev)
	theirs := (100 + (sd.level.imbalancePct-100)/2) * s.cpuCapacity(this)
	if here > 0 {
		mine *= here + p.se.weight
		theirs *= there
	}
	return mine <= theirs
}

// selectIdleSibling is select_idle_sibling(): target if it is idle, else where
// the task ran if that is idle and near, else the first group of target's
// cache that is wholly idle. From the widest domain of the cache down, each
// time from target's own group on.
//
//kernel:fn select_idle_sibling kernel/sched/fair.c
func (s *Sched) selectIdleSibling(x *cpu.Exec, p *Task, target int) int {
	if s.idleCPU(x, target) {
		return target
	}
	if i := p.TaskCPU(); i != target && s.m.ShareCache(i, target) && s.idleCPU(x, i) {
		return i
	}
	for sd := s.llcDomain(target); sd != nil; sd = s.below(sd, sd.groups[sd.local(target)]) {
		first := sd.local(target)
		for i := range sd.groups {
			g := sd.groups[(first+i)%len(sd.groups)]
			if a := firstAllowed(p, g); a >= 0 && s.allIdle(x, g, target) {
				return a
			}
		}
	}
	return target
}

func firstAllowed(p *Task, g []int) int {
	for _, c := range g {
		if p.allowed(c) {
			return c
		}
	}
	return -1
}

// allIdle reports whether a group does not have target and is idle.
func (s *Sched) allIdle(x *cpu.Exec, g []int, target int) bool {
	for _, c := range g {
		if c == target || !s.idleCPU(x, c) {
			return false
		}
	}
	return true
}

// fallbackRQ is select_fallback_rq(): an active CPU of the node that c is in,
// else any that the task may use; if there is none, it may use all.
//
//kernel:fn select_fallback_rq kernel/sched/core.c
func (s *Sched) fallbackRQ(x *cpu.Exec, p *Task, c int) int {
	online := s.m.Online.Read(x)
	ok := func(d int) bool { return online.Has(d) && s.m.Active.Peek().Has(d) && p.allowed(d) }
	s.m.Active.Read(x)
	for d := range s.rqs {
		if s.m.Socket(d) == s.m.Socket(c) && ok(d) {
			return d
		}
	}
	for range 2 {
		for d := range s.rqs {
			if ok(d) {
				return d
			}
		}
		p.Allowed = nil // cpuset_cpus_allowed_fallback: the root's CPUs
	}
	panic("sched: no CPU is active")
}
