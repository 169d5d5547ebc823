package configs

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"go.starlark.net/starlark"

	"lockstep/cpu"
	"lockstep/cpu/lock"
	"lockstep/cpu/sched"
)

// Builtin is one function that task bodies can call.
type Builtin struct {
	Name  string // as bodies call it
	Args  string // as people write them: "lock, flags"
	Doc   string // one sentence
	Group string // of functions that belong together
	// kinds are what string arguments name, by position.
	kinds []ArgKind
	// min is the number of arguments that cannot be left out; -1: all.
	min int
	// pure builtins perform no operation, or none that a loop could wait with.
	pure bool
	// needs are parts of the machine without which it cannot be called.
	needs part
	fn    func(b *body, a args) (starlark.Value, error)
}

// args are the arguments of one call.
type args struct {
	b     *body
	name  string
	tuple starlark.Tuple
}

// Builtins lists all of them, by group and then name, for `lockstep api`.
func Builtins() []Builtin { return slices.Clone(builtinTable) }

// The table, the environment of bodies made from it, and what checks need.
var (
	builtinTable = slices.Concat(lockBuiltins, spinBuiltins, rwBuiltins, seqBuiltins, localBuiltins,
		mutexBuiltins, wwBuiltins, rwsemBuiltins, percpuBuiltins, bitBuiltins, rtMutexBuiltins, validatorBuiltins, contextBuiltins, callBuiltins, irqBuiltins,
		workBuiltins, stopBuiltins, hotplugBuiltins, timerBuiltins, memoryBuiltins,
		rcuBuiltins, tortureBuiltins, schedBuiltins, waitBuiltins, kthreadBuiltins, perfBuiltins, printkBuiltins, scenarioBuiltins)
	builtins     = starlark.StringDict{}
	builtinNames []string
	builtinKinds = map[string]ArgKind{}
)

func init() {
	for i := range builtinTable {
		bt := &builtinTable[i]
		builtinNames = append(builtinNames, bt.Name)
		builtins[bt.Name] = starlark.NewBuiltin(bt.Name, bt.call)
		for n, k := range bt.kinds {
			key := bt.Name
			if n > 0 {
				key = fmt.Sprintf("%s/%d", bt.Name, n)
			}
			if k != KindNone {
				builtinKinds[key] = k
			}
		}
	}
}

func init() {
	for _, e := range []sched.Errno{sched.EINTR, sched.EAGAIN, sched.EBUSY, sched.EINVAL, sched.EDEADLK, sched.ENOSYS, sched.ETIME, sched.ETIMEDOUT, sched.EALREADY} {
		builtinNames = append(builtinNames, e.Error())
		builtins[e.Error()] = starlark.MakeInt(int(e))
	}
	for _, name := range slices.Sorted(maps.Keys(restarts)) {
		builtinNames = append(builtinNames, name)
		builtins[name] = starlark.MakeInt(restarts[name])
	}
	for _, name := range slices.Sorted(maps.Keys(irqReturns)) {
		builtinNames = append(builtinNames, name)
		builtins[name] = starlark.MakeInt(int(irqReturns[name]))
	}
}

func isBuiltin(name string) bool { return builtins.Has(name) }

// call is a builtin as Starlark sees it: it finds the task, and lets the
// bound on computing without an operation start anew.
func (bt *Builtin) call(thread *starlark.Thread, _ *starlark.Builtin, tuple starlark.Tuple, kw []starlark.Tuple) (starlark.Value, error) {
	b := thread.Local(bodyKeyLocal).(*body)
	if len(kw) > 0 {
		return nil, fmt.Errorf("%s: arguments are given by position, not by name", bt.Name)
	}
	most := 0
	if bt.Args != "" {
		most = strings.Count(bt.Args, ",") + 1
	}
	least := most
	if bt.min >= 0 {
		least = bt.min
	}
	if n := len(tuple); n < least || n > most {
		return nil, fmt.Errorf("%s(%s): %d arguments given", bt.Name, bt.Args, n)
	}
	if !bt.pure {
		thread.Steps = 0
	}
	v, err := bt.fn(b, args{b, bt.Name, tuple})
	if v == nil {
		v = starlark.None
	}
	return v, err
}

func (a args) wrong(i int, want string) error {
	return fmt.Errorf("%s: argument %d is %s, want %s", a.name, i+1, a.tuple[i].Type(), want)
}

// text returns argument i, a string.
func (a args) text(i int) (string, error) {
	s, ok := starlark.AsString(a.tuple[i])
	if !ok {
		return "", a.wrong(i, "a string")
	}
	return s, nil
}

