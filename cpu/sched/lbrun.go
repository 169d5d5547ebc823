package sched

import "lockstep/cpu"

// maxPinnedInterval is MAX_PINNED_INTERVAL in ms.
const maxPinnedInterval = 512

// loadBalance is load_balance(): pull tasks to dst from the busiest other CPU
// of a domain. It returns how many came, and whether the wider domains are to
// be balanced too: they are not if somebody else does it for this one's group.
//
//kernel:fn load_balance kernel/sched/fair.c
func (s *Sched) loadBalance(x *cpu.Exec, dst *RQ, sd *domain, idle idleType) (moved int, goOn bool) {
	st := dst.state(sd)
	mine := &s.ThisRQ(x).lb
	if mine.cpus == nil {
		mine.cpus = s.m.NewCPUSet()
	}
	copy(mine.cpus, s.m.Active.Read(x))
	e := &lbEnv{sd: sd, dst: dst, idle: idle, cpus: mine.cpus, failed: st.failed, loopBreak: nrMigrate}
	if idle != newlyIdle {
		e.group = sd.groups[sd.local(dst.CPU)]
	}
	for {
		if !s.shouldWeBalance(x, e) {
			s.balanced(e, st, false)
			return 0, false
		}
		g := s.findBusiestGroup(x, e)
		if g == nil {
			s.balanced(e, st, false)
			return 0, true
		}
		if e.src = s.findBusiestQueue(x, e, g); e.src == nil {
			s.balanced(e, st, false)
			return 0, true
		}
		if nr := e.src.NrRunning.ReadOnce(x); nr > 1 {
			e.allPinned = true
			e.loopMax = min(nrMigrate, nr)
			moved += s.moveTasks(x, e)
			if sd.parent != nil && e.somePinned && e.imbalance > 0 {
				sd.imbalanced = true
			}
			if e.allPinned {
				e.cpus.Remove(e.src.CPU)
				e.loop, e.loopBreak = 0, nrMigrate
				if e.cpus.Weight() > 0 {
					continue // without this one
				}
				s.balanced(e, st, true)
				return 0, true
			}
		}
		break
	}
	return s.afterMove(x, e, st, moved), true
}

// moveTasks detaches and attaches until nothing more is to be had from the
// source. Interrupts are let in every 32 tasks. Tasks that may not run on the
// destination but on another CPU of its group are moved there.
//
//kernel:fn load_balance kernel/sched/fair.c
func (s *Sched) moveTasks(x *cpu.Exec, e *lbEnv) (moved int) {
	for {
		f := e.src.Lock.LockIrqsave(x)
		e.src.updateClock(x)
		n := s.detachTasks(x, e)
		e.src.Lock.Unlock(x)
		if n > 0 {
			s.attachTasks(x, e)
			moved += n
		}
		cpu.LocalIrqRestore(x, f)
		if e.needBreak {
			e.needBreak = false
			continue
		}
		if e.dstPinned && e.imbalance > 0 {
			e.cpus.Remove(e.dst.CPU)
			e.dst = &s.rqs[e.newDst]
			e.dstPinned = false
			e.loop, e.loopBreak = 0, nrMigrate
			continue
		}
		return moved
	}
}

// afterMove is the end of load_balance(): what failed is counted, and where
// it failed too often the source's running task is pushed away by its stopper.
//
//kernel:fn load_balance kernel/sched/fair.c
func (s *Sched) afterMove(x *cpu.Exec, e *lbEnv, st *domainState, moved int) int {
	active := false
	if moved > 0 {
		st.failed = 0
	} else {
		if e.idle != newlyIdle {
			st.failed++
		}
		if st.failed > e.sd.level.cacheNiceTries+2 && e.idle != newlyIdle && s.stop.OneCPUNoWait != nil {
			var pinned bool
			if active, pinned = s.kickActive(x, e); pinned {
				s.backOff(e, st)
				return 0
			}
			st.failed = e.sd.level.cacheNiceTries + 1
		}
	}
	switch {
	case !active:
		st.interval = uint64(len(e.sd.span))
	case st.interval < 2*uint64(len(e.sd.span)):
		st.interval *= 2
	}
	return moved
}

// balanced is out_balanced and out_all_pinned: nothing to do, or nothing that
// can be done, so the next attempt has time.
func (s *Sched) balanced(e *lbEnv, st *domainState, pinned bool) {
	if e.sd.parent != nil && !pinned {
		e.sd.imbalanced = false
	}
	st.failed = 0
	s.backOff(e, st)
}

// backOff is out_one_pinned: the interval doubles up to its bound.
func (s *Sched) backOff(e *lbEnv, st *domainState) {
	if e.allPinned && st.interval < maxPinnedInterval || st.interval < 2*uint64(len(e.sd.span)) {
		st.interval *= 2
	}
}

// shouldWeBalance is should_we_balance(): of a group one CPU pulls for all,
// the first idle one or the first.
//
//kernel:fn should_we_balance kernel/sched/fair.c
func (s *Sched) shouldWeBalance(x *cpu.Exec, e *lbEnv) bool {
	if e.idle == newlyIdle {
		return true
	}
	for _, c := range e.group {
		if e.cpus.Has(c) && s.idleCPU(x, c) {
			return c == e.dst.CPU
		}
	}
	return e.group[0] == e.dst.CPU
}
