package irq

import (
	"fmt"

	"lockstep/cpu"
	"lockstep/sim"
)

// Send sends vector v, one of the IPIs, to CPU to: a write of the ICR, then
// the message travels.
func (ic *Controller) Send(x *cpu.Exec, to int, v Vector) {
	x.Op(cpu.KindSend, &ic.apics[to].obj, sim.AccessUpdate, ic.m.Costs.IPISend)
	ic.dispatch(x, to, v)
}

// dispatch lets a message leave for CPU to.
func (ic *Controller) dispatch(x *cpu.Exec, to int, v Vector) {
	from := x.CPU().ID
	ic.inFlight++
	if v == Reschedule {
		ic.apics[to].coming++
	}
	ic.m.E.At(ic.channel(from, to, v), x.Now()+ic.travel(from), 0)
}

// travel draws an IPI's latency: mostly around the typical value, one in
// eight anywhere up to the longest.
func (ic *Controller) travel(from int) sim.Time {
	return ic.travelOf(&ic.apics[from].latency)
}

// travelOf is travel with the stream of whoever sends.
func (ic *Controller) travelOf(r *sim.Rand) sim.Time {
	c := &ic.m.Costs
	if r.Intn(8) == 0 {
		return r.Between(c.IPITypical, c.IPIMax)
	}
	return r.Between(c.IPIMin, max(2*c.IPITypical-c.IPIMin, c.IPIMin))
}

// channelID numbers the channel of one (sender, target, vector).
func (ic *Controller) channelID(from, to int, v Vector) int {
	pair := from*len(ic.apics) + to
	for i, o := range ipis {
		if o == v {
			return firstChannel + pair*len(ipis) + i
		}
	}
	for i, o := range moreIPIs {
		if o == v {
			return moreChannels + pair*len(moreIPIs) + i
		}
	}
	panic(fmt.Sprintf("irq: vector %#x is no IPI", uint8(v)))
}

// channel returns the source of one (sender, target, vector).
func (ic *Controller) channel(from, to int, v Vector) *sim.Source {
	id := ic.channelID(from, to, v)
	src := ic.channels[id]
	if src == nil {
		a := &ic.apics[to]
		src = ic.m.E.NewSourceID(id, fmt.Sprintf("ipi %d->%d %s", from, to, v), func(uint64) {
			ic.inFlight--
			if v == Reschedule {
				a.coming--
			}
			if v == NMI {
				ic.RaiseNMI(to)
			} else {
				a.accept(v)
			}
		})
		if v == NMI {
			src.Unmaskable()
		}
		ic.channels[id] = src
	}
	return src
}

// SendReschedule is smp_send_reschedule().
//
//kernel:fn native_smp_send_reschedule arch/x86/kernel/smp.c
func (ic *Controller) SendReschedule(x *cpu.Exec, to int) { ic.Send(x, to, Reschedule) }
