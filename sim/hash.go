package sim

import "fmt"

// Hash is a run's fingerprint: equal for equal (scenario, choices), on any
// machine, with any tracing, with run-ahead on or off.
type Hash uint64

// String prints the hash as 16 hexadecimal digits.
func (h Hash) String() string { return fmt.Sprintf("%016x", uint64(h)) }

// Hash combines the processors' hashes as of their latest global operations.
func (e *Engine) Hash() Hash {
	var h uint64 = 0xcbf29ce484222325
	for i := range e.procs {
		h = (h ^ e.procs[i].hashG) * 0x100000001b3
		h ^= h >> 31
	}
	return Hash(h)
}

// Steps returns the number of operations that entered the hash.
func (e *Engine) Steps() uint64 {
	var n uint64
	for i := range e.procs {
		n += e.procs[i].stepsG
	}
	return n
}

// limit ends the run at the step limit.
func (e *Engine) limit() {
	e.end = EndLimit
	e.cur.fiber.handOff()
}
