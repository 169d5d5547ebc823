package irq

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"lockstep/cpu"
	"lockstep/cpu/lock"
	"lockstep/sim"
)

// TestRequest: who may be on a line together, and what is refused.
func TestRequest(t *testing.T) {
	nothing := func(*cpu.Exec, int) Return { return None }
	for _, c := range []struct {
		what          string
		first, second uint32
		bare          bool // the second is a thread without a handler
		want          error
	}{
		{"two that share", Shared, Shared, false, nil},
		{"the first does not share", 0, Shared, false, ErrBusy},
		{"the second does not share", Shared, 0, false, ErrBusy},
		{"one is oneshot", Shared | Oneshot, Shared, false, ErrBusy},
		{"both are oneshot", Shared | Oneshot, Shared | Oneshot, true, nil},
		{"a bare thread", Shared, Shared, true, ErrInvalid},
	} {
		b := newBox(cpu.Config{CPUs: 1})
		d := b.ic.NewIOAPIC(24).Map(9, "line", true, 0)
		one := d.NewAction("one", c.first, nothing, nothing, 200)
		two := d.NewAction("two", c.second, nothing, nothing, 201)
		if c.bare {
			two = d.NewAction("three", c.second, nil, nothing, 202)
		}
		b.run(t, b.s.NewTask("t", 100, 0, nil, func(x *cpu.Exec) {
			if err := one.Request(x); err != nil {
				t.Errorf("%s: the first: %v", c.what, err)
			}
			if err := two.Request(x); !errors.Is(err, c.want) {
				t.Errorf("%s: %v, want %v", c.what, err, c.want)
			}
		}))
		if b.verdicts() != "" {
			t.Errorf("%s: %s", c.what, b.verdicts())
		}
	}
}

// TestSharedLine: every handler of a line is asked, and the line comes back
// for a device that interrupts while another's handler runs.
func TestSharedLine(t *testing.T) {
	for _, flow := range []Flow{FastEOI, Level} {
		b := newBox(cpu.Config{CPUs: 2})
		io := b.ic.NewIOAPIC(24)
		d := io.Map(9, "line", true, 1)
		d.SetFlow(flow)
		wire := &orWire{pin: io.Pin(9)}
		var devs []*Device
		var served [2]int
		var actions []*Action
		for i := range 2 {
			dev := b.ic.NewPoisson(fmt.Sprintf("dev%d", i), wire.input(i), 20*sim.Microsecond, 50)
			devs = append(devs, dev)
			actions = append(actions, d.NewAction(dev.Name(), Shared, func(x *cpu.Exec, _ int) Return {
				n := dev.Acknowledge(x)
				served[i] += n
				x.Delay(2000)
				return Return(min(n, 1))
			}, nil, 0))
		}
		b.run(t, b.s.NewTask("t", 100, 0, nil, func(x *cpu.Exec) { request(t, actions...)(x) }))
		if served != [2]int{50, 50} || devs[0].Unserved()+devs[1].Unserved() != 0 || b.verdicts() != "" {
			t.Errorf("%s: served %v of 50 each; %s", flow, served, b.verdicts())
		}
		if v := d.View(); v.InProgress || v.Masked || io.Pin(9).remoteIRR {
			t.Errorf("%s: left as %+v", flow, v)
		}
	}
}

// orWire joins the wires of several devices on one pin.
type orWire struct {
	pin *Pin
	up  int
}

type orInput struct {
	w    *orWire
	mask int
}

func (w *orWire) input(i int) Wire { return orInput{w, 1 << i} }

func (o orInput) Assert() {
	if o.w.up |= o.mask; o.w.up == o.mask {
		o.w.pin.Assert()
	}
}

func (o orInput) Deassert() {
	if o.w.up &^= o.mask; o.w.up == 0 {
		o.w.pin.Deassert()
	}
}

// TestFree: free_irq() returns when the handler on the other CPU is through
// and the thread has ended; the line is shut down.
func TestFree(t *testing.T) {
	b := newBox(cpu.Config{CPUs: 2, Engine: sim.Config{NoRunAhead: true}})
	d, msi := b.ic.NewMSI("dev", 1)
	b.ic.NewScripted("dev", msi, 100*sim.Microsecond)
	var said []string
	running := false
	a := d.NewAction("dev", 0, func(x *cpu.Exec, _ int) Return {
		running = true
		x.Delay(50 * sim.Microsecond)
		said = append(said, "handler")
		return WakeThread
	}, func(x *cpu.Exec, _ int) Return {
		x.Delay(50 * sim.Microsecond)
		said = append(said, "thread")
		return Handled
	}, 200)
	b.run(t, b.s.NewTask("t", 100, 0, []int{0}, func(x *cpu.Exec) {
		request(t, a)(x)
		for !running {
			x.Delay(100)
		}
		a.Free(x)
		said = append(said, "freed")
		a.Free(x)
	}))
	if !slices.Equal(said, []string{"handler", "thread", "freed"}) || !a.thread.Exited {
		t.Errorf("%q; the thread has ended: %t", said, a.thread.Exited)
	}
	if v := d.View(); !v.Disabled || !v.Masked || len(v.Actions) != 0 || !strings.Contains(b.verdicts(), "already-free IRQ 24") {
		t.Errorf("%+v; %s", v, b.verdicts())
	}
}

