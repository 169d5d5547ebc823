package sched

import "lockstep/cpu"

// StopCalls are the stoppers, which lie above this package; stop.New fills them
// in. A machine without stoppers has nil here, moves no running task, and does
// not balance actively.
type StopCalls struct {
	// OneCPU is stop_one_cpu(): it sleeps until fn has run on CPU c.
	OneCPU func(x *cpu.Exec, c int, fn func(x *cpu.Exec) int) int
	// OneCPUNoWait is stop_one_cpu_nowait() with the active_balance_work of
	// CPU c's runqueue, which must not be queued already.
	OneCPUNoWait func(x *cpu.Exec, c int, fn func(x *cpu.Exec) int)
	// Unpark is stop_machine_unpark(), of a CPU that is online again.
	Unpark func(x *cpu.Exec, c int)
	// TwoCPUs is stop_two_cpus(): fn runs on a while b stands still.
	TwoCPUs func(x *cpu.Exec, a, b int, fn func(x *cpu.Exec) int) int
}

// SetStopper takes the stoppers.
func (s *Sched) SetStopper(c StopCalls) { s.stop = c }

// kickActive asks the source's stopper to push the task away that runs there.
// It reports whether it did, and whether that task may not come here.
//
//kernel:fn load_balance kernel/sched/fair.c
func (s *Sched) kickActive(x *cpu.Exec, e *lbEnv) (active, pinned bool) {
	src := e.src
	f := src.Lock.LockIrqsave(x)
	if !src.Curr.Peek().allowed(e.dst.CPU) {
		src.Lock.UnlockIrqrestore(x, f)
		e.allPinned = true
		return false, true
	}
	if !src.lb.active {
		src.lb.active, src.lb.push = true, e.dst.CPU
		active = true
	}
	src.Lock.UnlockIrqrestore(x, f)
	if active {
		s.stop.OneCPUNoWait(x, src.CPU, func(x *cpu.Exec) int { return s.activeBalanceStop(x, src) })
	}
	return active, false
}

// activeBalanceStop is active_load_balance_cpu_stop(), on the source's CPU in
// its stopper, so what ran there is queued and not running. The locks are
// taken one after the other, as in load_balance().
//
//kernel:fn active_load_balance_cpu_stop kernel/sched/fair.c
func (s *Sched) activeBalanceStop(x *cpu.Exec, src *RQ) int {
	var p *Task
	src.Lock.LockIrq(x)
	dst := &s.rqs[src.lb.push]
	if src.CPU == x.CPU().ID && src.lb.active && src.NrRunning.Peek() > 1 {
		s.m.Hooks.ReadLock(x)
		for d := dst.lb.sd; d != nil; d = d.parent {
			if d.has(src.CPU) {
				src.updateClock(x)
				p = s.detachOneTask(x, &lbEnv{sd: d, dst: dst, src: src, idle: cpuIdle, failed: dst.state(d).failed})
				break
			}
		}
		s.m.Hooks.ReadUnlock(x)
	}
	src.lb.active = false
	src.Lock.Unlock(x)
	if p != nil {
		dst.Lock.Lock(x)
		s.attachTask(x, dst, p)
		dst.Lock.Unlock(x)
	}
	cpu.LocalIrqEnable(x)
	return 0
}
