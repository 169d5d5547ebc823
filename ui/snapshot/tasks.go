package snapshot

import (
	"slices"

	"lockstep/cpu/sched"
	"lockstep/cpu/timer"
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
	held := slices.Equal(x.Held, y.Held)
	x.Held, y.Held = nil, nil
	return held && x.State == y.State && x.CPU == y.CPU && x.OnCPU == y.OnCPU && x.OnRQ == y.OnRQ && x.Exited == y.Exited &&
		x.Nice == y.Nice && x.VRuntime == y.VRuntime && x.Switches == y.Switches && x.Wait == y.Wait && x.Reader == y.Reader && x.Body == y.Body
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
	}, sameQueue)
}

func sameQueue(a, b *RunQueue) bool {
	return a.Curr == b.Curr && a.NrRunning == b.NrRunning && a.MinVRuntime == b.MinVRuntime && a.Switches == b.Switches &&
		a.Clock == b.Clock && slices.Equal(a.Queued, b.Queued) && slices.Equal(a.WakeList, b.WakeList)
}

// takeTimers takes the kernel's pending timers.
func (t *Taker) takeTimers() []Timer {
	t.timers = t.timers[:0]
	t.m.Timers.EachPending(func(v timer.View) {
		t.timers = append(t.timers, Timer{CPU: v.CPU, Expires: v.Expires, Name: t.timerName(v.Sleeper)})
	})
	slices.SortStableFunc(t.timers, func(a, b Timer) int {
		switch {
		case a.Expires < b.Expires:
			return -1
		case a.Expires > b.Expires:
			return 1
		}
		return 0
	})
	return reuse(t.prev.Timers, len(t.timers), func(i int, out *Timer) { *out = t.timers[i] }, equal[Timer])
}

// timerName says what a timer is for.
func (t *Taker) timerName(sleeper *sched.Task) string {
	if sleeper == nil {
		return "timer"
	}
	for sleeper.ID >= len(t.timerOf) {
		t.timerOf = append(t.timerOf, "")
	}
	if t.timerOf[sleeper.ID] == "" {
		t.timerOf[sleeper.ID] = "process_timeout " + t.names.of(&sleeper.Exec)
	}
	return t.timerOf[sleeper.ID]
}
