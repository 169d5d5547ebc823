package configs

import (
	"fmt"

	"go.starlark.net/starlark"

	"lockstep/cpu"
	"lockstep/rcu"
)

// rcuCall makes a builtin's function of one of the call_rcu() family.
func rcuCall(call func(r *rcu.RCU, x *cpu.Exec, h *rcu.Head, fn func(*cpu.Exec))) func(*body, args) (starlark.Value, error) {
	return func(b *body, a args) (starlark.Value, error) {
		fn, err := a.function(0)
		if err != nil {
			return nil, err
		}
		call(b.m.RCU, b.x, new(rcu.Head), func(x *cpu.Exec) { b.call(x, fn) })
		return nil, nil
	}
}

// rcuPlain makes a builtin's function of one of RCU without arguments.
func rcuPlain(fn func(r *rcu.RCU, x *cpu.Exec)) func(*body, args) (starlark.Value, error) {
	return plain(func(b *body) { fn(b.m.RCU, b.x) })
}

// rcuUnlock is rcuPlain for the end of a reader, one of which must be open.
func rcuUnlock(depth func(r *rcu.RCU, x *cpu.Exec) int, fn func(r *rcu.RCU, x *cpu.Exec)) func(*body, args) (starlark.Value, error) {
	return func(b *body, a args) (starlark.Value, error) {
		if depth(b.m.RCU, b.x) <= 0 {
			return nil, fmt.Errorf("%s: no reader is open", a.name)
		}
		fn(b.m.RCU, b.x)
		return nil, nil
	}
}

func schedDepth(r *rcu.RCU, x *cpu.Exec) int { n, _ := r.Depths(x); return n }
func bhDepth(r *rcu.RCU, x *cpu.Exec) int    { _, n := r.Depths(x); return n }

// gpStateValue is what get_state_synchronize_rcu returns, as a Starlark value.
type gpStateValue struct{ s rcu.GPState }

func (v gpStateValue) String() string       { return "rcu_state" }
func (v gpStateValue) Type() string         { return "rcu_state" }
func (v gpStateValue) Freeze()              {}
func (v gpStateValue) Truth() starlark.Bool { return true }
func (v gpStateValue) Hash() (uint32, error) {
	return 0, fmt.Errorf("an rcu_state cannot be a key")
}

// derefVar makes rcu_dereference() of a flavour: a load, of which the
// validator asks whether a reader makes it.
func derefVar(check func(r *rcu.RCU, x *cpu.Exec, where string)) func(*body, args) (starlark.Value, error) {
	return func(b *body, a args) (starlark.Value, error) {
		v, err := a.variable(0)
		if err != nil {
			return nil, err
		}
		n := v.ReadOnce(b.x)
		check(b.m.RCU, b.x, a.name+"(\""+b.m.CPU.ObjName(v.Obj().ID)+"\")")
		return starlark.MakeInt64(n), nil
	}
}

