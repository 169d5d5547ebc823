package perf

import "lockstep/cpu/sched"

// View is a context as somebody outside the machine sees it between two
// operations.
type View struct {
	Name       string      // ctx1, ctx2, …
	Task       *sched.Task // its owner; nil for none
	CPU        int         // it is loaded on, -1 for none
	Refs       int         // references
	Generation uint64      // changes of the list of events so far
	Parent     *Context    // what it is a clone of, nil for none
	Events     []EventView // its events
	Freed      bool        // the memory is given back
}

// EventView is an event.
type EventView struct {
	Name  string     // event1, event2, …
	State EventState // see there
	CPU   int        // whose PMU it is on, -1 for none
}

// ViewInto puts the context's present state into v, whose slice it uses again.
func (c *Context) ViewInto(v *View) {
	*v = View{
		Name: c.name, Task: c.task.Peek(), CPU: noCPU, Refs: c.refs.Peek(), Generation: c.generation,
		Parent: c.parent.Peek(), Events: v.Events[:0], Freed: c.free.Peek(),
	}
	for _, e := range c.events {
		v.Events = append(v.Events, EventView{e.name, e.state, e.onCPU})
	}
}

// EachContext calls fn for the contexts that tasks have, by task, and then for
// those that are loaded without being any task's. cpu is where one is loaded,
// -1 for nowhere.
func (p *Perf) EachContext(fn func(c *Context, cpu int)) {
	if !p.enabled.Peek() {
		return
	}
	for _, x := range p.m.Execs() {
		if te := p.tasks.Peek(x); te != nil && te.made && te.ctxp.Peek() != nil {
			c := te.ctxp.Peek()
			fn(c, p.loadedOn(c))
		}
	}
	for i := range p.m.CPUs {
		if c := p.cpus.Of(i).taskCtx; c != nil && !p.owned(c) {
			fn(c, i)
		}
	}
}

// loadedOn returns the CPU whose cpuctx->task_ctx is c.
func (p *Perf) loadedOn(c *Context) int {
	for i := range p.m.CPUs {
		if p.cpus.Of(i).taskCtx == c {
			return i
		}
	}
	return noCPU
}

// owned reports whether c is the context of a task.
func (p *Perf) owned(c *Context) bool {
	for _, x := range p.m.Execs() {
		if te := p.tasks.Peek(x); te != nil && te.made && te.ctxp.Peek() == c {
			return true
		}
	}
	return false
}

// String returns the state in a word.
func (s EventState) String() string {
	switch s {
	case EventExit:
		return "exit"
	case EventOff:
		return "off"
	case EventInactive:
		return "inactive"
	case EventActive:
		return "active"
	}
	return "?"
}
