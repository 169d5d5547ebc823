package irq

// Vector is an interrupt vector of the local APIC.
type Vector uint8

// Vectors of v4.4 on x86 (docs/kernel/sched-irq-printk.md §2.1).
const (
	NMI                Vector = 0x02
	MoveCleanup        Vector = 0x20
	LocalTimer         Vector = 0xef
	IrqWork            Vector = 0xf6
	CallFunctionSingle Vector = 0xfb
	CallFunction       Vector = 0xfc
	Reschedule         Vector = 0xfd
	Spurious           Vector = 0xff
)

// Device vectors: those below are the ISA interrupts', those above the
// system's; the allocator goes in steps of a priority class.
const (
	firstDevice   Vector = 0x41
	syscallVector Vector = 0x80
)

// String returns the vector's name as /proc/interrupts abbreviates it.
func (v Vector) String() string {
	switch v {
	case NMI:
		return "NMI"
	case MoveCleanup:
		return "MOV"
	case LocalTimer:
		return "LOC"
	case IrqWork:
		return "IWI"
	case CallFunctionSingle, CallFunction:
		return "CAL"
	case Reschedule:
		return "RES"
	case Spurious:
		return "SPU"
	}
	return "IRQ"
}

// device reports whether the vector is one that lines get.
func (v Vector) device() bool { return v >= firstDevice && v < LocalTimer && v != syscallVector }

// ipis are the vectors that one CPU sends another, in channel order.
// moreIPIs are those that only few machines send: their channels have numbers
// of their own, so that the others' are the same with and without them.
var (
	ipis     = [...]Vector{IrqWork, CallFunctionSingle, Reschedule}
	moreIPIs = [...]Vector{CallFunction, MoveCleanup, NMI}
)
