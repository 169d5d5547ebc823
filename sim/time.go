package sim

import "fmt"

// Time is virtual time in nanoseconds since the machine was switched on.
type Time int64

// Units of virtual time.
const (
	Nanosecond  Time = 1
	Microsecond      = 1000 * Nanosecond
	Millisecond      = 1000 * Microsecond
	Second           = 1000 * Millisecond
)

// Forever is later than every due time.
const Forever Time = 1<<51 - 1

// String prints seconds with six decimals, as the kernel's log does.
func (t Time) String() string {
	if t >= Forever {
		return "never"
	}
	return fmt.Sprintf("%d.%06d", t/Second, t%Second/Microsecond)
}
