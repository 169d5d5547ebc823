package lockdep

// usageBit numbers the sticky facts about a class: bit 0 is read, bit 1 is
// the direction (0 used in, 1 enabled), the bits above are the state
// (docs/kernel/lockdep.md §1.5).
type usageBit uint8

// state is an interrupt-like context that a lock may be taken in.
type state uint8

const (
	hardirq state = iota
	softirq
	// reclaimFS is a context of v4.4 only: the allocator's way to free memory
	// through file systems. Newer rules have a lock map instead.
	reclaimFS
)

const (
	readBit usageBit = 1
	dirBit  usageBit = 2

	usedInHardirq   = usageBit(hardirq) << 2
	enabledHardirq  = usedInHardirq | dirBit
	usedInSoftirq   = usageBit(softirq) << 2
	enabledSoftirq  = usedInSoftirq | dirBit
	usedInReclaimFS = usageBit(reclaimFS) << 2
	lockUsed        = usageBit(reclaimFS+1) << 2
	// lockUsedRead is the first use by a reader; v4.4 has lockUsed for both.
	lockUsedRead = lockUsed + 1

	usageBits = int(lockUsedRead) + 1
	inNMI     = usageBit(usageBits) // no bit, but a name in reports
)

// The used-in and the enabled bits, and the write bits among them.
const (
	usedInBits  usageMask = 0x333
	enabledBits           = usedInBits << dirBit
	irqWrites   usageMask = 0x555
	irqReads              = irqWrites << readBit
)

// usageMask is a set of usage bits. Shifting a set of write bits left by one
// gives the same set in its read form.
type usageMask uint16

func (b usageBit) mask() usageMask { return 1 << b }

// exclusive returns the write bit that conflicts with b: the other direction
// of the same state.
//
//kernel:fn exclusive_bit kernel/locking/lockdep.c
func (b usageBit) exclusive() usageBit { return (b ^ dirBit) &^ readBit }

// opposite returns the bits of the other direction that conflict with those of
// m, in both forms: which pairs of readers do is for the path to say.
//
//kernel:fn exclusive_mask kernel/locking/lockdep.c
func (m usageMask) opposite() usageMask {
	x := m&usedInBits<<dirBit | m&enabledBits>>dirBit
	return x | x&irqReads>>readBit | x&irqWrites<<readBit
}

func (b usageBit) state() state { return state(b >> 2) }

// stateNames and usageNames are the words of the reports
// (docs/kernel/lockdep.md §2.1).
var stateNames = [...]string{hardirq: "HARDIRQ", softirq: "SOFTIRQ", reclaimFS: "RECLAIM_FS"}

// stateName is the STATE of a report title: HARDIRQ, or HARDIRQ-READ for a
// read bit.
//
//kernel:fn state_name kernel/locking/lockdep.c
func (b usageBit) stateName() string {
	n := stateNames[b.state()]
	if b&readBit != 0 {
		n += "-READ"
	}
	return n
}

// String is the name of the bit in usage traces, for example IN-HARDIRQ-W.
func (b usageBit) String() string {
	switch b {
	case lockUsed:
		return "INITIAL USE"
	case lockUsedRead:
		return "INITIAL READ USE"
	case inNMI:
		return "IN-NMI"
	}
	n := stateNames[b.state()]
	if b&dirBit != 0 {
		n += "-ON"
	} else {
		n = "IN-" + n
	}
	if b&readBit != 0 {
		return n + "-R"
	}
	return n + "-W"
}

// usageChars gives the usage characters in the order HARDIRQ, HARDIRQ-read,
// SOFTIRQ, SOFTIRQ-read, and in v4.4 RECLAIM_FS, RECLAIM_FS-read: '.' neither
// bit, '-' used in, '+' enabled, '?' both (docs/kernel/lockdep.md §2.1).
//
//kernel:fn get_usage_chars kernel/locking/lockdep.c
func (v *Validator) usageChars(m usageMask) string {
	if v.strict {
		return m.chars(4)
	}
	return m.chars(6)
}

// chars gives the first n usage characters.
func (m usageMask) chars(n int) string {
	out := make([]byte, n)
	for i := range out {
		in := usageBit(i>>1<<2 | i&1)
		on := in | dirBit
		out[i] = ".-+?"[bool2int(m&in.mask() != 0)|bool2int(m&on.mask() != 0)<<1]
	}
	return string(out)
}

func bool2int(b bool) int {
	if b {
		return 1
	}
	return 0
}
