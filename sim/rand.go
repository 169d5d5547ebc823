package sim

// Rand is one random stream, a xorshift64* generator. Every processor and
// every device source owns one, so that what one of them draws never depends
// on how the others are interleaved with it.
type Rand struct{ s uint64 }

// NewRand returns the stream number stream of a run with the given seed.
// Streams of one seed are independent for every practical purpose: the seed
// and the number pass through the splitmix64 finaliser.
func NewRand(seed, stream uint64) Rand {
	s := splitmix(splitmix(seed) + stream)
	if s == 0 {
		s = 0x9e3779b97f4a7c15
	}
	return Rand{s}
}

// Uint64 returns the next 64 bits of the stream.
func (r *Rand) Uint64() uint64 {
	s := r.s
	s ^= s >> 12
	s ^= s << 25
	s ^= s >> 27
	r.s = s
	return s * 0x2545f4914f6cdd1d
}

// Intn returns a number in [0, n). n must be positive.
func (r *Rand) Intn(n int64) int64 {
	return int64(r.Uint64()>>1) % n
}

// Between returns a time in [lo, hi].
func (r *Rand) Between(lo, hi Time) Time {
	if hi <= lo {
		return lo
	}
	return lo + Time(r.Intn(int64(hi-lo+1)))
}

func splitmix(x uint64) uint64 {
	x += 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}
