package irq

import (
	"lockstep/cpu"
	"lockstep/cpu/softirq"
	"lockstep/sim"
)

// NIC is a network card and its driver in the manner of NAPI: the handler
// turns the card's interrupts off and raises NET_RX; the softirq polls the
// card, up to a weight of packets at a time, and turns them on again when the
// ring is empty.
//
//	packets -> ring -> MSI -> handler -> NET_RX -> poll ... poll -> interrupts on
type NIC struct {
	*Device // a packet is an event of it
	net     *Net

	ring    int      // packets that wait, at most ringSize
	irqs    bool     // interrupts are on at the card
	cost    sim.Time // of a packet in the softirq
	Dropped uint64   // packets that found the ring full
	Polled  uint64   // packets that were taken off the ring
}

// Limits of receiving (net.core.netdev_budget, NAPI_POLL_WEIGHT).
const (
	ringSize   = 256
	budgetAll  = 300
	pollWeight = 64
	netMaxMS   = 2
)

// Net is net/core/dev.c as far as interrupts see it: per CPU a list of cards
// to poll, and the NET_RX softirq.
type Net struct {
	ic   *Controller
	poll cpu.PerCPU[[]*NIC] // softnet_data.poll_list
	// Squeezed is how often net_rx_action stopped with work left, by CPU.
	Squeezed cpu.PerCPU[uint64]
}

// NewNet registers the NET_RX softirq. It is made before the cards.
func (ic *Controller) NewNet() *Net {
	n := &Net{ic: ic}
	n.poll.Init(ic.m)
	n.Squeezed.Init(ic.m)
	ic.sq.Register(softirq.NetRX, n.rxAction)
	return n
}

// NewNIC makes a card on an MSI that goes to CPU to, with its packets on
// average mean apart, packets of them (0: without end), each of which costs
// cost in the softirq. Its action is to be requested.
func (n *Net) NewNIC(name string, to int, mean, cost sim.Time, packets int) (*NIC, *Action) {
	d, msi := n.ic.NewMSI(name, to)
	c := &NIC{net: n, irqs: true, cost: cost}
	c.Device = n.ic.NewPoisson(name, rx{c, msi}, mean, packets)
	return c, d.NewAction(name, 0, c.interrupt, nil, 0)
}

// rx is where a card's packets go: into the ring, and to the wire if the
// card's interrupts are on.
type rx struct {
	c   *NIC
	msi *MSI
}

// Assert implements [Wire] for the arrival of a packet.
func (r rx) Assert() {
	if r.c.ring == ringSize {
		r.c.Dropped++
		return
	}
	r.c.ring++
	if r.c.irqs {
		r.msi.Assert()
	}
}

// Deassert implements [Wire].
func (r rx) Deassert() {}

// access is an access to the card's registers or its ring.
func (c *NIC) access(x *cpu.Exec) {
	x.Op(cpu.KindDevice, &c.obj, sim.AccessUpdate, c.m.Costs.LineMiss)
}

// interrupt is the card's handler: napi_schedule_irqoff() with the card's
// interrupts off, so that the ring's filling makes no more of them. An
// interrupt that was on its way then finds the poll scheduled.
func (c *NIC) interrupt(x *cpu.Exec, _ int) Return {
	c.access(x)
	if !c.irqs {
		return None
	}
	c.irqs = false
	l := c.net.poll.This(x)
	*l = append(*l, c)
	c.net.ic.sq.RaiseBit(x, softirq.NetRX)
	return Handled
}

// rxAction is net_rx_action(): poll card after card until none has work left,
// or the budget or the time is used up. Then the rest waits for the next pass
// over the softirqs.
//
//kernel:fn net_rx_action net/core/dev.c
func (n *Net) rxAction(x *cpu.Exec) {
	limit := n.ic.m.Jiffies.ReadOnce(x) + uint64(max(netMaxMS*n.ic.m.HZ/1000, 1))
	budget := budgetAll
	cpu.LocalIrqDisable(x)
	l := n.poll.This(x) // bottom halves are off: the CPU stays the same
	list, again := *l, []*NIC(nil)
	*l = nil
	cpu.LocalIrqEnable(x)
	for len(list) > 0 {
		c := list[0]
		list = list[1:]
		work := c.pollRing(x, pollWeight)
		if work == pollWeight {
			again = append(again, c)
		}
		if budget -= work; budget <= 0 || n.ic.m.Jiffies.ReadOnce(x) >= limit {
			*n.Squeezed.This(x)++
			break
		}
		if len(list) == 0 && len(again) == 0 {
			return
		}
	}
	cpu.LocalIrqDisable(x)
	*l = append(append(list, *l...), again...)
	if len(*l) > 0 {
		n.ic.sq.RaiseBit(x, softirq.NetRX)
	}
	cpu.LocalIrqEnable(x)
}

// pollRing is the driver's poll function: up to weight packets. With less the
// ring was empty: the card's interrupts go on, and since packets may have come
// in between, it interrupts at once if there are any.
func (c *NIC) pollRing(x *cpu.Exec, weight int) int {
	work := 0
	for work < weight {
		c.access(x)
		if c.ring == 0 {
			c.irqs = true // napi_complete, and the card's mask in one step
			break
		}
		c.ring--
		c.Polled++
		work++
		x.Delay(c.cost)
	}
	return work
}
