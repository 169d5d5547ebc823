package irq

import (
	"testing"

	"lockstep/cpu"
	"lockstep/cpu/sched"
	"lockstep/cpu/softirq"
	"lockstep/sim"
)

const (
	begin = 5*sim.Millisecond + 300*sim.Microsecond // between two ticks
	end   = begin + 200*sim.Microsecond
	shot  = begin + 10*sim.Microsecond // when a device is scripted to interrupt
)

// stories are what testdata/interrupts tells.
var stories = map[string]func(t *testing.T) (*story, []*sched.Task){
	"level-redelivery": levelRedelivery,
	"edge-replay":      edgeReplay,
	"softirq-restart":  softirqRestart,
	"nesting":          nesting,
	"oneshot":          oneshot,
	"tasklet-again":    taskletAgain,
	"call-many":        callMany,
	"lost-edge":        lostEdge,
}

// levelRedelivery: the driver does not satisfy the device the first time.
func levelRedelivery(t *testing.T) (*story, []*sched.Task) {
	s := newStory(1, "irq9", "ioapic", "disk")
	io := s.b.ic.NewIOAPIC(24)
	dev := s.b.ic.NewScripted("disk", io.Pin(9), shot)
	calls := 0
	a := io.Map(9, "disk", true, 0).NewAction("disk", 0, func(x *cpu.Exec, _ int) Return {
		if calls++; calls == 1 {
			s.say(x, "disk handler: not ready")
			return Handled
		}
		dev.Acknowledge(x)
		s.say(x, "disk handler: done")
		return Handled
	}, nil, 0)
	return s, []*sched.Task{s.busy(0, request(t, a))}
}

// edgeReplay: the line is on its way from CPU 0 to CPU 1, so its next edge
// comes on CPU 1 while the handler runs on CPU 0.
func edgeReplay(t *testing.T) (*story, []*sched.Task) {
	s := newStory(2, "irq24", "eth0", "apic")
	d, msi := s.b.ic.NewMSI("eth0", 0)
	s.b.ic.NewScripted("eth0 packets", msi, shot, shot+6*sim.Microsecond)
	a := d.NewAction("eth0", 0, func(x *cpu.Exec, _ int) Return {
		s.say(x, "eth0 handler begins")
		x.Delay(20 * sim.Microsecond)
		s.say(x, "eth0 handler ends")
		return Handled
	}, nil, 0)
	first := func(x *cpu.Exec) {
		request(t, a)(x)
		if err := d.SetAffinity(x, 1); err != nil {
			t.Error(err)
		}
	}
	return s, []*sched.Task{s.busy(0, first), s.busy(1, nil)}
}

// softirqRestart: a softirq that raises itself eleven times is more than the
// end of an interrupt puts up with.
func softirqRestart(t *testing.T) (*story, []*sched.Task) {
	s := newStory(1, "ksoftirqd/0->state")
	d, msi := s.b.ic.NewMSI("eth0", 0)
	s.b.ic.NewScripted("eth0 packets", msi, shot)
	a := d.NewAction("eth0", 0, func(x *cpu.Exec, _ int) Return {
		s.say(x, "eth0 handler raises NET_RX")
		s.b.sq.RaiseIrqoff(x, softirq.NetRX)
		return Handled
	}, nil, 0)
	pass := 0
	s.b.sq.Register(softirq.NetRX, func(x *cpu.Exec) {
		pass++
		s.say(x, "NET_RX, pass %d", pass)
		if pass < 12 {
			s.b.sq.Raise(x, softirq.NetRX)
		}
	})
	return s, []*sched.Task{s.busy(0, request(t, a))}
}

// nesting: a task, a softirq on it, a hardirq on that, an NMI on that.
func nesting(t *testing.T) (*story, []*sched.Task) {
	s := newStory(1)
	look := func(x *cpu.Exec, who string) { s.say(x, "%s, preempt_count %#x", who, x.CPU().Count()) }
	d, msi := s.b.ic.NewMSI("outer", 0)
	s.b.ic.NewScripted("outer device", msi, shot)
	e, other := s.b.ic.NewMSI("inner", 0)
	outer := d.NewAction("outer", 0, func(x *cpu.Exec, _ int) Return {
		look(x, "outer handler raises TASKLET")
		s.b.sq.RaiseIrqoff(x, softirq.Tasklet)
		return Handled
	}, nil, 0)
	inner := e.NewAction("inner", 0, func(x *cpu.Exec, _ int) Return {
		look(x, "inner handler")
		s.b.ic.RaiseNMI(0)
		x.Delay(1000)
		look(x, "inner handler again")
		return Handled
	}, nil, 0)
	s.b.ic.OnNMI(func(x *cpu.Exec) bool {
		look(x, "NMI")
		return true
	})
	s.b.sq.Register(softirq.Tasklet, func(x *cpu.Exec) {
		look(x, "TASKLET")
		other.Assert()
		x.Delay(10 * sim.Microsecond)
		look(x, "TASKLET again")
	})
	return s, []*sched.Task{s.busy(0, request(t, outer, inner))}
}

