package irq

import (
	"fmt"

	"lockstep/cpu"
)

// InitRTPush lets an overloaded runqueue be told by an irq_work to push its
// real-time tasks (RT_PUSH_IPI): each runqueue has one, its push_work, which
// goes round the overloaded CPUs. It comes before the machine runs, and takes
// [Controller.InitRemoteWork] along.
func (ic *Controller) InitRTPush() {
	if ic.raised == nil {
		ic.InitRemoteWork()
	}
	works := make([]Work, len(ic.m.CPUs))
	for i := range works {
		ic.InitWork(&works[i], fmt.Sprintf("rq%d->rt.push_work", i), false, func(x *cpu.Exec) { ic.s.TryToPush(x, i) })
	}
	ic.m.Hooks.QueuePush = func(x *cpu.Exec, src, c int) { ic.QueueWorkOn(x, &works[src], c) }
}
