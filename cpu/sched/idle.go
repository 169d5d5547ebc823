package sched

import (
	"fmt"
	"strconv"
	"strings"

	"lockstep/cpu"
	"lockstep/sim"
)

// initIdle makes CPU rq.CPU's idle task and binds it to the processor: it is
// what the CPU runs when the machine is switched on.
func (s *Sched) initIdle(rq *RQ) {
	t := s.newTask("swapper/"+strconv.Itoa(rq.CPU), 0, rq.CPU, nil)
	t.isIdle, t.Daemon = true, true
	t.class = s.idleClass
	rq.idle = t
	rq.Curr.Poke(t)
	t.OnCPU.Poke(true)
	t.OnRQ.Poke(Queued)
	c := s.m.CPUs[rq.CPU]
	c.SetCurrent(&t.Exec)
	c.P.Bind(t.Fiber)
	c.SetCount(cpu.PreemptOffset)
}

// first is what a new task's fiber runs.
func (s *Sched) first(t *Task) {
	if t.isIdle {
		s.cpuStartup(&t.Exec)
		return
	}
	s.begin(t)
}

// OnBoot is what CPU 0's idle task runs before it becomes idle: the rest of
// the kernel's start-up, with preemption off.
func (s *Sched) OnBoot(fn func(x *cpu.Exec)) {
	t := s.rqs[0].idle
	t.startWith = fn
}

// OnCPUStart is run by every CPU's idle task first: it starts the local timer.
func (s *Sched) OnCPUStart(fn func(x *cpu.Exec)) { s.cpuStart = fn }

//kernel:fn cpu_startup_entry kernel/sched/idle.c
func (s *Sched) cpuStartup(x *cpu.Exec) {
	if s.cpuStart != nil {
		s.cpuStart(x)
	}
	cpu.LocalIrqEnable(x)
	if t := s.Task(x); t.startWith != nil {
		t.startWith(x)
		s.booted = true
	}
	s.idleLoop(x)
}

// idleLoop is cpu_idle_loop(): preemption stays off throughout.
//
//kernel:fn cpu_idle_loop kernel/sched/idle.c
func (s *Sched) idleLoop(x *cpu.Exec) {
	t := s.Task(x)
	for {
		t.ThreadInfo.Update(x, setPolling)
		s.m.Hooks.TickIdleEnter(x)
		if !s.idleUntilWork(x, t) {
			continue // cpu_startup_entry() anew
		}
		s.foldNeedResched(x)
		s.m.Hooks.TickIdleExit(x)
		t.ThreadInfo.Update(x, clearPolling)
		s.TtwuPending(x)
		s.SchedulePreemptDisabled(x)
	}
}

// idleUntilWork is the inner loop. It returns false if the CPU was taken down
// meanwhile, and has been started again.
//
//kernel:fn cpu_idle_loop kernel/sched/idle.c
func (s *Sched) idleUntilWork(x *cpu.Exec, t *Task) bool {
	for !s.needResched(x) {
		if !s.m.Online.Peek().Has(x.CPU().ID) { // its own bit: only itself clears it
			s.playDead(x)
			return false
		}
		cpu.LocalIrqDisable(x)
		if s.m.PollIdle {
			s.poll(x)
		} else {
			s.hlt(x, t)
		}
	}
	return true
}

func setPolling(f uint32) uint32   { return f | cpu.TIFPolling }
func clearPolling(f uint32) uint32 { return f &^ cpu.TIFPolling }

// hlt is cpuidle_idle_call() with the halt instruction: polling is given up
// before the last look at need_resched, so that whoever sets it later sends
// an IPI; sti and hlt are one step, so that the IPI cannot come in between.
//
//kernel:fn cpuidle_idle_call kernel/sched/idle.c
func (s *Sched) hlt(x *cpu.Exec, t *Task) {
	s.m.Hooks.IdleEnter(x)
	old := t.ThreadInfo.Update(x, clearPolling)
	if old&cpu.TIFNeedResched == 0 {
		x.Op(cpu.KindIdle, &s.idle, sim.AccessUpdate, 0)
		s.checkQuiescent(x.CPU().ID)
		if s.m.MwaitIdle {
			s.mwait(x, t)
		} else {
			cpu.LocalIrqEnable(x)
			s.halt(x)
		}
	} else {
		cpu.LocalIrqEnable(x)
	}
	t.ThreadInfo.Update(x, setPolling)
	s.m.Hooks.IdleExit(x)
}

