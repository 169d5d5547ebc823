package snapshot

import (
	"slices"

	"lockstep/cpu/stop"
	"lockstep/cpu/workqueue"
)

// workCache is the worker pools as they were last seen, and where they are
// looked at.
type workCache struct {
	of  *workqueue.Workqueues // nil: the machine has none
	now workqueue.View
}

// takeWork takes the worker pools and workqueues, anew only if anything of
// them has changed; nil on a machine that has none.
func (t *Taker) takeWork() *workqueue.View {
	c := &t.work
	if c.of == nil {
		return nil
	}
	c.of.ViewInto(&c.now)
	if prev := t.prev.Work; prev != nil && sameWork(&c.now, prev) {
		return prev
	}
	v := c.of.View()
	return &v
}

func sameWork(a, b *workqueue.View) bool {
	return slices.EqualFunc(a.Pools, b.Pools, samePool) && slices.EqualFunc(a.Queues, b.Queues, sameWQ)
}

func samePool(a, b workqueue.PoolView) bool {
	return a.Running == b.Running && a.Manager == b.Manager && slices.Equal(a.Idle, b.Idle) && slices.Equal(a.Worklist, b.Worklist) &&
		a.ID == b.ID && a.CPU == b.CPU && slices.EqualFunc(a.Workers, b.Workers, sameWorker)
}

func sameWorker(a, b workqueue.WorkerView) bool {
	return a.PID == b.PID && a.Comm == b.Comm && a.Flags == b.Flags && a.Work == b.Work && a.Queue == b.Queue && a.Done == b.Done &&
		slices.Equal(a.Scheduled, b.Scheduled)
}

func sameWQ(a, b workqueue.QueueView) bool {
	return a.Name == b.Name && a.Words == b.Words && a.MaxActive == b.MaxActive && a.WorkColor == b.WorkColor && a.FlushColor == b.FlushColor &&
		a.First == b.First && slices.Equal(a.Queue, b.Queue) && slices.Equal(a.Overflow, b.Overflow) && slices.EqualFunc(a.PWQs, b.PWQs, samePWQ)
}

func samePWQ(a, b workqueue.PWQView) bool {
	return a.Pool == b.Pool && a.Active == b.Active && a.InFlight == b.InFlight && a.FlushColor == b.FlushColor && slices.Equal(a.Delayed, b.Delayed)
}

// stopCache is likewise for the stoppers.
type stopCache struct {
	of  *stop.Stop // nil: the machine has none
	now stop.View
}

// takeStop takes the stoppers and those who meet in them.
func (t *Taker) takeStop() *stop.View {
	c := &t.stop
	if c.of == nil {
		return nil
	}
	c.of.ViewInto(&c.now)
	if prev := t.prev.Stop; prev != nil && sameStop(&c.now, prev) {
		return prev
	}
	v := c.of.View()
	return &v
}

func sameStop(a, b *stop.View) bool {
	return slices.EqualFunc(a.Stoppers, b.Stoppers, sameStopper) && slices.EqualFunc(a.Meetings, b.Meetings, sameMeeting)
}

func sameStopper(a, b stop.StopperView) bool {
	return a.Thread == b.Thread && a.Enabled == b.Enabled && a.Running == b.Running && slices.Equal(a.Queued, b.Queued)
}

func sameMeeting(a, b stop.MeetingView) bool {
	return a.Caller == b.Caller && a.State == b.State && a.Left == b.Left && slices.Equal(a.CPUs, b.CPUs) && slices.Equal(a.Missing, b.Missing)
}
