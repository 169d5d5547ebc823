package cpu

// The preempt_count word (docs/kernel/sched-irq-printk.md §1.4).
const (
	PreemptMask  uint32 = 0x000000ff
	SoftirqMask  uint32 = 0x0000ff00
	HardirqMask  uint32 = 0x000f0000
	NMIMask      uint32 = 0x00100000
	NeedResched  uint32 = 0x80000000 // stored inverted: set means no
	countMask           = ^NeedResched
	anyInterrupt        = HardirqMask | SoftirqMask | NMIMask

	PreemptOffset        uint32 = 1
	SoftirqOffset        uint32 = 0x100
	SoftirqDisableOffset uint32 = 2 * SoftirqOffset
	HardirqOffset        uint32 = 0x10000
	NMIOffset            uint32 = 0x100000

	// PreemptEnabled is the word of a CPU that holds nothing.
	PreemptEnabled = NeedResched
)

// TIF flags of Exec.ThreadInfo.
const (
	TIFNeedResched uint32 = 1 << 3
	TIFPolling     uint32 = 1 << 21
)

// Count returns preempt_count() without the need-resched bit.
func (c *CPU) Count() uint32 { return c.preempt & countMask }

// Word returns the whole 32-bit word.
func (c *CPU) Word() uint32 { return c.preempt }

// InIrq is in_irq().
func (c *CPU) InIrq() bool { return c.preempt&HardirqMask != 0 }

// InSoftirq is in_softirq(): a softirq is served, or bottom halves are off.
func (c *CPU) InSoftirq() bool { return c.preempt&SoftirqMask != 0 }

// InServingSoftirq is in_serving_softirq().
func (c *CPU) InServingSoftirq() bool { return c.preempt&SoftirqOffset != 0 }

// InInterrupt is in_interrupt().
func (c *CPU) InInterrupt() bool { return c.preempt&anyInterrupt != 0 }

// InNMI is in_nmi().
func (c *CPU) InNMI() bool { return c.preempt&NMIMask != 0 }

// Preemptible is preemptible(): count zero and interrupts on.
func (c *CPU) Preemptible() bool { return c.Count() == 0 && c.P.Open() }

// NeedsResched reports the folded, per-CPU copy of need_resched.
func (c *CPU) NeedsResched() bool { return c.preempt&NeedResched == 0 }

// SetNeedResched is set_preempt_need_resched(): only for the CPU itself.
func (c *CPU) SetNeedResched() { c.preempt &^= NeedResched }

// ClearNeedResched is clear_preempt_need_resched().
func (c *CPU) ClearNeedResched() { c.preempt |= NeedResched }

// AddCount adds to the count without looking; contexts are entered with it.
func (c *CPU) AddCount(n uint32) { c.preempt += n }

// SubCount is its opposite.
func (c *CPU) SubCount(n uint32) { c.preempt -= n }

// SetCount forces the count, as the scheduler does when it finds it corrupted.
func (c *CPU) SetCount(n uint32) { c.preempt = c.preempt&NeedResched | n }

// PreemptDisable is preempt_disable(). With interrupts on it is an operation:
// an interrupt may preempt before it and not after.
//
//kernel:fn preempt_disable include/linux/preempt.h
func PreemptDisable(x *Exec) {
	if x.cpu.P.Open() {
		x.Local(KindPreempt, x.m.Costs.Preempt)
	}
	x.cpu.preempt++
}

// PreemptEnableNoResched is preempt_enable_no_resched(). As with DEBUG_PREEMPT
// a count that is zero stays so.
//
//kernel:fn preempt_enable_no_resched include/linux/preempt.h
func PreemptEnableNoResched(x *Exec) {
	if x.cpu.P.Open() {
		x.Local(KindPreempt, x.m.Costs.Preempt)
	}
	if x.cpu.preempt&PreemptMask == 0 {
		x.preemptUnderflow()
		return
	}
	x.cpu.preempt--
}

// preemptUnderflow is the check of preempt_count_sub() that failed.
//
//kernel:fn preempt_count_sub kernel/sched/core.c
func (x *Exec) preemptUnderflow() {
	x.lockdepOp()
	x.DebugLocksWarn(true, "kernel/sched/core.c", "preempt_count_sub", "val > preempt_count()")
}

// PreemptModel is where the kernel's own code can be preempted
// (docs/kernel/sched-irq-printk.md §1.9). preempt_count is kept in each.
type PreemptModel uint8

// The models.
const (
	PreemptFull      PreemptModel = iota // CONFIG_PREEMPT: wherever the count is zero and interrupts are on
	PreemptVoluntary                     // CONFIG_PREEMPT_VOLUNTARY: only where it says might_sleep or cond_resched
	PreemptNone                          // CONFIG_PREEMPT_NONE: only where it sleeps or says cond_resched
)

// String returns the model as scenarios name it.
func (p PreemptModel) String() string { return [...]string{"full", "voluntary", "none"}[p] }

// PreemptEnable is preempt_enable(): decrement and, with CONFIG_PREEMPT, if the
// word became zero, schedule unless interrupts are off.
//
//kernel:fn preempt_enable include/linux/preempt.h
func PreemptEnable(x *Exec) {
	PreemptEnableNoResched(x)
	PreemptCheckResched(x)
}

// PreemptCheckResched is preempt_check_resched(): nothing but with
// CONFIG_PREEMPT.
//
//kernel:fn preempt_check_resched include/linux/preempt.h
func PreemptCheckResched(x *Exec) {
	if x.cpu.preempt == 0 && x.m.Preempt == PreemptFull {
		x.m.Hooks.PreemptSchedule(x)
	}
}