// halt is the halt instruction.
//
//kernel:fn default_idle arch/x86/kernel/process.c
func (s *Sched) halt(x *cpu.Exec) { x.Halt() }

// mwait is mwait_idle(): polling is said again, so that whoever sets
// need_resched sends no IPI: the write itself ends the sleep. If it came in
// between there is no sleep.
//
//kernel:fn mwait_idle arch/x86/kernel/process.c
func (s *Sched) mwait(x *cpu.Exec, t *Task) {
	old := t.ThreadInfo.Update(x, setPolling)
	cpu.LocalIrqEnable(x)
	if old&cpu.TIFNeedResched == 0 {
		s.untilFlagged(x)
		x.Spend(s.m.Costs.HaltExit)
	}
	t.ThreadInfo.Update(x, clearPolling)
}

// poll is cpu_idle_poll(): spin on the flag with interrupts on. The spin is
// parked until a remote CPU sets the flag or an interrupt comes.
//
//kernel:fn cpu_idle_poll kernel/sched/idle.c
func (s *Sched) poll(x *cpu.Exec) {
	s.m.Hooks.IdleEnter(x)
	x.Op(cpu.KindIdle, &s.idle, sim.AccessUpdate, 0)
	s.checkQuiescent(x.CPU().ID)
	cpu.LocalIrqEnable(x)
	s.untilFlagged(x)
	s.m.Hooks.IdleExit(x)
}

// untilFlagged parks the CPU until its need_resched flag is written, or an
// interrupt comes, which it takes.
func (s *Sched) untilFlagged(x *cpu.Exec) {
	rq := s.ThisRQ(x)
	if s.needResched(x) {
		return
	}
	w := x.BeginWait(cpu.WaitQueue, rq, rq.idle.ThreadInfo.Obj())
	rq.polling = w
	woken := w.CPU.P.Park()
	rq.polling = nil // before the handler's local operations run ahead
	if !woken {
		s.m.Hooks.Interrupt(x)
	}
	x.EndWait(w)
}

// AwaitedName implements [cpu.Awaited] for the polling idle loop.
func (rq *RQ) AwaitedName() string { return "need_resched" }

// Holder implements [cpu.Awaited]: idle waits for nobody in particular.
func (rq *RQ) Holder(*cpu.Wait) cpu.Holder { return cpu.Holder{} }

// checkQuiescent asks, whenever a CPU is about to idle, whether anything but
// periodic ticks can still happen: every other CPU halted in its idle task, nothing
// queued, nothing in flight, no package with work that a tick carries on.
// Then the run is over, and a task that has not ended is hung: nobody is
// left to wake it.
func (s *Sched) checkQuiescent(this int) {
	if !s.booted {
		return
	}
	for i := range s.rqs {
		rq := &s.rqs[i]
		if rq.Curr.Peek() != rq.idle || rq.NrRunning.Peek() != 0 || rq.wakeList.Peek() != nil || i != this && !s.halted(i) {
			return
		}
	}
	if s.m.Busy() {
		return
	}
	var b strings.Builder
	for _, t := range s.tasks {
		if !t.Daemon && !t.Exited {
			fmt.Fprintf(&b, "  %s/%d state %s%s\n", t.Comm, t.PID, t.State.Peek(), t.waitsFor())
		}
	}
	if b.Len() > 0 {
		s.m.AddFinding(nil, &cpu.Finding{Kind: "hang", Title: "hang: nothing but ticks can happen and tasks have not ended", Text: b.String()})
	}
	s.m.E.Stop()
}

// halted reports whether a CPU that runs its idle task waits for an interrupt,
// and not for a lock in one that it has taken on top: then the count is raised
// by more than the idle loop's own.
func (s *Sched) halted(i int) bool {
	c := s.m.CPUs[i]
	return c.P.Parked() && c.Count() == cpu.PreemptOffset
}

func (t *Task) waitsFor() string {
	w := t.Blocked
	if w == nil {
		return ""
	}
	s := fmt.Sprintf(" waits for %s %s", w.Kind, w.On.AwaitedName())
	if h := w.On.Holder(w); h.CPU != nil || h.Task != nil {
		s += ", " + h.How + " by " + h.String()
	}
	return s
}
