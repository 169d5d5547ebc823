package configs

import (
	"fmt"

	"go.starlark.net/starlark"

	"lockstep/cpu"
	"lockstep/cpu/sched"
)

// kthreadValue is a kthread as a Starlark value.
type kthreadValue struct{ k *sched.Kthread }

func (v kthreadValue) String() string        { return fmt.Sprintf("kthread(%q)", v.k.Task.Comm) }
func (v kthreadValue) Type() string          { return "kthread" }
func (v kthreadValue) Freeze()               {}
func (v kthreadValue) Truth() starlark.Bool  { return true }
func (v kthreadValue) Hash() (uint32, error) { return uint32(v.k.Task.ID), nil }

// onKthread makes a builtin's function of one that is told a kthread.
func onKthread(fn func(k *sched.Kthread, x *cpu.Exec) (starlark.Value, error)) func(*body, args) (starlark.Value, error) {
	return func(b *body, a args) (starlark.Value, error) {
		v, ok := a.tuple[0].(kthreadValue)
		if !ok {
			return nil, a.wrong(0, "what kthread_run or kthread_create returned")
		}
		return fn(v.k, b.x)
	}
}

// asKthread makes a builtin's function of one that a kthread calls for itself.
func asKthread(fn func(k *sched.Kthread, x *cpu.Exec) starlark.Value) func(*body, args) (starlark.Value, error) {
	return func(b *body, a args) (starlark.Value, error) {
		k := b.m.Sched.Task(b.x).Kthread()
		if k == nil {
			return nil, fmt.Errorf("%s: %s is no kthread", a.name, b.x.Comm)
		}
		return fn(k, b.x), nil
	}
}

// makeKthread makes a builtin that asks for a kthread, which runs a function of
// the body. Its exit code is what the function returns.
func makeKthread(name, doc string, fn func(s *sched.Sched, x *cpu.Exec, comm string, run sched.KthreadFunc) *sched.Kthread) Builtin {
	return Builtin{Name: name, Args: "name, function", Group: "kthreads", Doc: doc, min: -1,
		fn: func(b *body, a args) (starlark.Value, error) {
			comm, err := a.text(0)
			if err == nil && (comm == "" || len(comm) > 15) {
				err = a.wrong(0, "a name of 1 to 15 bytes")
			}
			if err != nil {
				return nil, err
			}
			f, err := a.function(1)
			if err != nil {
				return nil, err
			}
			run := b.stopFn(f)
			return kthreadValue{fn(b.m.Sched, b.x, comm, func(x *cpu.Exec, _ *sched.Kthread) int { return run(x) })}, nil
		}}
}

var kthreadBuiltins = []Builtin{
	makeKthread("kthread_run", "Make a thread of the kernel that runs a function; returns the thread.", (*sched.Sched).KthreadRun),
	makeKthread("kthread_create", "The same, asleep until it is first woken.", (*sched.Sched).KthreadCreate),
	{Name: "kthread_stop", Args: "kthread", Group: "kthreads", Doc: "Ask a thread to end and sleep until it has; returns what its function returned.", min: -1,
		fn: onKthread(func(k *sched.Kthread, x *cpu.Exec) (starlark.Value, error) { return starlark.MakeInt(k.Stop(x)), nil })},
	{Name: "kthread_park", Args: "kthread", Group: "kthreads", Doc: "Ask a thread to park and sleep until it does; returns 0, or -ENOSYS if it has ended.", min: -1,
		fn: onKthread(func(k *sched.Kthread, x *cpu.Exec) (starlark.Value, error) { return errno(k.Park(x)) })},
	{Name: "kthread_unpark", Args: "kthread", Group: "kthreads", Doc: "Let it go on.", min: -1,
		fn: onKthread(func(k *sched.Kthread, x *cpu.Exec) (starlark.Value, error) {
			k.Unpark(x)
			return nil, nil
		})},
	{Name: "kthread_should_stop", Group: "kthreads", Doc: "Whether the calling thread is to end.", min: -1,
		fn: asKthread(func(k *sched.Kthread, x *cpu.Exec) starlark.Value { return starlark.Bool(k.ShouldStop(x)) })},
	{Name: "kthread_should_park", Group: "kthreads", Doc: "Whether the calling thread is to park.", min: -1,
		fn: asKthread(func(k *sched.Kthread, x *cpu.Exec) starlark.Value { return starlark.Bool(k.ShouldPark(x)) })},
	{Name: "kthread_parkme", Group: "kthreads", Doc: "Sleep as long as the calling thread is to park.", min: -1,
		fn: asKthread(func(k *sched.Kthread, x *cpu.Exec) starlark.Value {
			k.Parkme(x)
			return nil
		})},
}
