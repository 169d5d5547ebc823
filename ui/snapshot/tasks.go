package snapshot

import (
	"slices"

	"lockstep/cpu/sched"
)

// takeTasks takes all tasks.
func (t *Taker) takeTasks() []Task {
	tasks := t.m.Sched.Tasks()
	return reuse(t.prev.Tasks, len(tasks), func(i int, out *Task) {
		var prev Task
		if i < len(t.prev.Tasks) {
			prev = t.prev.Tasks[i]
		}
		t.takeTask(tasks[i], out, &prev)
	}, sameTask)
}

func (t *Taker) takeTask(p *sched.Task, out, prev *Task) {
	*out = Task{
		ID: p.ID, PID: p.PID, Comm: p.Comm, State: p.State.Peek().String(), CPU: p.TaskCPU(), OnCPU: p.OnCPU.Peek(), OnRQ: p.Queued(),
		Idle: p.Idle(), Daemon: p.Daemon, Exited: p.Exited, Nice: p.Nice(), VRuntime: uint64(max(p.VRuntime(), 0)), Switches: p.Switches,
		Wait: t.wait(prev.Wait, p.Asleep()), Held: shared(prev.Held, t.owned[p.ID]),
		Policy: p.Policy().String(), RTPrio: p.RTPriority(), Prio: p.Prio(), NormalPrio: p.NormalPrio(),
	}
	t.scratch = t.scratch[:0]
	p.EachPIWaiter(func(w *sched.Task, _ *sched.RTMutex) { t.scratch = append(t.scratch, w.ID) })
	out.Donors = shared(prev.Donors, t.scratch)
	if p.Stopper() {
		out.Policy = "stop"
	}
	out.Reader = t.m.RCU.Reader(&p.Exec).Nesting
	if p.Position != nil || !p.Daemon {
		out.Body = t.bodyOf(&p.Exec, p.Switches)
	}
}

// sameTask compares two takes of one task. What has not changed of its wait
// and its locks is shared, and so the same.
func sameTask(a, b *Task) bool {
	x, y := *a, *b
	held := slices.Equal(x.Held, y.Held) && slices.Equal(x.Donors, y.Donors)
	x.Held, y.Held, x.Donors, y.Donors = nil, nil, nil, nil
	return held && x.State == y.State && x.CPU == y.CPU && x.OnCPU == y.OnCPU && x.OnRQ == y.OnRQ && x.Exited == y.Exited && x.Daemon == y.Daemon &&
		x.Nice == y.Nice && x.VRuntime == y.VRuntime && x.Switches == y.Switches && x.Wait == y.Wait && x.Reader == y.Reader && x.Body == y.Body &&
		x.Policy == y.Policy && x.RTPrio == y.RTPrio && x.Prio == y.Prio && x.NormalPrio == y.NormalPrio
}

// takeQueues takes the runqueues.
func (t *Taker) takeQueues() []RunQueue {
	return reuse(t.prev.Queues, len(t.m.CPU.CPUs), func(i int, out *RunQueue) {
		var prev RunQueue
		if i < len(t.prev.Queues) {
			prev = t.prev.Queues[i]
		}
		v := t.m.Sched.RQ(i).View()
		*out = RunQueue{
			CPU: i, Curr: v.Curr.ID, NrRunning: v.NrRunning, MinVRuntime: uint64(max(v.MinVRuntime, 0)), Switches: v.Switches, Clock: v.Clock,
			Throttled: v.RTThrottled, RTTime: v.RTTime,
		}
		t.scratch = t.scratch[:0]
		for _, p := range v.Queued {
			t.scratch = append(t.scratch, p.ID)
		}
		out.Queued = shared(prev.Queued, t.scratch)
		t.scratch = t.scratch[:0]
		for p := v.WakeList; p != nil; p = p.NextOnWakeList() {
			t.scratch = append(t.scratch, p.ID)
		}
		out.WakeList = shared(prev.WakeList, t.scratch)
		t.scratch = t.scratch[:0]
		t.m.Sched.RQ(i).EachRT(func(p *sched.Task) {
			if p != v.Curr {
				t.scratch = append(t.scratch, p.ID)
			}
		})
		out.RT = shared(prev.RT, t.scratch)
	}, sameQueue)
}

func sameQueue(a, b *RunQueue) bool {
	return a.Curr == b.Curr && a.NrRunning == b.NrRunning && a.MinVRuntime == b.MinVRuntime && a.Switches == b.Switches &&
		a.Clock == b.Clock && a.Throttled == b.Throttled && a.RTTime == b.RTTime && slices.Equal(a.RT, b.RT) &&
		slices.Equal(a.Queued, b.Queued) && slices.Equal(a.WakeList, b.WakeList)
}
