package irq

import "lockstep/cpu/sched"

// DescView is an interrupt line as views show it.
type DescView struct {
	IRQ        int          // its number
	Name, Chip string       // of the line and of its controller
	Flow       Flow         // who handles it
	Depth      int          // how often it is disabled
	Disabled   bool         // irqd_irq_disabled
	Masked     bool         // irqd_irq_masked
	InProgress bool         // its handlers run
	Pending    bool         // to be replayed
	Replay     bool         // sent again by software
	CPU        int          // where it goes
	Vector     Vector       // ... and as what
	MoveTo     int          // where it is to go, -1
	Actions    []ActionView // in chain order
	Threads    int          // threads that are active
	Oneshot    uint64       // threads that the line waits for
	Handled    []uint64     // interrupts by CPU
}

// ActionView is a handler on a line.
type ActionView struct {
	Name   string      // of the action
	Thread *sched.Task // nil: it has none
	Woken  bool        // the thread has something to do
	Waited bool        // the line stays masked until the thread is done
}

// View returns the line's present state.
func (d *Desc) View() DescView {
	var v DescView
	d.ViewInto(&v)
	return v
}

// ViewInto puts the line's present state into v, whose slices it uses again.
func (d *Desc) ViewInto(v *DescView) {
	actions, handled := v.Actions[:0], v.Handled[:0]
	*v = DescView{
		IRQ: d.irq, Name: d.name, Chip: d.chip.name, Flow: d.flow, Depth: d.depth, Disabled: d.disabled, Masked: d.masked,
		InProgress: d.inProgress.Peek(), Pending: d.istate&istatePending != 0, Replay: d.istate&istateReplay != 0,
		CPU: d.route.cpu, Vector: d.route.vector, MoveTo: d.route.pending,
		Threads: d.threadsActive.Peek(), Oneshot: d.threadsOneshot,
	}
	for a := d.action.Peek(); a != nil; a = a.next.Peek() {
		w := ActionView{Name: a.name, Thread: a.thread, Waited: d.threadsOneshot&a.mask != 0}
		w.Woken = a.thread != nil && a.threadFlags.Peek()&runThread != 0
		actions = append(actions, w)
	}
	for i := range d.ic.m.CPUs {
		handled = append(handled, *d.handled.Of(i))
	}
	v.Actions, v.Handled = actions, handled
}