var rcuBuiltins = []Builtin{
	{Name: "rcu_read_lock", Group: "rcu", Doc: "Begin a preemptible RCU reader.", min: -1, fn: rcuPlain((*rcu.RCU).ReadLock)},
	{Name: "rcu_read_unlock", Group: "rcu", Doc: "End it; the outermost one may have special work to do.", min: -1, fn: rcuUnlock((*rcu.RCU).Nesting, (*rcu.RCU).ReadUnlock)},
	{Name: "rcu_read_lock_sched", Group: "rcu", Doc: "Begin a reader of rcu_sched: preemption is off.", min: -1, fn: rcuPlain((*rcu.RCU).ReadLockSched)},
	{Name: "rcu_read_unlock_sched", Group: "rcu", Doc: "End it.", min: -1, fn: rcuUnlock(schedDepth, (*rcu.RCU).ReadUnlockSched)},
	{Name: "rcu_read_lock_bh", Group: "rcu", Doc: "Begin a reader of rcu_bh: bottom halves are off.", min: -1, fn: rcuPlain((*rcu.RCU).ReadLockBH)},
	{Name: "rcu_read_unlock_bh", Group: "rcu", Doc: "End it; pending softirqs run.", min: -1, fn: rcuUnlock(bhDepth, (*rcu.RCU).ReadUnlockBH)},
	{Name: "rcu_dereference", Args: "variable", Group: "rcu", Doc: "Read a variable that preemptible readers may follow.", min: -1, kinds: []ArgKind{KindVar}, fn: derefVar((*rcu.RCU).CheckHeld)},
	{Name: "rcu_dereference_sched", Args: "variable", Group: "rcu", Doc: "Read a variable that readers of rcu_sched may follow.", min: -1, kinds: []ArgKind{KindVar}, fn: derefVar((*rcu.RCU).CheckHeldSched)},
	{Name: "rcu_dereference_bh", Args: "variable", Group: "rcu", Doc: "Read a variable that readers of rcu_bh may follow.", min: -1, kinds: []ArgKind{KindVar}, fn: derefVar((*rcu.RCU).CheckHeldBH)},

	{Name: "synchronize_rcu", Group: "rcu", Doc: "Wait for a grace period.", min: -1, fn: rcuPlain((*rcu.RCU).Synchronize)},
	{Name: "synchronize_rcu_expedited", Group: "rcu", Doc: "Wait for an expedited one: every CPU is interrupted.", min: -1, fn: rcuPlain((*rcu.RCU).SynchronizeExpedited)},
	{Name: "synchronize_sched", Group: "rcu", Doc: "Wait for a grace period of rcu_sched.", min: -1, fn: rcuPlain((*rcu.RCU).SynchronizeSched)},
	{Name: "synchronize_sched_expedited", Group: "rcu", Doc: "Wait for an expedited one of rcu_sched.", min: -1, fn: rcuPlain((*rcu.RCU).SynchronizeSchedExpedited)},
	{Name: "synchronize_rcu_bh", Group: "rcu", Doc: "Wait for a grace period of rcu_bh.", min: -1, fn: rcuPlain((*rcu.RCU).SynchronizeBH)},
	{Name: "synchronize_rcu_bh_expedited", Group: "rcu", Doc: "Wait for an expedited one of rcu_sched, which serves rcu_bh.", min: -1, fn: rcuPlain((*rcu.RCU).SynchronizeBHExpedited)},
	{Name: "get_state_synchronize_rcu", Group: "rcu", Doc: "The present moment, for cond_synchronize_rcu.", min: -1,
		fn: func(b *body, _ args) (starlark.Value, error) { return gpStateValue{b.m.RCU.GetState(b.x)}, nil }},
	{Name: "cond_synchronize_rcu", Args: "state", Group: "rcu", Doc: "Wait for a grace period unless one has passed since the state was taken.", min: -1,
		fn: func(b *body, a args) (starlark.Value, error) {
			v, ok := a.tuple[0].(gpStateValue)
			if !ok {
				return nil, a.wrong(0, "what get_state_synchronize_rcu returned")
			}
			b.m.RCU.CondSynchronize(b.x, v.s)
			return nil, nil
		}},
	{Name: "rcu_expedite_gp", Group: "rcu", Doc: "From now on synchronous grace periods are expedited ones.", min: -1, fn: rcuPlain((*rcu.RCU).ExpediteGP)},
	{Name: "rcu_unexpedite_gp", Group: "rcu", Doc: "Undo one rcu_expedite_gp.", min: -1, fn: rcuPlain((*rcu.RCU).UnexpediteGP)},

	{Name: "call_rcu", Args: "function", Group: "rcu", Doc: "Have a function run, in softirq context, after a grace period.", min: -1, fn: rcuCall((*rcu.RCU).CallRCU)},
	{Name: "call_rcu_sched", Args: "function", Group: "rcu", Doc: "The same after one of rcu_sched.", min: -1, fn: rcuCall((*rcu.RCU).CallRCUSched)},
	{Name: "call_rcu_bh", Args: "function", Group: "rcu", Doc: "The same after one of rcu_bh.", min: -1, fn: rcuCall((*rcu.RCU).CallRCUBH)},
	{Name: "kfree_rcu", Args: "function", Group: "rcu", Doc: "The same as call_rcu, for a function that only frees: it counts as lazy.", min: -1, fn: rcuCall((*rcu.RCU).KfreeRCU)},
	{Name: "rcu_barrier", Group: "rcu", Doc: "Wait until every function of call_rcu so far has run.", min: -1, fn: rcuPlain((*rcu.RCU).Barrier)},
	{Name: "rcu_barrier_sched", Group: "rcu", Doc: "The same for call_rcu_sched.", min: -1, fn: rcuPlain((*rcu.RCU).BarrierSched)},
	{Name: "rcu_barrier_bh", Group: "rcu", Doc: "The same for call_rcu_bh.", min: -1, fn: rcuPlain((*rcu.RCU).BarrierBH)},

	{Name: "trace_rcuidle", Args: "function", Group: "rcu", Doc: "Pass a tracepoint of the kind that idle code and interrupts out of idle may contain; the function listens to it.", min: -1,
		fn: func(b *body, a args) (starlark.Value, error) {
			fn, err := a.function(0)
			if err == nil {
				b.m.RCU.TraceRCUIdle(b.x, func(x *cpu.Exec) { b.call(x, fn) })
			}
			return nil, err
		}},
	{Name: "cond_resched_rcu_qs", Group: "rcu", Doc: "Schedule if somebody wants the CPU, else pass a quiescent state; not inside a reader.", min: -1, fn: rcuPlain((*rcu.RCU).CondReschedQS)},
	{Name: "rcu_cpu_stall_reset", Group: "rcu", Doc: "Put off the stall warnings of grace periods in progress.", min: -1, fn: rcuPlain((*rcu.RCU).StallReset)},
	{Name: "show_rcu_gp_kthreads", Group: "rcu", Doc: "Print what the grace-period kthreads do.", min: -1, fn: rcuPlain((*rcu.RCU).ShowGPKthreads)},
}
