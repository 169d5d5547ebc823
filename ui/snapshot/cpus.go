package snapshot

import (
	"lockstep/cpu"
	"lockstep/cpu/softirq"
	"lockstep/irq"
	"lockstep/rcu"
	"lockstep/sim"
)

// takeCPUs takes all processors. One of them has run at least, as a rule.
func (t *Taker) takeCPUs() []CPU {
	cpus := t.m.CPU.CPUs
	out := make([]CPU, len(cpus))
	var none CPU
	for i, c := range cpus {
		prev := &none
		if i < len(t.prev.CPUs) {
			prev = &t.prev.CPUs[i]
		}
		t.takeCPU(c, &out[i], prev)
	}
	return out
}

func (t *Taker) takeCPU(c *cpu.CPU, out, prev *CPU) {
	x, p := c.Current(), c.P
	st := t.walk(c)
	spin := c.Waiting()
	*out = CPU{
		ID: c.ID, Offline: !t.m.CPU.Online.Peek().Has(c.ID), Task: x.ID, Name: t.names.of(x), IrqsOn: p.Open(), Preempt: c.Count(), NeedResched: c.NeedsResched(),
		Time: p.Now(), Due: p.Due(), State: stateOf(p, spin), Frames: st.frames, Contexts: st.contexts,
		Wait: t.wait(prev.Wait, spin), Held: shared(prev.Held, t.held[c.ID]), Softirqs: t.softirqNames(c.ID),
	}
	if p.Due() < sim.Forever && !p.Parked() && spin == nil { // none is announced where the run ended
		out.Op = t.op(p.Op())
	}
	t.takeIRQ(c.ID, out, prev)
	r := t.m.RCU.Reader(x)
	out.Reader, out.Special = r.Nesting, specials[specialOf(r)]
}

// stateOf says what a CPU does. spin is what it is parked in.
func stateOf(p *sim.Proc, spin *cpu.Wait) State {
	switch {
	case spin != nil && !p.Parked():
		return Spin // and the run ended there
	case p.Due() < sim.Forever && p.Interrupted():
		return Irq
	case p.Due() < sim.Forever:
		return Ready
	case spin != nil:
		return Spin
	case p.Parked():
		return Halted
	}
	return Stopped
}

func (t *Taker) op(o sim.Op) Op {
	op := Op{Kind: o.Kind, Name: cpu.KindName(o.Kind), Obj: o.Obj, Access: o.Access}
	if o.Obj != 0 {
		op.Object = t.m.CPU.ObjName(o.Obj)
	}
	return op
}

// takeIRQ takes a CPU's interrupt hardware.
func (t *Taker) takeIRQ(c int, out, prev *CPU) {
	v := &t.irq
	t.m.IRQ.ViewInto(c, v)
	out.Irr, out.Isr = t.vectors(prev.Irr, v.IRR), t.vectors(prev.Isr, v.ISR)
	out.IrqWork, out.Calls = v.Works, v.Calls
	n := len(v.IRR)
	if v.NMI {
		n++
	}
	if n == 0 {
		return
	}
	if n == len(prev.Pending) && v.NMI == (prev.Pending[0] == kindNMI) && len(out.Irr) == len(prev.Irr) &&
		(len(out.Irr) == 0 || &out.Irr[0] == &prev.Irr[0]) {
		out.Pending = prev.Pending
		return
	}
	if v.NMI {
		out.Pending = append(out.Pending, kindNMI)
	}
	for _, vec := range v.IRR {
		out.Pending = append(out.Pending, t.purpose(c, vec))
	}
}

func (t *Taker) vectors(prev []int, vs []irq.Vector) []int {
	t.scratch = t.scratch[:0]
	for _, v := range vs {
		t.scratch = append(t.scratch, int(v))
	}
	return shared(prev, t.scratch)
}

// softirqNames returns the names of a CPU's pending softirqs, in their order.
func (t *Taker) softirqNames(c int) []string {
	mask := t.m.Softirq.Pending(c)
	if mask == 0 {
		return nil
	}
	names, ok := t.softirqs[mask]
	if !ok {
		for n := softirq.Nr(0); mask>>n != 0; n++ {
			if mask&(1<<n) != 0 {
				names = append(names, n.String())
			}
		}
		t.softirqs[mask] = names
	}
	return names
}

// specials are the words for a reader's special bits, by specialOf.
var specials = func() (all [16][]string) {
	for i := range all {
		for bit, word := range []string{"unlocking", "blocked", "need_qs", "exp_need_qs"} {
			if i&(1<<bit) != 0 {
				all[i] = append(all[i], word)
			}
		}
	}
	return all
}()

func specialOf(r rcu.ReaderView) int {
	n := 0
	for bit, set := range [...]bool{r.Closing, r.Blocked, r.NeedQS, r.ExpNeedQS} {
		if set {
			n |= 1 << bit
		}
	}
	return n
}
