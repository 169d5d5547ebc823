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
	from := x.CPU().ID
	ic.inFlight++
	ic.m.E.At(ic.channel(from, to, v), x.Now()+ic.travel(from), 0)
}

// travel draws an IPI's latency: mostly around the typical value, one in
// eight anywhere up to the longest.
func (ic *Controller) travel(from int) sim.Time {
	c := &ic.m.Costs
	r := &ic.apics[from].latency
	if r.Intn(8) == 0 {
		return r.Between(c.IPITypical, c.IPIMax)
	}
	return r.Between(c.IPIMin, max(2*c.IPITypical-c.IPIMin, c.IPIMin))
}

// channel returns the source of one (sender, target, vector).
func (ic *Controller) channel(from, to int, v Vector) *sim.Source {
	n := 0
	for i, o := range ipis {
		if o == v {
			n = i
		}
	}
	id := firstChannel + (from*len(ic.apics)+to)*len(ipis) + n
	src := ic.channels[id]
	if src == nil {
		a := &ic.apics[to]
		src = ic.m.E.NewSourceID(id, fmt.Sprintf("ipi %d->%d %s", from, to, v), func(uint64) {
			ic.inFlight--
			a.accept(v)
		})
		ic.channels[id] = src
	}
	return src
}

// SendReschedule is smp_send_reschedule().
//
//kernel:fn native_smp_send_reschedule arch/x86/kernel/smp.c
func (ic *Controller) SendReschedule(x *cpu.Exec, to int) { ic.Send(x, to, Reschedule) }
