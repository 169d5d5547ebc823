package configs

// IRQSpec is one [[irq]]: a handler and the line that it is on.
type IRQSpec struct {
	// The handler's name, as /proc/interrupts shows it: unique, at most 15 bytes.
	Name string `toml:"name" required:"yes"`
	// What interrupts: a pin of the IO-APIC, by edge or by level, a message of the device itself (msi), or an nmi.
	Kind string `toml:"kind" default:"edge" check:"edge|level|msi|nmi"`
	// Pin of the IO-APIC, for edge and level; handlers of one pin share it. -1: one that nobody names.
	Line int `toml:"line" default:"-1" check:"-1..23"`
	// CPU that the interrupts go to; irq_set_affinity() changes it.
	CPU int `toml:"cpu" default:"0" check:"0..4095"`
	// What runs in the interrupt, as a Starlark program: IRQF_HANDLED unless it sets ret. Without one, and without thread, the devices are acknowledged.
	Handler string `toml:"handler"`
	// What runs in the handler's own thread, irq/N-NAME, which the handler then wakes.
	Thread string `toml:"thread"`
	// Whether the line stays masked until the thread is done (IRQF_ONESHOT).
	Oneshot bool `toml:"oneshot" default:"true" with:"thread"`
}

// DeviceSpec is one [[device]]: what interrupts, and when.
type DeviceSpec struct {
	// The device's name: unique.
	Name string `toml:"name" required:"yes"`
	// When it interrupts: each period, by chance with the period as mean, at the times of a script; or a network card, the packets of which come by chance.
	Kind string `toml:"kind" default:"periodic" check:"periodic|poisson|script|nic"`
	// Name of the [[irq]] that it pulls. A nic has a line and a driver of its own.
	IRQ string `toml:"irq"`
	// Microseconds between two interrupts or packets.
	PeriodUs float64 `toml:"period_us" default:"1000" check:"0.1..1000000000"`
	// Microseconds before the first one of a periodic device; -1: a period.
	FirstUs float64 `toml:"first_us" default:"-1" check:"-1..1000000000"`
	// Times of a script in microseconds, ascending.
	AtUs []int `toml:"at_us" default:"[]" check:"0..1000000000"`
	// After how many it falls silent; 0: never, and it does not keep the machine running.
	Count int `toml:"count" default:"0" check:"0..1_000_000_000"`
	// CPU that a nic's interrupts go to.
	CPU int `toml:"cpu" default:"0" check:"0..4095"`
	// Nanoseconds that the softirq takes for a packet of a nic.
	PacketNs int64 `toml:"packet_ns" default:"1000" check:"1..1_000_000"`
}

// WorkSpec is one [[work]].
type WorkSpec struct {
	// The work's name: unique.
	Name string `toml:"name" required:"yes"`
	// What a worker runs, as a Starlark program.
	Body string `toml:"body" required:"yes"`
}

// WorkqueueSpec is one [[workqueue]]; "events", "events_highpri", "events_long" and "events_unbound" are always there.
type WorkqueueSpec struct {
	// The workqueue's name: unique.
	Name string `toml:"name" required:"yes"`
	// Whether its workers belong to no CPU (WQ_UNBOUND).
	Unbound bool `toml:"unbound" default:"false"`
	// Whether its workers have nice -20 (WQ_HIGHPRI).
	Highpri bool `toml:"highpri" default:"false"`
	// Whether its works do not count for concurrency (WQ_CPU_INTENSIVE).
	CPUIntensive bool `toml:"cpu_intensive" default:"false"`
	// Whether it must get on when there is no memory (WQ_MEM_RECLAIM).
	MemReclaim bool `toml:"mem_reclaim" default:"false"`
	// How many of its works may be in a pool at once; 0: 256. An unbound one with 1 is ordered.
	MaxActive int `toml:"max_active" default:"0" check:"0..16384"`
}

// TaskletSpec is one [[tasklet]].
type TaskletSpec struct {
	// The tasklet's name: unique.
	Name string `toml:"name" required:"yes"`
	// Whether it is one of HI_SOFTIRQ, which come before all others.
	Hi bool `toml:"hi" default:"false"`
	// What runs in softirq context, as a Starlark program.
	Body string `toml:"body" required:"yes"`
}

// IrqWorkSpec is one [[irq_work]].
type IrqWorkSpec struct {
	// The irq_work's name: unique.
	Name string `toml:"name" required:"yes"`
	// Whether it waits for the next tick (IRQ_WORK_LAZY).
	Lazy bool `toml:"lazy" default:"false"`
	// What runs in hardirq context, as a Starlark program.
	Body string `toml:"body" required:"yes"`
}

// SoftirqSpec is one [[softirq]].
type SoftirqSpec struct {
	// Which of the softirqs that the kernel proper has no use for here; a nic has NET_RX.
	Name string `toml:"name" required:"yes"`
	// What runs in softirq context, as a Starlark program.
	Body string `toml:"body" required:"yes"`
}
