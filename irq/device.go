package irq

import (
	"math/bits"

	"lockstep/cpu"
	"lockstep/sim"
)

// Device interrupts at times of its own, pulls its wire each time, and lets go
// when its driver has acknowledged everything. Scenarios place them.
type Device struct {
	name string
	m    *cpu.Machine
	wire Wire
	src  *sim.Source
	obj  sim.Obj
	rnd  sim.Rand
	next func() (sim.Time, bool) // the time to the next event, false: no more

	status int    // events that the driver has not acknowledged
	Events uint64 // so far
}

// newDevice makes a device and queues its first event.
func (ic *Controller) newDevice(name string, w Wire, endless bool, next func(d *Device) (sim.Time, bool)) *Device {
	d := &Device{name: name, m: ic.m, wire: w, obj: ic.m.NewObj(name)}
	d.src = ic.m.E.NewSource(name, d.fires)
	if _, nmi := w.(nmiWire); nmi {
		d.src.Unmaskable()
	}
	d.rnd = ic.m.E.Rand(d.src)
	d.next = func() (sim.Time, bool) { return next(d) }
	ic.m.OnBusy(func() bool { return !endless && d.src.Pending() })
	d.queue(0)
	return d
}

func (d *Device) queue(now sim.Time) {
	if after, more := d.next(); more {
		d.m.E.At(d.src, now+after, 0)
	}
}

// fires is one event of the device.
func (d *Device) fires(uint64) {
	d.status++
	d.Events++
	d.wire.Assert()
	d.queue(d.m.E.Now())
}

// count ends a sequence behind n events, for n > 0.
func count(n int, next func(d *Device) sim.Time) func(d *Device) (sim.Time, bool) {
	left := n
	return func(d *Device) (sim.Time, bool) {
		if n > 0 {
			if left == 0 {
				return 0, false
			}
			left--
		}
		return next(d), true
	}
}

// NewPeriodic makes a device that interrupts every period, first after first,
// n times, or for n of 0 as long as the machine runs. Like the ticks, such a
// device by itself does not keep a machine running.
func (ic *Controller) NewPeriodic(name string, w Wire, first, period sim.Time, n int) *Device {
	started := false
	return ic.newDevice(name, w, n == 0, count(n, func(*Device) sim.Time {
		if !started {
			started = true
			return first
		}
		return period
	}))
}

// NewPoisson makes a device whose interrupts come independently of each other,
// on average mean apart, n times, or for ever for n of 0.
func (ic *Controller) NewPoisson(name string, w Wire, mean sim.Time, n int) *Device {
	return ic.newDevice(name, w, n == 0, count(n, func(d *Device) sim.Time {
		return exponential(&d.rnd, mean)
	}))
}

// NewScripted makes a device that interrupts at the given times, which ascend.
func (ic *Controller) NewScripted(name string, w Wire, at ...sim.Time) *Device {
	last := sim.Time(0)
	i := 0
	return ic.newDevice(name, w, false, func(*Device) (sim.Time, bool) {
		if i == len(at) {
			return 0, false
		}
		after := at[i] - last
		last = at[i]
		i++
		return after, true
	})
}

// exponential draws from an exponential distribution: mean times -ln(u). The
// logarithm is worked out in integers, bit by bit, so that it is the same on
// every machine.
func exponential(r *sim.Rand, mean sim.Time) sim.Time {
	u := r.Uint64() | 1
	whole := bits.LeadingZeros64(u)
	m := u << whole // in [1, 2) with 63 bits behind the point
	frac := uint64(0)
	for range 24 {
		hi, lo := bits.Mul64(m, m)
		frac <<= 1
		if hi>>63 != 0 { // the square is 2 or more
			frac |= 1
			m = hi
		} else {
			m = hi<<1 | lo>>63
		}
	}
	// -log2(u/2^64) with 24 bits behind the point, then times ln 2 in 32.
	log := uint64(whole+1)<<24 - frac
	const ln2 = 2977044472 // times 2^-32
	hi, lo := bits.Mul64(log, ln2)
	log = hi<<32 | lo>>32
	hi, lo = bits.Mul64(log, uint64(mean))
	return sim.Time(hi<<40 | lo>>24)
}

// Acknowledge is the driver's: it reads the device's status and clears it. It
// returns how many events there were since the last time; with none the
// interrupt was somebody else's. The line is let go.
//
//lockstep:helper a device register
func (d *Device) Acknowledge(x *cpu.Exec) int {
	x.Op(cpu.KindDevice, &d.obj, sim.AccessUpdate, d.m.Costs.PortIO)
	n := d.status
	d.status = 0
	d.wire.Deassert()
	return n
}

// Handler returns a plain handler of the device: it acknowledges, works for
// the given time, and says whether the device had wanted anything.
func (d *Device) Handler(work sim.Time) Handler {
	return func(x *cpu.Exec, _ int) Return {
		if d.Acknowledge(x) == 0 {
			return None
		}
		x.Delay(work)
		return Handled
	}
}

// Name returns the device's name.
func (d *Device) Name() string { return d.name }

// Unserved returns how many of its events the driver has not acknowledged.
func (d *Device) Unserved() int { return d.status }
