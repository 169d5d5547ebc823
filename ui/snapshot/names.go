package snapshot

import (
	"strconv"

	"lockstep/cpu"
	"lockstep/irq"
	"lockstep/sim"
)

// names remembers what things are called.
type names struct {
	exec  []string // by Exec.ID: comm/pid
	onCPU []onCPU  // by CPU
	lines []string // by number: irq 4 ttyS0
}

// onCPU is a CPU's name together with that of the task it runs.
type onCPU struct {
	x    *cpu.Exec
	name string
}

func itoa(n int64) string { return strconv.FormatInt(n, 10) }

// of returns comm/pid.
func (n *names) of(x *cpu.Exec) string {
	for x.ID >= len(n.exec) {
		n.exec = append(n.exec, "")
	}
	if n.exec[x.ID] == "" {
		n.exec[x.ID] = x.Comm + "/" + strconv.Itoa(x.PID)
	}
	return n.exec[x.ID]
}

// cpu returns a CPU and who it runs, "CPU0 perf/101".
func (n *names) cpu(c *cpu.CPU) string {
	o := &n.onCPU[c.ID]
	if x := c.Current(); o.x != x {
		*o = onCPU{x, "CPU" + strconv.Itoa(c.ID) + " " + n.of(x)}
	}
	return o.name
}

// line returns an interrupt line's number and name, "irq 4 ttyS0".
func (n *names) line(d *irq.Desc) string {
	i := d.IRQ()
	for i >= len(n.lines) {
		n.lines = append(n.lines, "")
	}
	if n.lines[i] == "" {
		n.lines[i] = "irq " + strconv.Itoa(i) + " " + d.Name()
	}
	return n.lines[i]
}

// holder names who it is, with the CPU that runs it.
func (n *names) holder(h cpu.Holder) (name string, cpu, task int) {
	c := h.CPU
	if c == nil && h.Task != nil {
		if c = h.Task.OnCPU(); c == nil {
			return n.of(h.Task), -1, h.Task.ID
		}
	}
	if c == nil {
		return "", -1, -1
	}
	return n.cpu(c), c.ID, c.Current().ID
}

// wait says why somebody waits: prev if that has not changed.
func (t *Taker) wait(prev *Wait, w *cpu.Wait) *Wait {
	if w == nil {
		return nil
	}
	h := w.On.Holder(w)
	now := Wait{Kind: w.Kind.String(), On: w.On.AwaitedName(), How: h.How}
	now.Holder, now.CPU, now.Task = t.names.holder(h)
	if prev != nil && *prev == now {
		return prev
	}
	out := now
	return &out
}

// source is what the events of a device event source do.
type source struct {
	cpu  int
	what string
	bus  bool // its events say themselves
}

// takeDevices takes the queued device events.
func (t *Taker) takeDevices() []Device {
	q := t.m.CPU.E.Queued()
	return reuse(t.prev.Devices, len(q), func(i int, d *Device) {
		ev := &q[i]
		src := t.source(ev.Source)
		if src.bus {
			to, v := irq.Message(ev.Arg)
			src.cpu, src.what = to, t.purpose(to, v)
		}
		*d = Device{Source: ev.Source.ID(), Name: ev.Source.Name(), Due: ev.Due, CPU: src.cpu, What: src.what}
	}, equal[Device])
}

func (t *Taker) source(s *sim.Source) source {
	src, ok := t.sources[s]
	if !ok {
		src = source{cpu: -1, what: s.Name(), bus: t.m.IRQ.Bus(s)}
		if to, v, ok := t.m.IRQ.Describe(s); ok {
			src = source{cpu: to, what: t.purpose(to, v)}
		}
		t.sources[s] = src
	}
	return src
}
