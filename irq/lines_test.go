package irq

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"lockstep/cpu"
	"lockstep/sim"
)

// aLine is a line of each kind with its wire: by message, by an edge at a pin,
// by a level there.
func aLine(b *box, kind string) (*Desc, Wire) {
	switch kind {
	case "msi":
		return b.ic.NewMSI("dev", 0)
	case "edge":
		io := b.ic.NewIOAPIC(24)
		return io.Map(9, "dev", false, 0), io.Pin(9)
	}
	io := b.ic.NewIOAPIC(24)
	return io.Map(9, "dev", true, 0), io.Pin(9)
}

// TestWhileDisabled: an interrupt that comes while its line is disabled is
// handled when it is enabled: an edge because software sends it again, a level
// because the line is still asserted.
func TestWhileDisabled(t *testing.T) {
	for _, kind := range []string{"msi", "edge", "level"} {
		b := newBox(cpu.Config{CPUs: 1})
		d, wire := aLine(b, kind)
		dev := b.ic.NewScripted("dev", wire, 500*sim.Microsecond)
		n := 0
		a := d.NewAction("dev", 0, func(x *cpu.Exec, _ int) Return {
			n += dev.Acknowledge(x)
			return Handled
		}, nil, 0)
		b.run(t, b.s.NewTask("t", 100, 0, nil, func(x *cpu.Exec) {
			request(t, a)(x)
			d.Disable(x)
			for x.Now() < 600*sim.Microsecond {
				x.Delay(100)
			}
			if v := d.View(); n != 0 || !v.Pending || !v.Masked || v.Depth != 1 {
				t.Errorf("%s: handled %d while disabled: %+v", kind, n, v)
			}
			d.Enable(x)
			x.Delay(20 * sim.Microsecond)
		}))
		if v := d.View(); n != 1 || v.Pending || v.Masked || v.Replay || b.verdicts() != "" {
			t.Errorf("%s: handled %d: %+v; %s", kind, n, v, b.verdicts())
		}
	}
}

// TestMove: a line of each kind moves behind the next interrupt, also one with
// a thread, and nothing is lost on the way.
func TestMove(t *testing.T) {
	for _, kind := range []string{"msi", "edge", "level", "level oneshot"} {
		b := newBox(cpu.Config{CPUs: 2})
		d, wire := aLine(b, kind)
		dev := b.ic.NewPeriodic("dev", wire, 500*sim.Microsecond, 100*sim.Microsecond, 10)
		n := 0
		serve := func(x *cpu.Exec, _ int) Return { n += dev.Acknowledge(x); return Handled }
		a := d.NewAction("dev", 0, serve, nil, 0)
		if kind == "level oneshot" {
			a = d.NewAction("thread", Oneshot, nil, serve, 200)
		}
		b.run(t, b.s.NewTask("t", 100, 0, []int{0}, func(x *cpu.Exec) {
			request(t, a)(x)
			for x.Now() < 850*sim.Microsecond { // between the fourth and the fifth
				x.Delay(100)
			}
			if err := d.SetAffinity(x, 1); err != nil {
				t.Error(err)
			}
			if d.SetAffinity(x, 2) != ErrOffline {
				t.Error("moved to a CPU that is not there")
			}
		}))
		v := d.View()
		if n != 10 || v.CPU != 1 || v.MoveTo != -1 || d.route.moving || b.verdicts() != "" {
			t.Errorf("%s: handled %d: %+v; %s", kind, n, v, b.verdicts())
		}
		// The oneshot line interrupts once more behind its move, unmasked while
		// the device still waits for the thread.
		want := []uint64{5, 5}
		if kind == "level oneshot" {
			want = []uint64{5, 6}
		}
		if diff := cmp.Diff(want, v.Handled); diff != "" {
			t.Errorf("%s: interrupts by CPU (-want +got):\n%s", kind, diff)
		}
		if masked := v.Masked; masked {
			t.Errorf("%s: left masked", kind)
		}
	}
}

// TestViews: what views show of a level interrupt while its handler runs.
func TestViews(t *testing.T) {
	b := newBox(cpu.Config{CPUs: 1})
	d, wire := aLine(b, "level")
	dev := b.ic.NewScripted("dev", wire, 500*sim.Microsecond)
	var apic View
	var line DescView
	var pins []PinView
	a := d.NewAction("dev", Shared, func(x *cpu.Exec, _ int) Return {
		b.ic.ViewInto(0, &apic)
		line, pins = d.View(), b.ic.IOAPICs()[0].View()
		dev.Acknowledge(x)
		return Handled
	}, nil, 0)
	b.run(t, b.s.NewTask("t", 100, 0, nil, request(t, a)))
	v := Vector(0x41)
	apic.Timer.Due = 0
	want := View{ISR: []Vector{v}, TMR: []Vector{v}, PPR: 0x40, Timer: TimerView{Armed: true}}
	if diff := cmp.Diff(want, apic); diff != "" {
		t.Errorf("local APIC (-want +got):\n%s", diff)
	}
	wantLine := DescView{
		IRQ: 9, Name: "dev", Chip: "IO-APIC", Flow: FastEOI, InProgress: true, CPU: 0, Vector: v, MoveTo: -1,
		Actions: []ActionView{{Name: "dev"}}, Handled: []uint64{1},
	}
	if diff := cmp.Diff(wantLine, line); diff != "" {
		t.Errorf("line (-want +got):\n%s", diff)
	}
	wantPins := []PinView{{Pin: 9, Vector: v, Dest: []int{0}, Level: true, Asserted: true, RemoteIRR: true}}
	if diff := cmp.Diff(wantPins, pins); diff != "" {
		t.Errorf("pins (-want +got):\n%s", diff)
	}
	if ds := b.ic.Descs(); len(ds) != 1 || ds[0] != d || b.ic.Desc(9) != d || b.ic.Desc(10) != nil {
		t.Errorf("lines %v", ds)
	}
}

// TestDescribe: the sources of all IPIs say where they go and as what.
func TestDescribe(t *testing.T) {
	b := newHardware(3, sim.Config{})
	for _, v := range []Vector{IrqWork, CallFunctionSingle, Reschedule, CallFunction, MoveCleanup, NMI} {
		for from := range 3 {
			for to := range 3 {
				if c, got, ok := b.ic.Describe(b.ic.channel(from, to, v)); c != to || got != v || !ok {
					t.Errorf("%s from %d to %d: %s to %d, %t", v, from, to, got, c, ok)
				}
			}
		}
	}
	b.m.E.Close()
}
