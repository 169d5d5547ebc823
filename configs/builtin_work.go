package configs

import (
	"go.starlark.net/starlark"

	"lockstep/cpu"
	"lockstep/cpu/workqueue"
)

// workCall makes the builtins of works and workqueues. parts says which of
// them its arguments are, in their order: "cpu", "workqueue", "work" and
// "delay", in jiffies. What is not among them is any CPU, the workqueue
// "events", and no delay.
func workCall(name string, parts []string, doc string, fn func(c *queueing) bool) Builtin {
	bt := Builtin{Name: name, Group: "workqueues", Doc: doc, min: -1, needs: partWorkqueues}
	for i, part := range parts {
		if i > 0 {
			bt.Args += ", "
		}
		bt.Args += part
		bt.kinds = append(bt.kinds, map[string]ArgKind{"work": KindWork, "workqueue": KindWorkqueue}[part])
	}
	bt.fn = func(b *body, a args) (starlark.Value, error) {
		c := &queueing{x: b.x, cpu: workqueue.AnyCPU, q: b.m.Workqueues.Events}
		for i, part := range parts {
			var err error
			switch part {
			case "cpu":
				c.cpu, err = a.cpu(i)
			case "workqueue":
				c.q, err = find(a, i, KindWorkqueue, b.m.workqueues)
			case "work":
				c.w, err = find(a, i, KindWork, b.m.works)
			case "delay":
				var n int64
				n, err = a.number(i, 0)
				c.delay = uint64(n)
			}
			if err != nil {
				return nil, err
			}
		}
		return starlark.Bool(fn(c)), nil
	}
	return bt
}

// queueing are the arguments of a builtin of workqueues.
type queueing struct {
	x     *cpu.Exec
	cpu   int
	q     *workqueue.Workqueue
	w     *workqueue.DelayedWork
	delay uint64
}

// queue queues the work now.
func (c *queueing) queue() bool { return c.q.QueueWorkOn(c.x, c.cpu, &c.w.Work) }

// queueDelayed queues it when the delay is over.
func (c *queueing) queueDelayed() bool { return c.q.QueueDelayedWorkOn(c.x, c.cpu, c.w, c.delay) }

// done makes of a function without a result one that has none worth telling.
func done(fn func(c *queueing)) func(c *queueing) bool {
	return func(c *queueing) bool {
		fn(c)
		return true
	}
}

var workBuiltins = []Builtin{
	workCall("queue_work", []string{"workqueue", "work"}, "Queue a work; returns false if it is queued already.", (*queueing).queue),
	workCall("queue_work_on", []string{"cpu", "workqueue", "work"}, "Queue it for a CPU.", (*queueing).queue),
	workCall("schedule_work", []string{"work"}, "Queue it on the system's workqueue, events.", (*queueing).queue),
	workCall("schedule_work_on", []string{"cpu", "work"}, "The same for a CPU.", (*queueing).queue),
	workCall("queue_delayed_work", []string{"workqueue", "work", "delay"}, "Queue it when so many jiffies have passed.", (*queueing).queueDelayed),
	workCall("queue_delayed_work_on", []string{"cpu", "workqueue", "work", "delay"}, "The same for a CPU.", (*queueing).queueDelayed),
	workCall("schedule_delayed_work", []string{"work", "delay"}, "Queue it on events when so many jiffies have passed.", (*queueing).queueDelayed),
	workCall("mod_delayed_work", []string{"workqueue", "work", "delay"}, "Queue it with this delay whether or not it is queued; returns whether it was.",
		func(c *queueing) bool { return c.q.ModDelayedWorkOn(c.x, c.cpu, c.w, c.delay) }),
	workCall("work_pending", []string{"work"}, "Whether it is queued, or its timer is.", func(c *queueing) bool { return c.w.Work.Pending(c.x) }),
	workCall("flush_work", []string{"work"}, "Sleep until it has run, if it is queued or runs; returns whether it was.", func(c *queueing) bool { return c.w.Work.Flush(c.x) }),
	workCall("flush_delayed_work", []string{"work"}, "Queue it now if its timer runs, and sleep until it has run.", func(c *queueing) bool { return c.w.Flush(c.x) }),
	workCall("cancel_work_sync", []string{"work"}, "Take it off its queue, and sleep while it runs; returns whether it was queued.", func(c *queueing) bool { return c.w.Work.CancelSync(c.x) }),
	workCall("cancel_delayed_work", []string{"work"}, "Take it off its timer or queue; it may be running.", func(c *queueing) bool { return c.w.Cancel(c.x) }),
	workCall("cancel_delayed_work_sync", []string{"work"}, "The same, and sleep while it runs.", func(c *queueing) bool { return c.w.CancelSync(c.x) }),
	workCall("flush_workqueue", []string{"workqueue"}, "Sleep until every work that is queued now has run.", done(func(c *queueing) { c.q.Flush(c.x) })),
	workCall("drain_workqueue", []string{"workqueue"}, "Sleep until a workqueue is empty; only its own works may queue meanwhile.", done(func(c *queueing) { c.q.Drain(c.x) })),
}
