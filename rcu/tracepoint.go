package rcu

import "lockstep/cpu"

// TraceRCUIdle is a tracepoint of the kind that idle code may contain,
// trace_…_rcuidle(): what listens to it may be an RCU reader, so RCU is made to
// watch for its duration, as for an interrupt. As an end and a beginning of the
// idle period, which it was first, it is right in the idle loop and wrong in an
// interrupt out of it: RCU watched already, so the count goes the wrong way.
//
//kernel:fn tracepoint_rcuidle include/linux/tracepoint.h
func (r *RCU) TraceRCUIdle(x *cpu.Exec, listener func(x *cpu.Exec)) {
	enter, exit := r.irqEnter, r.irqExit
	if r.Variants.TracepointIdles {
		enter, exit = r.idleExit, r.idleEnter
	}
	enter(x)
	listener(x)
	exit(x)
}
