package configs

import (
	"go.starlark.net/starlark"

	"lockstep/cpu"
	"lockstep/cpu/sched"
	"lockstep/cpu/stop"
)

// hotplug makes a builtin that takes a CPU down or up. It sleeps, so the
// machine says by itself what it thinks of one that is called in atomic
// context; what cannot be is the kernel's negative number.
func hotplug(name, doc string, fn func(st *stop.Stop, x *cpu.Exec, c int) error) Builtin {
	return Builtin{Name: name, Args: "cpu", Group: "CPUs", Doc: doc, min: -1, needs: partStop,
		fn: func(b *body, a args) (starlark.Value, error) {
			c, err := a.cpu(0)
			if err != nil {
				return nil, err
			}
			return errno(fn(b.m.Stop, b.x, c))
		}}
}

// cpuNotifier makes a CPU notifier of a body's function: an error number that
// it returns refuses what is about to happen.
func (b *body) cpuNotifier(fn starlark.Callable) func(x *cpu.Exec, action sched.CPUAction, c int) error {
	return func(x *cpu.Exec, action sched.CPUAction, c int) error {
		if ret := b.ret(x, fn, starlark.String(action.String()), starlark.MakeInt(c)); ret < 0 {
			return sched.Errno(-ret)
		}
		return nil
	}
}

var hotplugBuiltins = []Builtin{
	{Name: "register_cpu_notifier", Args: "function", Group: "CPUs", Doc: "Have a function(action, cpu) called for whatever happens to a CPU, with the kernel's name of it, CPU_DOWN_PREPARE say; it refuses by returning a negative error number; sleeps.", min: -1, needs: partStop,
		fn: func(b *body, a args) (starlark.Value, error) {
			fn, err := a.function(0)
			if err == nil {
				b.m.Stop.RegisterCPUNotifier(b.x, b.cpuNotifier(fn))
			}
			return nil, err
		}},
	hotplug("cpu_down", "Take a CPU out of the running machine; sleeps; returns 0, -EBUSY for the last one or -EINVAL for one that is not there.", (*stop.Stop).CPUDown),
	hotplug("cpu_up", "Start a CPU that was taken down; sleeps; returns 0, or -EINVAL if it runs.", (*stop.Stop).CPUUp),
	{Name: "cpu_online", Args: "cpu", Group: "CPUs", Doc: "Whether a CPU is online at this moment.", min: -1,
		fn: func(b *body, a args) (starlark.Value, error) {
			c, err := a.cpu(0)
			if err != nil {
				return nil, err
			}
			return starlark.Bool(b.m.CPU.Online.Test(b.x, c)), nil
		}},
}
