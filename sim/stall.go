package sim

import "math"

// Factors are cost factors, all equally likely; 1024 is 1.0. Engines may share
// them.
type Factors [256]uint16

// NewFactors returns the quantiles of a log-normal distribution with the given
// sigma and median 1.
func NewFactors(sigma float64) *Factors {
	tab := new(Factors)
	for i := range tab {
		q := (float64(i) + 0.5) / 256
		tab[i] = uint16(math.Round(1024 * math.Exp(sigma*math.Sqrt2*math.Erfinv(2*q-1))))
	}
	return tab
}

// Stalls of the random chooser: how long a processor runs between two, and
// how long the hypervisor keeps it. Half of them are short, about the length
// of the windows of a race; the longest outlast a few lock hand-overs.
const (
	stallGapMin  = 5 * Microsecond
	stallGapMax  = 200 * Microsecond
	stallLostMin = 300 * Nanosecond
	stallDoubles = 8
)

func (p *Proc) nextStall(from Time) Time {
	return from + p.stall.Between(stallGapMin, stallGapMax)
}

func (p *Proc) stallFor() Time {
	lost := stallLostMin << p.stall.Intn(stallDoubles)
	return p.stall.Between(lost, 2*lost)
}
