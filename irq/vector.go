package irq

// Vector is an interrupt vector of the local APIC.
type Vector uint8

// Vectors of v4.4 on x86 (docs/kernel/sched-irq-printk.md §2.1).
const (
	LocalTimer         Vector = 0xef
	IrqWork            Vector = 0xf6
	CallFunctionSingle Vector = 0xfb
	Reschedule         Vector = 0xfd
)

// String returns the vector's name as /proc/interrupts abbreviates it.
func (v Vector) String() string {
	switch v {
	case LocalTimer:
		return "LOC"
	case IrqWork:
		return "IWI"
	case CallFunctionSingle:
		return "CAL"
	case Reschedule:
		return "RES"
	}
	return "IRQ"
}

// ipis are the vectors that one CPU sends another, in channel order.
var ipis = [...]Vector{IrqWork, CallFunctionSingle, Reschedule}
