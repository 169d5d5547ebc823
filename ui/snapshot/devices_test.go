package snapshot_test

import (
	"slices"
	"strings"
	"testing"

	"lockstep/configs"
	"lockstep/configs/configstest"
	"lockstep/cpu/stop"
	"lockstep/cpu/workqueue"
	"lockstep/irq"
	"lockstep/ui/snapshot"
)

// devicesFile is a machine with a bit of every device, queue and thread.
const devicesFile = "../testdata/devices.toml"

// sights are what must be seen in some step of its run; each is a look at what
// the snapshot says, beside what the machine's own parts say.
var sights = []struct {
	name string
	seen func(*configs.Machine, *snapshot.Snapshot) bool
}{
	{"a line's thread is woken and the line masked for it", func(m *configs.Machine, s *snapshot.Snapshot) bool {
		l := line(s, "[acpi]")
		return l != nil && l.Oneshot && l.Masked && l.Threads == 1 && strings.HasPrefix(l.Actions[0], "[acpi] with irq/9-[acpi]/") && m.IRQ.Desc(9).View().Masked
	}},
	{"remote IRR of a level-triggered entry, and the vector in the TMR", func(_ *configs.Machine, s *snapshot.Snapshot) bool {
		l := line(s, "[acpi]")
		return l != nil && l.Pin.Level && l.Pin.RemoteIRR && slices.Contains(s.APICs[1].TMR, l.Vector) && slices.Contains(s.CPUs[1].Isr, l.Vector)
	}},
	{"a message on its way says whom it will reach", func(_ *configs.Machine, s *snapshot.Snapshot) bool {
		return slices.ContainsFunc(s.Devices, func(d snapshot.Device) bool { return d.What == "irq 4 serial" && d.CPU == 0 })
	}},
	{"a context is named by its line", func(_ *configs.Machine, s *snapshot.Snapshot) bool { return inContext(s, 0, "hardirq", "irq 4 serial") }},
	{"a context is the network's softirq", func(_ *configs.Machine, s *snapshot.Snapshot) bool { return inContext(s, 2, "softirq", "NET_RX") }},
	{"a tasklet is scheduled", func(m *configs.Machine, s *snapshot.Snapshot) bool {
		return slices.Equal(s.APICs[0].Tasklets, []string{"[red] hi"}) && len(m.Softirq.Tasklets(0)) == 1
	}},
	{"irq_work is queued, now and for the tick", func(_ *configs.Machine, s *snapshot.Snapshot) bool {
		return slices.Equal(s.APICs[0].Works, []string{"log", "lazy lazy"})
	}},
	{"a call is queued by who waits for it", func(_ *configs.Machine, s *snapshot.Snapshot) bool {
		return slices.Equal(s.APICs[2].Calls, []string{"there from CPU1, which waits"}) || slices.Equal(s.APICs[2].Calls, []string{"function from CPU1, which waits"})
	}},
	{"a PPR goes with what is in service", func(m *configs.Machine, s *snapshot.Snapshot) bool {
		var v irq.View
		m.IRQ.ViewInto(1, &v)
		return s.APICs[1].PPR == v.PPR && v.PPR > 0
	}},
	{"a worker sleeps in a work while another waits behind max_active", func(_ *configs.Machine, s *snapshot.Snapshot) bool {
		i := slices.IndexFunc(s.Work.Queues, func(q workqueue.QueueView) bool { return q.Name == "one" })
		q := s.Work.Queues[i]
		return q.First == "boss" && len(q.PWQs) == 1 && slices.Equal(q.PWQs[0].Delayed, []string{"second"}) && worker(s, "first") != nil
	}},
	{"two CPUs meet in their stoppers", func(_ *configs.Machine, s *snapshot.Snapshot) bool {
		return len(s.Stop.Meetings) == 1 && s.Stop.Meetings[0].State == stop.Run && s.Stop.Stoppers[0].Running != "" && s.Stop.Stoppers[1].Running != ""
	}},
	{"a timer on a wheel, and the work's timer runs", func(_ *configs.Machine, s *snapshot.Snapshot) bool {
		return slices.ContainsFunc(s.Timers, func(t snapshot.Timer) bool {
			return strings.HasPrefix(t.Name, "process_timeout kworker/0:") && t.Level == 1
		})
	}},
	{"a tick, which somebody has the duty to count", func(m *configs.Machine, s *snapshot.Snapshot) bool {
		n := m.Timers.DoTimer()
		return n >= 0 && s.Bases[n].DoTimer && slices.ContainsFunc(s.HRTimers, func(t snapshot.HRTimer) bool { return t.Tick && t.CPU == n && t.Due == t.Hard })
	}},
	{"a stopped tick", func(m *configs.Machine, s *snapshot.Snapshot) bool {
		return slices.ContainsFunc(s.Bases, func(b snapshot.TimerBase) bool { return b.TickStopped && m.Timers.HR().Tick(b.CPU).Stopped })
	}},
}

func line(s *snapshot.Snapshot, action string) *snapshot.Line {
	for i := range s.Lines {
		if len(s.Lines[i].Actions) > 0 && strings.HasPrefix(s.Lines[i].Actions[0], action) {
			return &s.Lines[i]
		}
	}
	return nil
}

func inContext(s *snapshot.Snapshot, cpu int, kind, name string) bool {
	return slices.ContainsFunc(s.CPUs[cpu].Contexts, func(x snapshot.Context) bool { return x.Kind == kind && x.Name == name })
}

func worker(s *snapshot.Snapshot, work string) *workqueue.WorkerView {
	for i := range s.Work.Pools {
		for k := range s.Work.Pools[i].Workers {
			if w := &s.Work.Pools[i].Workers[k]; w.Work == work {
				return w
			}
		}
	}
	return nil
}

// TestDevices: everything that a machine with devices has is in its snapshots
// while it is so.
func TestDevices(t *testing.T) {
	seen := make([]int, len(sights))
	steps := 0
	walk(t, configstest.Open(t, devicesFile), 1, func(m *configs.Machine, s *snapshot.Snapshot) {
		steps++
		for i := range sights {
			if sights[i].seen(m, s) {
				seen[i]++
			}
		}
	})
	for i, n := range seen {
		if n == 0 || n == steps {
			t.Errorf("%s: seen in %d of %d steps", sights[i].name, n, steps)
		}
	}
}