// oneshot: a threaded handler on a level line, which stays masked, and the
// device asserted, until the thread has satisfied the device.
func oneshot(t *testing.T) (*story, []*sched.Task) {
	s := newStory(1, "irq9->lock", "ioapic0", "i2c", "irq9-touch", "irq9->threads")
	io := s.b.ic.NewIOAPIC(24)
	dev := s.b.ic.NewScripted("i2c", io.Pin(9), shot)
	a := io.Map(9, "touch", true, 0).NewAction("touch", Oneshot, nil, func(x *cpu.Exec, _ int) Return {
		s.say(x, "touch thread begins")
		x.Delay(20 * sim.Microsecond)
		dev.Acknowledge(x)
		s.say(x, "touch thread ends")
		return Handled
	}, 200)
	return s, []*sched.Task{s.busy(0, request(t, a))}
}

// taskletAgain: a tasklet that schedules itself runs again in the next pass.
func taskletAgain(t *testing.T) (*story, []*sched.Task) {
	s := newStory(1, "work")
	d, msi := s.b.ic.NewMSI("eth0", 0)
	s.b.ic.NewScripted("eth0 packets", msi, shot)
	var w softirq.TaskletWork
	again := 2
	s.b.sq.InitTasklet(&w, "work", false, func(x *cpu.Exec) {
		s.say(x, "tasklet begins")
		if again--; again > 0 {
			s.say(x, "scheduled: %t", w.Schedule(x))
		}
		s.say(x, "tasklet ends")
	})
	s.b.sq.Register(softirq.RCU, func(x *cpu.Exec) { s.say(x, "RCU") })
	a := d.NewAction("eth0", 0, func(x *cpu.Exec, _ int) Return {
		s.say(x, "scheduled: %t", w.Schedule(x))
		s.say(x, "scheduled: %t", w.Schedule(x))
		s.b.sq.RaiseIrqoff(x, softirq.RCU)
		return Handled
	}, nil, 0)
	return s, []*sched.Task{s.busy(0, request(t, a))}
}

// callMany: one write of the ICR for all others, and a wait for each in order.
func callMany(*testing.T) (*story, []*sched.Task) {
	s := newStory(4, "cfd0", "call_single_queue", "apic")
	s.b.ic.InitCallMany()
	caller := s.task("caller", 0, func(x *cpu.Exec) {
		s.wait(x)
		s.b.ic.CallFunction(x, func(y *cpu.Exec) { s.say(y, "called") }, true)
		s.say(x, "all have been called")
		s.on = false
	})
	return s, []*sched.Task{caller}
}

// lostEdge: an edge of a disabled line is remembered, the line masked; enabling
// it sends the interrupt again by an IPI.
func lostEdge(t *testing.T) (*story, []*sched.Task) {
	s := newStory(1, "irq24->lock", "eth0", "apic")
	d, msi := s.b.ic.NewMSI("eth0", 0)
	s.b.ic.NewScripted("eth0 packets", msi, shot)
	a := d.NewAction("eth0", 0, func(x *cpu.Exec, _ int) Return {
		s.say(x, "eth0 handler")
		return Handled
	}, nil, 0)
	user := s.task("user", 0, func(x *cpu.Exec) {
		if err := a.Request(x); err != nil {
			t.Error(err)
		}
		s.wait(x)
		s.say(x, "disable_irq")
		d.Disable(x)
		x.Delay(20 * sim.Microsecond)
		s.say(x, "enable_irq: pending %t, masked %t", d.View().Pending, d.View().Masked)
		d.Enable(x)
		x.Delay(20 * sim.Microsecond)
		s.on = false
	})
	return s, []*sched.Task{user}
}