// number returns argument i, an integer of at least least.
func (a args) number(i int, least int64) (int64, error) {
	n, ok := a.tuple[i].(starlark.Int)
	if !ok {
		return 0, a.wrong(i, "an integer")
	}
	v, ok := n.Int64()
	if !ok || v < least {
		return 0, fmt.Errorf("%s: argument %d is %v, want at least %d", a.name, i+1, n, least)
	}
	return v, nil
}

// subclass returns argument i, a lockdep subclass.
func (a args) subclass(i int) (int, error) {
	sub, err := a.number(i, 0)
	if err == nil && sub > 7 {
		err = a.wrong(i, "a subclass from 0 to 7")
	}
	return int(sub), err
}

// optional returns argument i as number does, or the default if it is not given.
func (a args) optional(i int, least, def int64) (int64, error) {
	if i >= len(a.tuple) {
		return def, nil
	}
	return a.number(i, least)
}

// flags returns argument i, what an irqsave function returned.
func (a args) flags(i int) (cpu.Flags, error) {
	f, ok := a.tuple[i].(starlark.Bool)
	if !ok {
		return false, a.wrong(i, "the flags that an irqsave function returned")
	}
	return cpu.Flags(f), nil
}

// function returns argument i, a function.
func (a args) function(i int) (starlark.Callable, error) {
	f, ok := a.tuple[i].(starlark.Callable)
	if !ok {
		return nil, a.wrong(i, "a function")
	}
	return f, nil
}

// find returns the object of the scenario that argument i names.
func find[T any](a args, i int, kind ArgKind, objects map[string]T) (T, error) {
	name, err := a.text(i)
	if err != nil {
		var none T
		return none, err
	}
	o, ok := objects[name]
	if !ok {
		return o, fmt.Errorf("%s: there is no %s %q%s", a.name, kind, name, hintOf(name, a.b.m.prog.scenario.namesOf(kind)))
	}
	return o, nil
}

func hintOf(name string, names []string) string {
	if n := Nearest(name, names); n != "" {
		return fmt.Sprintf(" (did you mean %q?)", n)
	}
	return ""
}

// cpu returns argument i, a CPU of the machine.
func (a args) cpu(i int) (int, error) {
	n, err := a.number(i, 0)
	if most := len(a.b.m.CPU.CPUs) - 1; err == nil && n > int64(most) {
		err = fmt.Errorf("%s: there is no CPU %d, the last is %d", a.name, n, most)
	}
	return int(n), err
}

// cpus returns argument i, a list of CPUs, each of them once, in its order.
func (a args) cpus(i int) ([]int, error) {
	list, ok := a.tuple[i].(starlark.Indexable)
	if _, text := a.tuple[i].(starlark.String); !ok || text {
		return nil, a.wrong(i, "a list of CPUs")
	}
	var cpus []int
	for k := range list.Len() {
		c, err := args{a.b, a.name, starlark.Tuple{list.Index(k)}}.cpu(0)
		if err != nil {
			return nil, err
		}
		if !slices.Contains(cpus, c) {
			cpus = append(cpus, c)
		}
	}
	return cpus, nil
}

func (a args) lock(i int) (*lock.Raw, error) { return find(a, i, KindLock, a.b.m.locks) }

func (a args) variable(i int) (*cpu.Var[int64], error) { return find(a, i, KindVar, a.b.m.vars) }

// taskValue is a task as a Starlark value.
type taskValue struct{ t *sched.Task }

func (v taskValue) String() string        { return fmt.Sprintf("task(%q)", v.t.Comm) }
func (v taskValue) Type() string          { return "task" }
func (v taskValue) Freeze()               {}
func (v taskValue) Truth() starlark.Bool  { return true }
func (v taskValue) Hash() (uint32, error) { return uint32(v.t.ID), nil }

// task returns argument i: a task, or the name of one.
func (a args) task(i int) (*sched.Task, error) {
	if v, ok := a.tuple[i].(taskValue); ok {
		return v.t, nil
	}
	name, err := a.text(i)
	if err != nil {
		return nil, a.wrong(i, "a task or its name")
	}
	for _, t := range a.b.m.Sched.Tasks() {
		if t.Comm == name {
			return t, nil
		}
	}
	return nil, fmt.Errorf("%s: there is no task %q%s", a.name, name, hintOf(name, a.b.m.prog.scenario.namesOf(KindTask)))
}
