package snapshot

import (
	"slices"
	"strconv"

	"lockstep/perf"
)

// perfCache is what was last seen of the perf contexts, in their order.
type perfCache struct {
	now, before []perf.View
	n           int // of now
}

// takePerf takes the perf contexts of tasks and those that are loaded.
func (t *Taker) takePerf() []PerfContext {
	c := &t.perf
	c.n = 0
	t.m.Perf.EachContext(func(ctx *perf.Context, cpu int) {
		if c.n == len(c.now) {
			c.now = append(c.now, perf.View{})
		}
		ctx.ViewInto(&c.now[c.n])
		c.now[c.n].CPU = cpu
		c.n++
	})
	now, before, prev := c.now[:c.n], c.before, t.prev.Perf
	c.now, c.before = c.before[:cap(c.before)], now
	if slices.EqualFunc(now, before, samePerf) {
		return prev
	}
	if len(now) == 0 {
		return nil
	}
	out := make([]PerfContext, len(now))
	for i := range now {
		if i < len(prev) && samePerf(now[i], before[i]) {
			out[i] = prev[i]
			continue
		}
		out[i] = t.perfContext(&now[i])
	}
	return out
}

func samePerf(a, b perf.View) bool {
	return a.Name == b.Name && a.Task == b.Task && a.CPU == b.CPU && a.Refs == b.Refs && a.Generation == b.Generation &&
		a.Parent == b.Parent && a.Freed == b.Freed && slices.Equal(a.Events, b.Events)
}

func (t *Taker) perfContext(v *perf.View) PerfContext {
	out := PerfContext{Name: v.Name, CPU: v.CPU, RefCount: v.Refs, Generation: v.Generation, Freed: v.Freed}
	if v.Task != nil {
		out.Task = t.names.of(&v.Task.Exec)
	}
	if v.Parent != nil {
		out.Parent = v.Parent.Name()
	}
	for _, e := range v.Events {
		text := e.Name + " " + e.State.String()
		if e.CPU >= 0 {
			text += " CPU" + strconv.Itoa(e.CPU)
		}
		out.Events = append(out.Events, text)
	}
	return out
}
