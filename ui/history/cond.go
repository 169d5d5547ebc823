package history

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"go.starlark.net/starlark"
	"go.starlark.net/syntax"

	"lockstep/cpu"
	"lockstep/sim"
)

// fieldStop stops when a field's value has changed, or, of a field whose value
// nobody can tell, when it was written.
type fieldStop struct {
	name string
	was  string
}

// OnField returns a Stop at changes of a shared variable of the scenario or of
// a field of the kernel, by its object's name.
func OnField(s *Session, name string) (func() Stop, error) {
	for id := 1; id <= s.live.M.CPU.Objects(); id++ {
		if s.ObjName(sim.ObjID(id)) == name {
			return func() Stop { return &fieldStop{name: name} }, nil
		}
	}
	return nil, fmt.Errorf("no field or variable is called %q", name)
}

// Begin implements [Stop].
func (f *fieldStop) Begin(l *Live) { f.was, _ = l.M.Value(f.name) }

// At implements [Stop].
func (f *fieldStop) At(m *Moment) bool {
	ev := &m.Event
	if ev.Access != sim.AccessWrite && ev.Access != sim.AccessUpdate || m.Live.M.CPU.ObjName(ev.Obj) != f.name {
		return false
	}
	now, known := m.Live.M.Value(f.name)
	hit := !known || now != f.was
	f.was = now
	return hit
}

// condParams are the names a condition may use, besides the functions.
var condParams = []string{"cpu", "task", "func", "kind", "object", "step", "time_ns"}

// condOptions is the dialect of conditions.
var condOptions = &syntax.FileOptions{Set: true}

// exprStop stops where a condition becomes true.
type exprStop struct {
	cond   *starlark.Function
	thread *starlark.Thread
	needs  bool // the function's name
	live   *Live
	last   bool
}

// OnExpr returns a Stop where a Starlark condition becomes true. It may use
// cpu, task, func, kind, object, step and time_ns of the step that was
// performed, value("x") of a shared variable, and held("lock"), which is the
// number of the CPU that holds it or None.
func OnExpr(src string) (func() Stop, error) {
	if _, err := condOptions.ParseExpr("condition", src, 0); err != nil {
		return nil, condError(err)
	}
	stop := func() *exprStop {
		e := &exprStop{thread: &starlark.Thread{Name: "condition"}, needs: strings.Contains(src, "func")}
		e.thread.SetMaxExecutionSteps(1 << 62)
		env := starlark.StringDict{
			"value": starlark.NewBuiltin("value", e.value),
			"held":  starlark.NewBuiltin("held", e.held),
		}
		text := "def condition(" + strings.Join(condParams, ", ") + "):\n  return (" + src + "\n  )\n"
		globals, err := starlark.ExecFileOptions(condOptions, e.thread, "condition", text, env)
		if err != nil {
			e.thread.SetLocal("error", err)
			return e
		}
		e.cond = globals["condition"].(*starlark.Function)
		return e
	}
	if err, ok := stop().thread.Local("error").(error); ok {
		return nil, condError(err)
	}
	return func() Stop { return stop() }, nil
}

// condError says what is wrong with a condition, without the file that it is
// not in.
func condError(err error) error {
	msg := err.Error()
	if _, rest, ok := strings.Cut(msg, "condition:"); ok {
		if _, text, ok := strings.Cut(rest, ": "); ok {
			msg = text
		}
	}
	return errors.New("condition: " + msg + "; it may use " + strings.Join(condParams, ", ") + `, value("x") and held("lock")`)
}

// Begin implements [Stop].
func (e *exprStop) Begin(l *Live) { e.last = l.step > 0 && e.holds(l, l.last()) }

// At implements [Stop].
func (e *exprStop) At(m *Moment) bool {
	was := e.last
	e.last = e.holds(m.Live, m.Event)
	return e.last && !was
}

// holds reports whether the condition is true behind a machine's latest step.
// A condition that fails is not true.
func (e *exprStop) holds(l *Live, ev Event) bool {
	e.live = l
	fn := ""
	if x := l.mover(ev); x != nil && e.needs {
		if fs := l.frames(x); len(fs) > 0 {
			fn = fs[0].Func.Kernel
		}
	}
	kind := cpu.KindName(ev.Kind)
	if ev.Source != 0 {
		kind = device
	}
	v, err := starlark.Call(e.thread, e.cond, starlark.Tuple{
		starlark.MakeInt(int(ev.CPU)), starlark.String(taskName(l.M.CPU.Execs(), int(ev.Task))), starlark.String(fn),
		starlark.String(kind), starlark.String(l.M.CPU.ObjName(ev.Obj)), starlark.MakeUint64(l.step), starlark.MakeInt64(int64(ev.Time)),
	}, nil)
	return err == nil && bool(v.Truth())
}

func (e *exprStop) value(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var name string
	if err := starlark.UnpackArgs(b.Name(), args, kwargs, "name", &name); err != nil {
		return nil, err
	}
	if v, ok := e.live.M.Var(name); ok {
		return starlark.MakeInt64(v), nil
	}
	return nil, fmt.Errorf("no shared variable is called %q", name)
}

func (e *exprStop) held(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var name string
	if err := starlark.UnpackArgs(b.Name(), args, kwargs, "name", &name); err != nil {
		return nil, err
	}
	for _, c := range e.live.M.CPU.CPUs {
		if slices.Contains(e.live.M.CPU.HeldBy(c), name) {
			return starlark.MakeInt(c.ID), nil
		}
	}
	return starlark.None, nil
}
