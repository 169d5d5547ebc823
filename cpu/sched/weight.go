package sched

// weights maps nice -20..19 to load weights: one step of nice is about 10 %
// of CPU time (docs/kernel/sched-irq-printk.md §1.16).
var weights = [40]int64{
	88761, 71755, 56483, 46273, 36291, 29154, 23254, 18705, 14949, 11916,
	9548, 7620, 6100, 4904, 3906, 3121, 2501, 1991, 1586, 1277,
	1024, 820, 655, 526, 423, 335, 272, 215, 172, 137,
	110, 87, 70, 56, 45, 36, 29, 23, 18, 15,
}

// inverses are 2^32 / weight.
var inverses = [40]uint64{
	48388, 59856, 76040, 92818, 118348, 147320, 184698, 229616, 287308, 360437,
	449829, 563644, 704093, 875809, 1099582, 1376151, 1717300, 2157191, 2708050, 3363326,
	4194304, 5237765, 6557202, 8165337, 10153587, 12820798, 15790321, 19976592, 24970740, 31350126,
	39045157, 49367440, 61356676, 76695844, 95443717, 119304647, 148102320, 186737708, 238609294, 286331153,
}

const niceZeroWeight = 1024

// Weight of a SCHED_IDLE task, and its inverse.
const (
	idleWeight  = 3
	idleInverse = 1431655765
)

// inverse is __update_inv_weight(): 2^32 / weight, of a sum of weights.
//
//kernel:fn __update_inv_weight kernel/sched/fair.c
func inverse(weight int64) uint64 {
	if weight <= 0 {
		return 0xffffffff
	}
	return 0xffffffff / uint64(weight)
}

// calcDelta is __calc_delta(): delta * weight / load, in the kernel's 32.32
// fixed point, where inv is 2^32/load.
//
//kernel:fn __calc_delta kernel/sched/fair.c
func calcDelta(delta, weight int64, inv uint64) int64 {
	fact := uint64(weight)
	shift := 32
	for fact>>32 != 0 {
		fact >>= 1
		shift--
	}
	fact *= inv
	for fact>>32 != 0 {
		fact >>= 1
		shift--
	}
	return int64(mulShift(uint64(delta), fact, shift))
}

// mulShift is mul_u64_u32_shr: (a * b) >> shift for a 32-bit b.
func mulShift(a, b uint64, shift int) uint64 {
	lo, hi := a&0xffffffff, a>>32
	return lo*b>>shift + hi*b<<(32-shift)
}
