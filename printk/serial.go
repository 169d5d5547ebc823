package printk

import (
	"lockstep/cpu"
	"lockstep/cpu/lock"
	"lockstep/cpu/lockdep"
	"lockstep/sim"
)

// Transmission on a serial line (docs/kernel/sched-irq-printk.md §6.8).
const (
	bitsPerChar = 10 // start, eight data, stop
	// chunkChars is how many characters one operation sends. The driver polls
	// for each; nothing can happen in between that an operation per sixteen
	// would not show as well, since interrupts are off.
	chunkChars = 16
)

var portLockKey = lockdep.Key{Name: "&port_lock_key"}

// uart is an 8250 serial port that is written character by character.
type uart struct {
	lock lock.Raw
	obj  sim.Obj
	char sim.Time // one character on the wire
	port sim.Time // one access to a register
}

func newUART(m *cpu.Machine, baud int) *uart {
	u := &uart{char: bitsPerChar * sim.Second / sim.Time(baud), port: m.Costs.PortIO}
	u.lock.Init(m, "ttyS0->lock", &portLockKey)
	u.obj = m.NewObj("ttyS0")
	return u
}

// write is the console's write(): the port's interrupts are masked while the
// characters go out one by one, each when the one before has left.
//
//kernel:fn serial8250_console_write drivers/tty/serial/8250/8250_port.c
func (u *uart) write(x *cpu.Exec, chars int) {
	f := u.lock.LockIrqsave(x)
	x.Op(cpu.KindDevice, &u.obj, sim.AccessUpdate, 2*u.port) // IER read and cleared
	for chars > 0 {
		n := min(chars, chunkChars)
		x.Delay(sim.Time(n) * u.char)
		chars -= n
	}
	x.Op(cpu.KindDevice, &u.obj, sim.AccessUpdate, 2*u.port) // both empty; IER restored
	u.lock.UnlockIrqrestore(x, f)
}
