package threads

import (
	"testing"

	"lockstep/cpu"
	"lockstep/irq"
	"lockstep/sim"
)

// TestLinesLeaveDeadCPU: a line whose CPU goes interrupts another one, whatever
// its kind, and no interrupt is lost on the way: the device does not interrupt
// again before it has been looked at, so one that was lost would be the last.
// What has been requested on the dying CPU and is not sent again is lost; only
// behind a message that is lost the device sends the next all the same.
func TestLinesLeaveDeadCPU(t *testing.T) {
	for _, kind := range []string{"msi", "edge", "level"} {
		for _, mutation := range []string{"", "irq.fixup-drops-requested"} {
			lost := 0
			for seed := range uint64(12) {
				n := linesLeave(t, kind, seed, mutation)
				if n != linesEvents {
					lost++
				}
			}
			if mutation == "" && lost > 0 || mutation != "" && lost == 0 && kind != "msi" {
				t.Errorf("%s %s: in %d of 12 runs interrupts are lost", kind, mutation, lost)
			}
		}
	}
}

const linesEvents = 1000

// linesLeave takes CPU 1 down under a device on it and returns how many of the
// device's interrupts have been handled.
func linesLeave(t *testing.T, kind string, seed uint64, mutation string) int {
	b := makeBox(cpu.Config{CPUs: 3, Engine: sim.Config{Seed: seed}}, false, []string{mutation})
	var d *irq.Desc
	var wire irq.Wire
	if kind == "msi" {
		d, wire = b.ic.NewMSI("dev", 1)
	} else {
		io := b.ic.NewIOAPIC(24)
		d, wire = io.Map(9, "dev", kind == "level", 1), io.Pin(9)
	}
	dev := b.ic.NewPeriodic("dev", wire, 50*sim.Microsecond, 4*sim.Microsecond, linesEvents)
	n := 0
	a := d.NewAction("dev", 0, func(x *cpu.Exec, _ int) irq.Return {
		n += dev.Acknowledge(x)
		return irq.Handled
	}, nil, 0)
	b.run(t, b.task("plug", 0, func(x *cpu.Exec) {
		if err := a.Request(x); err != nil {
			t.Fatal(err)
		}
		if err := b.st.CPUDown(x, 1); err != nil {
			t.Errorf("cpu_down: %v", err)
		}
		if v := d.View(); v.CPU == 1 {
			t.Errorf("%s: the line still goes to the dead CPU", kind)
		}
		b.tm.Msleep(x, 10)
		if err := b.st.CPUUp(x, 1); err != nil {
			t.Errorf("cpu_up: %v", err)
		}
	}))
	if mutation == "" && b.verdicts() != "" {
		t.Errorf("%s, seed %d: %s", kind, seed, b.verdicts())
	}
	return n
}
