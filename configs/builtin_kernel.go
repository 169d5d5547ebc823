package configs

import (
	"fmt"

	"go.starlark.net/starlark"

	"lockstep/cpu"
	"lockstep/cpu/sched"
	"lockstep/perf"
)

func onCompletion(fn func(*sched.Completion, *cpu.Exec)) func(*body, args) (starlark.Value, error) {
	return func(b *body, a args) (starlark.Value, error) {
		c, err := find(a, 0, KindCompletion, b.m.completions)
		if err == nil {
			fn(c, b.x)
		}
		return nil, err
	}
}

func onSemaphore(fn func(*sched.Semaphore, *cpu.Exec)) func(*body, args) (starlark.Value, error) {
	return func(b *body, a args) (starlark.Value, error) {
		c, err := find(a, 0, KindSemaphore, b.m.semaphores)
		if err == nil {
			fn(c, b.x)
		}
		return nil, err
	}
}

// eventValue is a perf event as a Starlark value: what the file descriptor is
// to a program.
type eventValue struct{ ev *perf.Event }

func (v eventValue) String() string       { return "perf_event" }
func (v eventValue) Type() string         { return "perf_event" }
func (v eventValue) Freeze()              {}
func (v eventValue) Truth() starlark.Bool { return true }
func (v eventValue) Hash() (uint32, error) {
	return 0, fmt.Errorf("a perf_event cannot be a key")
}

var perfBuiltins = []Builtin{
	{Name: "perf_event_open", Args: "task", Group: "perf", Doc: "Open an event that counts on a task; returns it, or None if the task is gone.", min: -1, kinds: []ArgKind{KindTask}, fn: sysPerfEventOpen},
	{Name: "close", Args: "event", Group: "perf", Doc: "Close an event.", min: -1,
		fn: func(b *body, a args) (starlark.Value, error) {
			v, ok := a.tuple[0].(eventValue)
			if !ok {
				return nil, a.wrong(0, "a perf_event")
			}
			b.m.Perf.Close(b.x, v.ev)
			return nil, nil
		}},
}

// sysPerfEventOpen is perf_event_open(2): entry and exit of the system call
// around the kernel's function.
//
//kernel:fn SYSC_perf_event_open kernel/events/core.c
func sysPerfEventOpen(b *body, a args) (starlark.Value, error) {
	t, err := a.task(0)
	if err != nil {
		return nil, err
	}
	b.x.Local(cpu.KindWork, b.m.CPU.Costs.Syscall)
	ev, err := b.m.Perf.EventOpen(b.x, t)
	if err != nil {
		return starlark.None, nil // -ESRCH: the program sees it and goes on
	}
	return eventValue{ev}, nil
}

var printkBuiltins = []Builtin{
	{Name: "printk", Args: "text, level", Group: "printk", Doc: "Print to the kernel log and the consoles; levels are 0 (emergency) to 7 (debug), default 4.", min: 1,
		fn: func(b *body, a args) (starlark.Value, error) {
			text, level, err := a.message()
			if err == nil {
				b.m.Printk.Printk(b.x, level, text, 0)
			}
			return nil, err
		}},
	{Name: "printk_deferred", Args: "text, level", Group: "printk", Doc: "Store the message now and print it from the next tick.", min: 1,
		fn: func(b *body, a args) (starlark.Value, error) {
			text, level, err := a.message()
			if err == nil {
				b.m.Printk.PrintkDeferred(b.x, level, text)
			}
			return nil, err
		}},
	{Name: "console_lock", Group: "printk", Doc: "Take the console semaphore, sleeping if need be.", min: -1, fn: plain(func(b *body) { b.m.Printk.ConsoleLock(b.x) })},
	{Name: "console_unlock", Group: "printk", Doc: "Print what is stored and give the semaphore back.", min: -1, fn: plain(func(b *body) { b.m.Printk.ConsoleUnlock(b.x) })},
}

func (a args) message() (string, int, error) {
	text, err := a.text(0)
	if err != nil {
		return "", 0, err
	}
	level, err := a.optional(1, 0, cpu.LevelWarning)
	if err == nil && level > cpu.LevelDebug {
		err = fmt.Errorf("%s: level %d, the last is %d", a.name, level, cpu.LevelDebug)
	}
	return text, int(level), err
}

var scenarioBuiltins = []Builtin{
	{Name: "task", Args: "name", Group: "scenario", Doc: "A task of the scenario or of the kernel.", min: -1, pure: true,
		fn: func(_ *body, a args) (starlark.Value, error) {
			t, err := a.task(0)
			return taskValue{t}, err
		}},
	{Name: "param", Args: "name", Group: "scenario", Doc: "A parameter from [params].", min: -1, pure: true, kinds: []ArgKind{KindParam}, fn: paramValue},
	{Name: "start_line", Group: "scenario", Doc: "Wait until every task that calls it has: what comes before is set-up.", min: -1,
		fn: plain(func(b *body) { b.m.start.wait(b.x) })},
	{Name: "assert_", Args: "condition, text", Group: "scenario", Doc: "Record an assert finding if the condition is false.", min: 1,
		fn: func(b *body, a args) (starlark.Value, error) {
			text := "assert_"
			if len(a.tuple) > 1 {
				var err error
				if text, err = a.text(1); err != nil {
					return nil, err
				}
			}
			if !a.tuple[0].Truth() {
				cpu.Assert(b.x, text)
			}
			return nil, nil
		}},
}

func paramValue(b *body, a args) (starlark.Value, error) {
	name, err := a.text(0)
	if err != nil {
		return nil, err
	}
	switch v := b.m.prog.scenario.Params[name].(type) {
	case string:
		return starlark.String(v), nil
	case int64:
		return starlark.MakeInt64(v), nil
	case bool:
		return starlark.Bool(v), nil
	}
	return nil, fmt.Errorf("%s: there is no parameter %q%s", a.name, name, hintOf(name, b.m.prog.scenario.namesOf(KindParam)))
}
