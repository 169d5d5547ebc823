package stop

import (
	"lockstep/cpu"
	"lockstep/cpu/lockdep"
	"lockstep/cpu/sched"
)

// done is cpu_stop_done: what a caller sleeps for.
type done struct {
	todo       cpu.Var[int] // nr_todo
	ret        cpu.Var[int]
	executed   bool // any of the works ran; written before todo, read behind the completion
	completion sched.Completion
}

var doneKey = lockdep.Key{Name: "&x->wait"}

// call is what a caller has on its stack in the kernel. A task makes one call
// at a time, so it has one of its own, made at its first: an allocation that
// the kernel does not have.
type call struct {
	made  bool
	done  done
	multi multi
	works [2]work
}

// call returns the caller's, made ready for nr works.
//
//kernel:fn cpu_stop_init_done kernel/stop_machine.c
func (st *Stop) call(x *cpu.Exec, nr int) *call {
	c := st.calls.Of(x)
	if !c.made {
		x.Kmalloc()
		c.made = true
		c.done.todo.Init(st.m, x.Comm+"'s done.nr_todo", 0)
		c.done.ret.Init(st.m, x.Comm+"'s done.ret", 0)
		c.done.completion.InitKey(st.s, x.Comm+"'s done.completion", &doneKey)
		c.multi.init(st.m, x.Comm+"'s msdata")
	}
	c.done.todo.Poke(nr)
	c.done.ret.Poke(0)
	c.done.executed = false
	c.done.completion.Reinit()
	return c
}

// signal is cpu_stop_signal_done(): one of the works is through. The last one
// wakes the caller, whose memory d is: nobody may touch d behind that.
//
//kernel:fn cpu_stop_signal_done kernel/stop_machine.c
func (d *done) signal(x *cpu.Exec, executed bool) {
	if d == nil {
		return
	}
	if executed {
		d.executed = true
	}
	if d.todo.Update(x, func(n int) int { return n - 1 }) == 1 {
		d.completion.Complete(x)
	}
}

// wait sleeps until all works are through, and returns what they did.
func (d *done) wait(x *cpu.Exec) int {
	d.completion.Wait(x)
	if !d.executed {
		return ErrNoEntry
	}
	return d.ret.ReadOnce(x)
}
