package configs

import (
	"errors"
	"fmt"
	"math"

	"go.starlark.net/starlark"

	"lockstep/cpu"
	"lockstep/irq"
	"lockstep/sim"
)

// line is an [[irq]] of a booted scenario.
type line struct {
	desc    *irq.Desc   // nil for an nmi
	action  *irq.Action // nil for an nmi
	wire    irq.Wire    // what its devices pull
	devices []*irq.Device
}

// pidIRQThread is the PID of the first handler's thread.
const pidIRQThread = 60

// ioapicPins is how many pins an IO-APIC has.
const ioapicPins = 24

// makeLines makes the [[irq]]s, and the [[device]]s behind them. Handlers of
// one pin share its descriptor, and its devices its wire.
func (m *Machine) makeLines() {
	s := m.prog.scenario
	m.lines, m.devices = map[string]*line{}, map[string]*irq.Device{}
	var io *irq.IOAPIC
	pins := s.irqPins()
	descs, wires := map[int]*irq.Desc{}, map[int]*irq.SharedWire{}
	for i, spec := range s.IRQs {
		l := &line{}
		switch spec.Kind {
		case "nmi":
			l.wire = m.IRQ.NMIWire(spec.CPU)
		case "msi":
			l.desc, l.wire = m.IRQ.NewMSI(spec.Name, spec.CPU)
		default:
			if io == nil {
				io = m.IRQ.NewIOAPIC(ioapicPins)
			}
			pin := pins[i]
			if descs[pin] == nil {
				descs[pin] = io.Map(pin, spec.Name, spec.Kind == "level", spec.CPU)
				wires[pin] = irq.NewSharedWire(io.Pin(pin))
			}
			l.desc, l.wire = descs[pin], wires[pin]
		}
		m.makeHandler(i, l)
		m.lines[spec.Name] = l
	}
	for _, spec := range s.Devices {
		m.makeDevice(spec)
	}
}

// irqPins gives each [[irq]] its pin: the one it names, or one of those that
// nobody names, first of PCI's.
func (s *Scenario) irqPins() []int {
	taken := map[int]bool{}
	for _, spec := range s.IRQs {
		taken[spec.Line] = true
	}
	next := 16
	pins := make([]int, len(s.IRQs))
	for i, spec := range s.IRQs {
		pins[i] = spec.Line
		if spec.Kind == "msi" || spec.Kind == "nmi" || spec.Line >= 0 {
			continue
		}
		for taken[next] {
			next = (next + 1) % ioapicPins
		}
		pins[i], taken[next] = next, true
	}
	return pins
}

// makeHandler makes handler and thread of [[irq]] i.
func (m *Machine) makeHandler(i int, l *line) {
	spec := &m.prog.scenario.IRQs[i]
	path := joinIndex("irq", i)
	handler := m.handler(path+".handler", spec.Thread != "")
	thread := m.handler(path+".thread", false)
	if handler == nil && thread == nil {
		handler = l.acknowledge
	}
	if l.desc == nil { // of every NMI each handler is asked whether it is its own
		m.IRQ.OnNMI(func(x *cpu.Exec) { handler(x, 0) })
		return
	}
	flags := irq.Shared
	if thread != nil && spec.Oneshot {
		flags |= irq.Oneshot
	}
	l.action = l.desc.NewAction(spec.Name, flags, handler, thread, pidIRQThread+i)
}

// acknowledge is the handler of an [[irq]] that has none.
func (l *line) acknowledge(x *cpu.Exec, _ int) irq.Return {
	ret := irq.None
	for _, d := range l.devices {
		if d.Acknowledge(x) > 0 {
			ret = irq.Handled
		}
	}
	return ret
}

// handler makes a handler of the program at path, nil if there is none. It
// returns what the program leaves in ret.
func (m *Machine) handler(path string, wakes bool) irq.Handler {
	run, ok := m.script(path)
	if !ok {
		return nil
	}
	return func(x *cpu.Exec, _ int) irq.Return {
		ret := irq.Handled
		if wakes {
			ret = irq.WakeThread
		}
		v, ok := run(x)["ret"]
		if !ok {
			return ret
		}
		n, err := starlark.AsInt32(v)
		if err != nil || n < int(irq.None) || n > int(irq.WakeThread) {
			m.fail(x, path, fmt.Errorf("ret is %s, want IRQ_NONE, IRQ_HANDLED or IRQ_WAKE_THREAD", v))
			return ret
		}
		return irq.Return(n)
	}
}

// requestIRQs requests the handlers, in the order of the file.
func (m *Machine) requestIRQs(x *cpu.Exec) {
	for i, spec := range m.prog.scenario.IRQs {
		if a := m.lines[spec.Name].action; a != nil {
			if err := a.Request(x); err != nil {
				m.fail(x, joinIndex("irq", i)+".name", errors.New(err.Error()))
			}
		}
	}
	for _, a := range m.nicActions {
		if err := a.Request(x); err != nil {
			panic(err) // a line of its own, requested once
		}
	}
}

// makeDevice makes a [[device]].
func (m *Machine) makeDevice(spec DeviceSpec) {
	period := nanoseconds(spec.PeriodUs)
	if spec.Kind == "nic" {
		if m.Net == nil {
			m.Net = m.IRQ.NewNet()
		}
		nic, action := m.Net.NewNIC(spec.Name, spec.CPU, period, sim.Time(spec.PacketNs), spec.Count)
		m.nicActions = append(m.nicActions, action)
		m.devices[spec.Name] = nic.Device
		return
	}
	l := m.lines[spec.IRQ]
	w := l.wire
	if shared, ok := w.(*irq.SharedWire); ok {
		w = shared.End()
	}
	var d *irq.Device
	switch spec.Kind {
	case "periodic":
		first := period
		if spec.FirstUs >= 0 {
			first = nanoseconds(spec.FirstUs)
		}
		d = m.IRQ.NewPeriodic(spec.Name, w, first, period, spec.Count)
	case "poisson":
		d = m.IRQ.NewPoisson(spec.Name, w, period, spec.Count)
	case "script":
		var at []sim.Time
		for _, us := range spec.AtUs {
			at = append(at, sim.Time(us)*sim.Microsecond)
		}
		d = m.IRQ.NewScripted(spec.Name, w, at...)
	}
	l.devices = append(l.devices, d)
	m.devices[spec.Name] = d
}

// nanoseconds converts microseconds.
func nanoseconds(us float64) sim.Time { return sim.Time(math.Round(us * float64(sim.Microsecond))) }
