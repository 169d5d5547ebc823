package torture

// random is torture_random_state (docs/kernel/rcutorture.md §2.3): a linear
// congruence that is stirred every ten thousand draws, in the kernel by the
// clock, here by a seed of its own.
type random struct {
	state uint64
	count int64
	seed  uint64
}

// Constants of the generator.
const (
	randomMult    = 39916801
	randomAdd     = 479001701
	randomRefresh = 10000
)

// newRandom returns the stream of the given number.
func (t *Torture) newRandom(stream uint64) random {
	return random{seed: mix(t.p.Seed ^ mix(stream+1))}
}

// mix spreads the bits of a seed (the finalizer of splitmix64).
func mix(z uint64) uint64 {
	z += 0x9e3779b97f4a7c15
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}

// next is torture_random(). What it returns has 32 bits, the halves swapped,
// since the low bits of such a generator are the poor ones.
//
//kernel:fn torture_random kernel/torture.c
func (r *random) next() uint64 {
	r.count--
	if r.count < 0 {
		r.seed = mix(r.seed)
		r.state += r.seed
		r.count = randomRefresh
	}
	r.state = r.state*randomMult + randomAdd
	low := uint32(r.state)
	return uint64(low>>16 | low<<16)
}
