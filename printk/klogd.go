package printk

import (
	"strconv"

	"lockstep/cpu"
	"lockstep/cpu/sched"
	"lockstep/irq"
)

// Bits of printk_pending (docs/kernel/sched-irq-printk.md §6.1).
const (
	pendingWakeup uint8 = 1 << iota
	pendingOutput
)

// klogd is a CPU's printk_pending and wake_up_klogd_work.
type klogd struct {
	pending uint8
	work    irq.Work
}

func (p *Printk) initKlogd() {
	p.klogd.Init(p.m)
	for i := range p.m.CPUs {
		p.ic.InitWork(&p.klogd.Of(i).work, "wake_up_klogd_work"+strconv.Itoa(i), true, p.wakeUpKlogdWork)
	}
}

// PrintkDeferred is printk_deferred(): for callers under scheduler locks. The
// record is stored now and printed by an irq_work.
//
//kernel:fn printk_deferred kernel/printk/printk.c
func (p *Printk) PrintkDeferred(x *cpu.Exec, level int, text string) {
	p.deferred(x, newRecord(level, text, 0))
}

func (p *Printk) deferred(x *cpu.Exec, r Record) {
	cpu.PreemptDisable(x)
	p.emit(x, r, true)
	p.queueKlogd(x, pendingOutput)
	cpu.PreemptEnable(x)
}

// wakeUpKlogd is wake_up_klogd(): whoever sleeps on the log is woken later,
// from an irq_work, since the caller may hold any lock. The look at the queue
// needs no lock: a reader queues itself first and looks at the log then.
//
//kernel:fn wake_up_klogd kernel/printk/printk.c
func (p *Printk) wakeUpKlogd(x *cpu.Exec) {
	cpu.PreemptDisable(x)
	if p.logWait.Active(x) {
		p.queueKlogd(x, pendingWakeup)
	}
	cpu.PreemptEnable(x)
}

// queueKlogd marks what is to be done and queues the work of this CPU, which
// preemption is off for. An interrupt may come before the mark is set: then
// the work runs again for it.
func (p *Printk) queueKlogd(x *cpu.Exec, what uint8) {
	k := p.klogd.This(x)
	if !cpu.IrqsDisabled(x) {
		x.Local(cpu.KindUpdate, p.m.Costs.Store)
	}
	k.pending |= what
	p.ic.QueueWork(x, &k.work)
}

// wakeUpKlogdWork is wake_up_klogd_work_func(): hardirq, interrupts off, none
// of anybody's locks but those of the code that was interrupted, which had
// interrupts on. The whole backlog is printed here. This is not under
// lockdep_off: here the validator learns what a console takes.
//
//kernel:fn wake_up_klogd_work_func kernel/printk/printk.c
func (p *Printk) wakeUpKlogdWork(x *cpu.Exec) {
	k := p.klogd.This(x)
	pending := k.pending
	k.pending = 0
	if pending&pendingOutput != 0 && p.ConsoleTrylock(x) {
		p.ConsoleUnlock(x) // whoever has the consoles otherwise prints
	}
	if pending&pendingWakeup != 0 {
		p.logWait.WakeUp(x, sched.Interruptible, 1)
	}
}

// ReadSyslog is the read of /proc/kmsg by klogd: sleep until something was
// logged, then return all that was not read yet, a record per hold of the
// lock. What was overwritten before it was read is skipped
// (docs/kernel/sched-irq-printk.md §6.10).
//
//kernel:fn syslog_print kernel/printk/printk.c
func (p *Printk) ReadSyslog(x *cpu.Exec) []Record {
	p.logWait.WaitEvent(x, sched.Interruptible, func() bool { return p.syslogSeq != p.nextSeq.ReadOnce(x) })
	var out []Record
	for {
		p.logbuf.LockIrq(x)
		p.syslogSeq = max(p.syslogSeq, p.ring.first)
		if p.syslogSeq == p.ring.next {
			p.logbuf.UnlockIrq(x)
			return out
		}
		out = append(out, p.records[p.syslogSeq])
		p.syslogSeq++
		x.Spend(p.m.Costs.LogStore)
		p.logbuf.UnlockIrq(x)
	}
}
