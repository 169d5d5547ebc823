package irq

import (
	"slices"
	"testing"

	"lockstep/cpu"
	"lockstep/sim"
)

// probe is a wire that writes down when it is pulled.
type probe struct {
	m  *cpu.Machine
	at []sim.Time
}

func (p *probe) Assert()   { p.at = append(p.at, p.m.E.Now()) }
func (p *probe) Deassert() {}

// TestSources: devices interrupt when they are to, as often as they are to, and
// the machine runs until they have.
func TestSources(t *testing.T) {
	const us = sim.Microsecond
	for _, c := range []struct {
		what string
		make func(ic *Controller, w Wire)
		n    int
		want []sim.Time
	}{
		{"periodic", func(ic *Controller, w Wire) { ic.NewPeriodic("d", w, 3*us, 10*us, 4) }, 4, []sim.Time{3 * us, 13 * us, 23 * us, 33 * us}},
		{"scripted", func(ic *Controller, w Wire) { ic.NewScripted("d", w, 2*us, 2*us, 9*us) }, 3, []sim.Time{2 * us, 2 * us, 9 * us}},
		{"poisson", func(ic *Controller, w Wire) { ic.NewPoisson("d", w, 40*us, 200) }, 200, nil},
	} {
		b := newBox(cpu.Config{CPUs: 1})
		p := &probe{m: b.m}
		c.make(b.ic, p)
		b.run(t, b.s.NewTask("t", 100, 0, nil, func(*cpu.Exec) {}))
		if len(p.at) != c.n || c.want != nil && !slices.Equal(p.at, c.want) {
			t.Errorf("%s: %d interrupts at %v, want %d at %v", c.what, len(p.at), p.at, c.n, c.want)
		}
		if c.want == nil && (p.at[c.n-1] < 30*us*sim.Time(c.n) || p.at[c.n-1] > 50*us*sim.Time(c.n)) {
			t.Errorf("%s: %d interrupts in %v", c.what, c.n, p.at[c.n-1])
		}
	}
}

// TestEndless: a device without end keeps no machine running.
func TestEndless(t *testing.T) {
	b := newBox(cpu.Config{CPUs: 1})
	b.ic.NewPeriodic("d", &probe{m: b.m}, 1000, 1000, 0)
	if end := b.run(t, b.s.NewTask("t", 100, 0, nil, func(*cpu.Exec) {})); end != sim.EndStopped {
		t.Errorf("ended with %v", end)
	}
}

// TestNIC: every packet is polled or dropped; the slower they come the nearer
// to one interrupt each, and a flood makes few. Several cards at once use up
// the budget.
func TestNIC(t *testing.T) {
	for _, c := range []struct {
		cards       int
		mean        sim.Time
		least, most uint64 // interrupts of 3000 packets
		flood       bool
	}{
		{1, 50 * sim.Microsecond, 2700, 3000, false},
		{1, 200 * sim.Nanosecond, 1, 200, true},
		{6, 200 * sim.Nanosecond, 1, 200, true},
	} {
		b := newBox(cpu.Config{CPUs: 1})
		net := b.ic.NewNet()
		var nics []*NIC
		var as []*Action
		for range c.cards {
			nic, a := net.NewNIC("eth", 0, c.mean, sim.Microsecond, 3000)
			nics, as = append(nics, nic), append(as, a)
		}
		b.run(t, b.s.NewTask("t", 100, 0, nil, request(t, as...)))
		for i, nic := range nics {
			if nic.Polled+nic.Dropped != 3000 || nic.ring != 0 || !nic.irqs || b.verdicts() != "" {
				t.Errorf("%+v: %d polled, %d dropped, %d in the ring; %s", c, nic.Polled, nic.Dropped, nic.ring, b.verdicts())
			}
			if irqs := *as[i].d.handled.Of(0); irqs < c.least || irqs > c.most || (nic.Dropped > 0) != c.flood {
				t.Errorf("%+v: %d interrupts, %d dropped", c, irqs, nic.Dropped)
			}
		}
		if n := *net.Squeezed.Of(0); (n > 0) != (c.cards > 4) {
			t.Errorf("%+v: squeezed %d times", c, n)
		}
	}
}

// TestVectors: neighbours get different priority classes, and none that the
// system uses, down to the last one that is free.
func TestVectors(t *testing.T) {
	b := newBox(cpu.Config{CPUs: 1})
	seen := map[Vector]bool{}
	last := Vector(0)
	for range 150 {
		d, _ := b.ic.NewMSI("d", 0)
		v := d.View().Vector
		if seen[v] || !v.device() || v>>4 == last>>4 {
			t.Fatalf("vector %#x behind %#x", uint8(v), uint8(last))
		}
		seen[v], last = true, v
	}
	b.m.E.Close()
}

// TestMoveWithOneWaiting: a line has moved, and while its old CPU is about to
// forget the old vector, an interrupt of it arrives there, late on the bus. The
// cleanup finds it requested and sends itself again: the lowest vector of all,
// it comes behind it. No interrupt is lost or unknown.
func TestMoveWithOneWaiting(t *testing.T) {
	b := newBox(cpu.Config{CPUs: 2, Engine: sim.Config{NoRunAhead: true}})
	d, msi := b.ic.NewMSI("d", 0)
	n := [2]int{}
	a := d.NewAction("d", 0, func(x *cpu.Exec, _ int) Return { n[x.CPU().ID]++; return Handled }, nil, 0)
	said := 0
	b.m.Hooks.Printk = func(*cpu.Exec, int, string, int) { said++ }
	late := Vector(0)
	b.m.E.OnOp(func(p *sim.Proc, op sim.Op) {
		if late != 0 && p.ID() == 0 && op.Kind == cpu.KindRead && b.m.ObjName(op.Obj) == "vector_irq0" {
			b.ic.apics[0].accept(late)
			late = 0
		}
	})
	b.run(t, b.s.NewTask("t", 100, 0, []int{0}, func(x *cpu.Exec) {
		request(t, a)(x)
		if err := d.SetAffinity(x, 1); err != nil {
			t.Error(err)
		}
		old := d.route.vector
		msi.Assert() // handled here, and moves
		x.Delay(20 * sim.Microsecond)
		if b.ic.lines.tables[0].desc[old] != d {
			t.Error("the old vector is forgotten before an interrupt came through the new")
		}
		late = old
		msi.Assert() // handled there
		x.Delay(20 * sim.Microsecond)
		if b.ic.lines.tables[0].desc[old] != nil || late != 0 {
			t.Error("the old vector is not forgotten")
		}
	}))
	if c := b.ic.Taken(0, MoveCleanup); c != 2 || n != [2]int{2, 1} || said != 0 || b.verdicts() != "" {
		t.Errorf("%d cleanups, handled %v, said %d; %s", c, n, said, b.verdicts())
	}
}
