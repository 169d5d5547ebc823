package perf

import (
	"fmt"
	"slices"

	"lockstep/cpu"
	"lockstep/cpu/sched"
	"lockstep/rcu"
)

// EventState is perf_event.state.
type EventState int

// States of an event (docs/kernel/rcu-perf.md §5.1).
const (
	EventExit     EventState = -3 // its task is gone
	EventOff      EventState = -1
	EventInactive EventState = 0 // waits for its task to run
	EventActive   EventState = 1 // on a PMU
)

// Event is perf_event: one counter of a task.
type Event struct {
	name  string
	state EventState
	onCPU int
	// attached is set while the event is on its context's list.
	attached bool
	// ctx changes under the mutexes of both contexts; Close finds the mutex
	// to take by looking at it without.
	ctx  cpu.Var[*Context]
	refs cpu.Var[int]
	// owner is who opened the event; nil when that task has exited. Changes
	// under the owner's perf_event_mutex.
	owner cpu.Var[*sched.Task]
	// parent is the event this one was inherited from: never itself a child.
	parent     *Event
	childMutex sched.Mutex
	children   []*Event // under childMutex
	head       rcu.Head
	free       cpu.Var[bool]
}

// Name returns the event's name: event1, event2, in the order they were made.
func (e *Event) Name() string { return e.name }

// State returns the event's state; for views.
func (e *Event) State() EventState { return e.state }

// Context returns the context that the event is or was in; for views.
func (e *Event) Context() *Context { return e.ctx.Peek() }

// Freed reports whether a grace period has passed since the last reference.
func (e *Event) Freed() bool { return e.free.Peek() }

// allocEvent is perf_event_alloc().
//
//kernel:fn perf_event_alloc kernel/events/core.c
func (p *Perf) allocEvent(x *cpu.Exec, parent *Event) *Event {
	x.Kmalloc()
	p.events++
	e := &Event{name: fmt.Sprintf("event%d", p.events), onCPU: noCPU, parent: parent}
	e.ctx.Init(p.m, e.name+"->ctx", nil)
	e.refs.Init(p.m, e.name+"->refcount", firstReference)
	e.owner.Init(p.m, e.name+"->owner", nil)
	e.free.Init(p.m, e.name, false)
	e.childMutex.Init(p.s, e.name+"->child_mutex", &childMutexKey)
	return e
}

// addToContext is add_event_to_ctx(). Changing the list ends the equality
// with clones (P2, P6).
//
//kernel:fn add_event_to_ctx kernel/events/core.c
func (p *Perf) addToContext(x *cpu.Exec, e *Event, c *Context) {
	c.lock.AssertHeld(x)
	cpu.WarnOnce(x, e.attached, coreFile, "list_add_event: the event is on a list already")
	e.attached = true
	c.events = append(c.events, e)
	c.generation++
}

// listDel is list_del_event(). An event that ends up on no list counts
// nothing any more (P2, P5).
//
//kernel:fn list_del_event kernel/events/core.c
func (p *Perf) listDel(x *cpu.Exec, e *Event, c *Context) {
	cpu.WarnOnce(x, e.ctx.Peek() != c, coreFile, "list_del_event: the event is in another context")
	c.lock.AssertHeld(x)
	if !e.attached {
		return
	}
	e.attached = false
	i := slices.Index(c.events, e)
	c.events = slices.Delete(c.events, i, i+1)
	e.state = min(e.state, EventOff)
	c.generation++
}

// eventSchedIn is event_sched_in(): onto the PMU of this CPU.
//
//kernel:fn event_sched_in kernel/events/core.c
func (p *Perf) eventSchedIn(x *cpu.Exec, e *Event, c *Context) {
	c.lock.AssertHeld(x)
	if e.state <= EventOff {
		return
	}
	e.state, e.onCPU = EventActive, x.CPU().ID
	p.touchPMU(x)
	if c.nrActive++; c.nrActive == 1 {
		p.activate(x, c)
	}
}

// eventSchedOut is event_sched_out(): off the PMU again.
//
//kernel:fn event_sched_out kernel/events/core.c
func (p *Perf) eventSchedOut(x *cpu.Exec, e *Event, c *Context) {
	cpu.WarnOnce(x, e.ctx.Peek() != c, coreFile, "event_sched_out: the event is in another context")
	c.lock.AssertHeld(x)
	if e.state != EventActive {
		return
	}
	e.state, e.onCPU = EventInactive, noCPU
	p.touchPMU(x)
	if c.nrActive--; c.nrActive == 0 {
		p.deactivate(x, c)
	}
}

// touchPMU is one write of a PMU register, an MSR like the APIC's.
func (p *Perf) touchPMU(x *cpu.Exec) { x.Spend(p.m.Costs.EOI) }

// activate is perf_event_ctx_activate(): onto this CPU's active_ctx_list (P7).
//
//kernel:fn perf_event_ctx_activate kernel/events/core.c
func (p *Perf) activate(x *cpu.Exec, c *Context) {
	cpu.Warn(x, !cpu.IrqsDisabled(x), coreFile, "perf_event_ctx_activate: interrupts are on")
	cpu.Warn(x, c.activeOn != noCPU, coreFile, "perf_event_ctx_activate: the context is active already")
	c.activeOn = x.CPU().ID
}

// deactivate is perf_event_ctx_deactivate() (P7).
//
//kernel:fn perf_event_ctx_deactivate kernel/events/core.c
func (p *Perf) deactivate(x *cpu.Exec, c *Context) {
	cpu.Warn(x, !cpu.IrqsDisabled(x), coreFile, "perf_event_ctx_deactivate: interrupts are on")
	cpu.Warn(x, c.activeOn == noCPU, coreFile, "perf_event_ctx_deactivate: the context is not active")
	c.activeOn = noCPU
}