// TestDepth: a line works again when it was enabled as often as disabled, and
// once more is an error.
func TestDepth(t *testing.T) {
	b := newBox(cpu.Config{CPUs: 1})
	d, msi := b.ic.NewMSI("dev", 0)
	n := 0
	a := d.NewAction("dev", 0, func(*cpu.Exec, int) Return { n++; return Handled }, nil, 0)
	fire := func(x *cpu.Exec) { // nobody else touches the machine here
		msi.Assert()
		x.Delay(20 * sim.Microsecond)
	}
	b.run(t, b.s.NewTask("t", 100, 0, nil, func(x *cpu.Exec) {
		request(t, a)(x)
		d.Disable(x)
		d.Disable(x)
		fire(x)
		d.Enable(x)
		if n != 0 || d.View().Depth != 1 {
			t.Errorf("handled %d with depth %d", n, d.View().Depth)
		}
		d.Enable(x)
		x.Delay(20 * sim.Microsecond)
		if n != 1 {
			t.Errorf("handled %d behind the last enable, want the one that was lost", n)
		}
		fire(x)
		d.Enable(x)
	}))
	if n != 2 || !strings.Contains(b.verdicts(), "Unbalanced enable for IRQ 24") {
		t.Errorf("handled %d; %s", n, b.verdicts())
	}
}

// TestDisableUnderLock: disable_irq() with a lock that the handler wants is a
// deadlock, which the wait-for graph names with both edges.
func TestDisableUnderLock(t *testing.T) {
	b := newBox(cpu.Config{CPUs: 2, Engine: sim.Config{NoRunAhead: true}})
	var l lock.Raw
	l.Init(b.m, "dev->lock", &testKey)
	d, msi := b.ic.NewMSI("dev", 1)
	b.ic.NewScripted("dev", msi, 100*sim.Microsecond)
	running := false
	a := d.NewAction("dev", 0, func(x *cpu.Exec, _ int) Return {
		running = true
		l.Lock(x)
		l.Unlock(x)
		return Handled
	}, nil, 0)
	b.run(t, b.s.NewTask("t", 100, 0, []int{0}, func(x *cpu.Exec) {
		request(t, a)(x)
		f := l.LockIrqsave(x)
		for !running {
			x.Delay(100)
		}
		d.Disable(x)
		l.UnlockIrqrestore(x, f)
	}))
	f := b.m.Findings()
	if len(f) == 0 || f[len(f)-1].Kind != "deadlock" || len(f[len(f)-1].Cycle) != 2 ||
		!strings.Contains(f[len(f)-1].Text, "handlers of irq 24, run by CPU1") {
		t.Errorf("no deadlock of two: %s", b.verdicts())
	}
}

// TestSelfSync: a handler that waits for its own line waits for ever.
func TestSelfSync(t *testing.T) {
	b := newBox(cpu.Config{CPUs: 1})
	d, msi := b.ic.NewMSI("dev", 0)
	b.ic.NewScripted("dev", msi, 100*sim.Microsecond)
	a := d.NewAction("dev", 0, func(x *cpu.Exec, _ int) Return {
		d.Disable(x)
		return Handled
	}, nil, 0)
	b.run(t, b.s.NewTask("t", 100, 0, nil, request(t, a)))
	if !strings.Contains(b.verdicts(), "deadlock") {
		t.Errorf("no deadlock: %s", b.verdicts())
	}
}

// TestPerCPUFlow: no lock and no state, just the acknowledgement and the
// handlers; a controller that would acknowledge twice is refused.
func TestPerCPUFlow(t *testing.T) {
	b := newBox(cpu.Config{CPUs: 1})
	d, msi := b.ic.NewMSI("dev", 0)
	d.SetFlow(PerCPU)
	b.ic.NewPeriodic("dev", msi, 100*sim.Microsecond, 50*sim.Microsecond, 5)
	n := 0
	a := d.NewAction("dev", 0, func(*cpu.Exec, int) Return {
		n++
		if d.lock.IsLocked() || d.inProgress.Peek() {
			t.Error("the line's lock or state is in use")
		}
		return Handled
	}, nil, 0)
	b.run(t, b.s.NewTask("t", 100, 0, nil, request(t, a)))
	if n != 5 || b.verdicts() != "" {
		t.Errorf("handled %d of 5; %s", n, b.verdicts())
	}
}

// TestUnknownVector: a vector without a line is acknowledged and complained
// about, and the CPU is none the worse.
func TestUnknownVector(t *testing.T) {
	b := newBox(cpu.Config{CPUs: 1})
	b.ic.NewMSI("dev", 0)
	var said []string
	b.m.Hooks.Printk = func(_ *cpu.Exec, _ int, text string, _ int) { said = append(said, text) }
	b.run(t, b.s.NewTask("t", 100, 0, nil, func(x *cpu.Exec) {
		b.ic.apics[0].accept(0x61)
		x.Delay(1000)
	}))
	if !slices.Equal(said, []string{"do_IRQ: 0.97 No irq handler for vector"}) || b.ic.apics[0].isr.highest() >= 0 {
		t.Errorf("%q; in service %d", said, b.ic.apics[0].isr.highest())
	}
}

// TestHandlerEnables: a handler that turns interrupts on is told off.
func TestHandlerEnables(t *testing.T) {
	b := newBox(cpu.Config{CPUs: 1})
	d, msi := b.ic.NewMSI("dev", 0)
	b.ic.NewScripted("dev", msi, 100*sim.Microsecond)
	a := d.NewAction("dev", 0, func(x *cpu.Exec, _ int) Return { cpu.LocalIrqEnable(x); return Handled }, nil, 0)
	b.run(t, b.s.NewTask("t", 100, 0, nil, request(t, a)))
	if !strings.Contains(b.verdicts(), "irq 24 handler dev enabled interrupts") {
		t.Errorf("not told: %s", b.verdicts())
	}
}
