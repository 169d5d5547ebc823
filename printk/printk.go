package printk

import (
	"lockstep/cpu"
	"lockstep/cpu/lock"
	"lockstep/cpu/lockdep"
	"lockstep/cpu/sched"
	"lockstep/irq"
	"lockstep/sim"
)

// Levels that are no level of a record (docs/kernel/sched-irq-printk.md §6.2).
const (
	LevelDefault = -1 // the record gets default_message_loglevel
)

// Defaults of Config.
const (
	defaultBaud         = 115200
	defaultLoglevel     = 7
	defaultLogShift     = 17
	defaultMessageLevel = cpu.LevelWarning
)

// Config says what consoles there are and which form of printk the machine
// has; zero numbers mean the default.
type Config struct {
	// Serial adds a serial console; without one records are only stored.
	Serial bool
	// Baud is the serial line's speed in bits per second; default 115200.
	Baud int
	// Loglevel is console_loglevel: a record of this level or a higher number
	// does not reach the consoles. 1 to 8, default 7.
	Loglevel int
	// Deferred makes every printk a printk_deferred, variant V1 of
	// docs/kernel/sched-irq-printk.md §6.14.
	Deferred bool
	// LockdepVisible leaves out lockdep_off() in vprintk_emit: OPT-E1 of
	// docs/kernel/rcu-perf.md §7.
	LockdepVisible bool
	// MightWake tells the validator at every printk that it may wake a task:
	// OPT-E2, docs/kernel/sched-irq-printk.md §7.3.
	MightWake bool
	// LogShift is LOG_BUF_SHIFT, the logarithm of the buffer's size in bytes,
	// 12 to 25; default 17.
	LogShift int
}

// noCPU is logbuf_cpu when no CPU is inside vprintk_emit's locked part.
const noCPU = -1

var (
	logbufKey      = lockdep.Key{Name: "logbuf_lock"}
	consoleSemKey  = lockdep.Key{Name: "(console_sem).lock"}
	consoleLockKey = lockdep.Key{Name: "console_lock"}
	logWaitKey     = lockdep.Key{Name: "log_wait.lock"}
)

// Printk is the log and the consoles of one machine.
type Printk struct {
	m   *cpu.Machine
	s   *sched.Sched
	ic  *irq.Controller
	cfg Config

	// logbuf_lock protects everything down to seenSeq.
	logbuf  lock.Raw
	ring    ring
	records []Record // by sequence number, all that were ever stored
	// nextSeq is log_next_seq; readers that are about to sleep look at it
	// without the lock.
	nextSeq    cpu.Var[uint64]
	syslogSeq  uint64
	consoleSeq uint64
	seenSeq    uint64 // up to here klogd was told

	// logbufCPU is written only under logbuf_lock. It is read without, but
	// the question is always "is it me", and that only this CPU changes.
	logbufCPU    int
	recursionBug bool

	consoleSem sched.Semaphore
	consoleMap lockdep.Map // the semaphore as the validator sees it: a mutex
	consoleObj sim.Obj     // console_locked
	owned      bool        // console_locked; only the owner writes it
	uart       *uart       // console_drivers: one or none

	logWait sched.WaitQueue
	klogd   cpu.PerCPU[klogd]

	// TouchNMIWatchdog is touch_nmi_watchdog(), which a console calls before
	// it writes; nil on a machine without lockup detectors.
	TouchNMIWatchdog func(x *cpu.Exec)
}

// New makes an empty log with its consoles and takes the machine's printk
// hook. It panics if cfg is out of range, which its owner has checked.
func New(m *cpu.Machine, s *sched.Sched, ic *irq.Controller, cfg Config) *Printk {
	cfg = cfg.withDefaults()
	p := &Printk{m: m, s: s, ic: ic, cfg: cfg, logbufCPU: noCPU}
	p.logbuf.Init(m, "logbuf_lock", &logbufKey)
	p.ring.size = 1 << cfg.LogShift
	p.nextSeq.Init(m, "log_next_seq", 0)
	p.consoleSem.Init(s, "console_sem", 1, &consoleSemKey)
	p.consoleMap.Init(&consoleLockKey)
	p.consoleObj = m.NewObj("console_lock")
	p.logWait.Init(s, "log_wait.lock", &logWaitKey)
	p.initKlogd()
	if cfg.Serial {
		p.uart = newUART(m, cfg.Baud)
	}
	m.Hooks.Printk = p.Printk
	m.Hooks.PrintkDeferred = p.PrintkDeferred
	return p
}

func (c Config) withDefaults() Config {
	if c.Baud == 0 {
		c.Baud = defaultBaud
	}
	if c.Loglevel == 0 {
		c.Loglevel = defaultLoglevel
	}
	if c.LogShift == 0 {
		c.LogShift = defaultLogShift
	}
	if c.Baud < 0 || c.Loglevel < 0 || c.LogShift < 12 || c.LogShift > 25 {
		panic("printk: baud, loglevel or log shift out of range")
	}
	return c
}

// Dmesg returns everything that was ever stored, oldest first. Records that
// newer ones have overwritten in the machine's buffer are marked Dropped.
func (p *Printk) Dmesg() []Record {
	out := append([]Record(nil), p.records...)
	for i := range out[:p.ring.first] {
		out[i].Dropped = true
	}
	return out
}

// Lines returns how many records were ever stored.
func (p *Printk) Lines() int { return len(p.records) }
