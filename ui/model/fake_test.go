package model

import (
	"context"
	"fmt"
	"io"

	"lockstep/cpu"
	"lockstep/sim"
	"lockstep/ui/history"
	"lockstep/ui/snapshot"
)

// fake is a run in which processor n mod cpus performs step n+1, unless a choice
// says otherwise: it takes a lock that is free and releases one that is held.
// Every seventh step is a device event, every tenth prints, the last but one is
// a finding.
type fake struct {
	cpus, locks int
	last        uint64
	start       uint64
	pos         uint64
	seen        uint64 // how far it has been
	choices     []sim.Steer
	saved       bool
}

func newFake(cpus, locks int, last uint64) *fake {
	return &fake{cpus: cpus, locks: locks, last: last, start: 3, pos: 3, seen: 3}
}

const fakeDevice = 7

// Event implements [Session]. The pattern is all there is, so that any step is
// known at once.
func (f *fake) Event(step uint64) history.Event {
	n := step - 1
	e := history.Event{Time: sim.Time(step) * 1000, CPU: int16(n % uint64(f.cpus)), Kind: cpu.KindLock}
	lock := n / 2 % uint64(f.locks)
	if n%2 == 1 {
		e.Kind = cpu.KindUnlock
	}
	for _, c := range f.choices {
		if c.At == n {
			e.CPU = int16(c.Pick.Proc)
			e.Flags |= history.Chosen
		}
	}
	e.Obj, e.Task = sim.ObjID(lock+1), int32(e.CPU)
	if step%7 == 0 {
		return history.Event{Time: e.Time, CPU: -1, Task: -1, Source: fakeDevice}
	}
	if step%10 == 0 {
		e.Flags |= history.Printed
	}
	if step == f.last-1 {
		e.Flags |= history.Found
	}
	return e
}

func (f *fake) snapshot(step uint64) *snapshot.Snapshot {
	s := &snapshot.Snapshot{Step: step, Ops: step, Time: sim.Time(step) * 1000, NextCPU: int(step % uint64(f.cpus)), NextDevice: -1}
	for i := range f.cpus {
		c := snapshot.CPU{
			ID: i, Task: i, Name: fmt.Sprintf("task%d/%d", i, 100+i), IrqsOn: true, Due: s.Time + 5,
			Op:     snapshot.Op{Kind: cpu.KindLock, Name: "lock", Object: "A"},
			Frames: []snapshot.Frame{{Func: "do_it", Source: "fake/do.go", Line: 1 + int(step)%20, First: 1, Last: 20}},
		}
		if i > 0 && i == f.cpus-1 {
			c.State, c.Wait = snapshot.Spin, &snapshot.Wait{Kind: "spinlock", On: "[rcu]", Holder: "CPU0 task0/100", How: "held", CPU: 0, Task: 0}
		}
		s.CPUs = append(s.CPUs, c)
		s.Tasks = append(s.Tasks, snapshot.Task{ID: i, PID: 100 + i, Comm: fmt.Sprintf("task%d", i), State: "R", CPU: i, OnCPU: true})
	}
	for i := range f.locks {
		l := snapshot.Lock{Name: f.ObjName(sim.ObjID(i + 1)), Obj: sim.ObjID(i + 1), Kind: "raw_spinlock", OwnerCPU: -1, OwnerTask: -1}
		if step > 0 {
			if e := f.Event(step); e.Obj == l.Obj {
				l.Changed = true
				if e.Kind == cpu.KindLock {
					l.OwnerCPU, l.OwnerTask, l.Owner = int(e.CPU), int(e.CPU), fmt.Sprintf("CPU%d %s", e.CPU, f.TaskName(int(e.CPU)))
				}
			}
		}
		s.Locks = append(s.Locks, l)
	}
	s.Devices = []snapshot.Device{{Source: fakeDevice, Name: "timer0", Due: s.Time + 100, CPU: 0, What: "tick"}}
	for n := uint64(10); n <= step; n += 10 {
		s.Console = append(s.Console, snapshot.Record{Text: fmt.Sprintf("[rcu] line %d", n/10), Time: sim.Time(n), Printed: true})
	}
	s.Vars = []snapshot.Var{{Name: "x", Value: fmt.Sprint(step / 4), Obj: 9999, Changed: step > 0 && step%4 == 0}}
	if step >= f.last-1 {
		s.Findings = []snapshot.Finding{{Kind: "deadlock", Title: "two wait for each other"}}
	}
	if step == f.last {
		s.End, s.NextCPU = "deadlock", -1
	}
	return s
}

func (f *fake) At() *snapshot.Snapshot { return f.snapshot(f.pos) }
func (f *fake) Before() *snapshot.Snapshot {
	if f.pos == 0 {
		return nil
	}
	return f.snapshot(f.pos - 1)
}
func (f *fake) Step() uint64                    { return f.pos }
func (f *fake) Start() uint64                   { return f.start }
func (f *fake) Last() (step uint64, known bool) { return f.last, f.seen == f.last }
func (f *fake) Events() uint64                  { return f.seen }
func (f *fake) Choices() []sim.Steer            { return f.choices }
func (f *fake) TaskName(id int) string          { return fmt.Sprintf("task%d/%d", id, 100+id) }
func (f *fake) SourceName(int) string           { return "timer0" }
func (f *fake) Token() sim.Token {
	return sim.Token{Version: sim.TokenVersion, Scenario: "fake", Chooser: "timed", Seed: 42}
}

func (f *fake) ObjName(id sim.ObjID) string {
	if id <= 26 {
		return string(rune('A' + id - 1))
	}
	return fmt.Sprintf("rq%d->lock", id)
}

// walk goes on step by step until it is told to stop.
func (f *fake) walk(ctx context.Context, d history.Direction, p history.Progress, at func(step uint64) bool) error {
	for n := 1; ; n++ {
		switch {
		case d == history.Forward && f.pos == f.last:
			return history.ErrEnd
		case d == history.Backward && f.pos == 0:
			return history.ErrStart
		}
		f.pos += uint64(d)
		f.seen = max(f.seen, f.pos)
		if at(f.pos) {
			return nil
		}
		if n%1000 == 0 {
			p(f.pos)
			if err := ctx.Err(); err != nil {
				return err
			}
		}
	}
}

func (f *fake) Goto(ctx context.Context, step uint64, p history.Progress) error {
	if step == f.pos {
		return nil
	}
	d := history.Forward
	if step < f.pos {
		d = history.Backward
	}
	return f.walk(ctx, d, p, func(n uint64) bool { return n == step })
}

func (f *fake) Find(ctx context.Context, d history.Direction, stop func() history.Stop, p history.Progress) error {
	s := stop()
	s.Begin(nil)
	return f.walk(ctx, d, p, func(n uint64) bool {
		return n > 0 && s.At(&history.Moment{Step: n, Event: f.Event(n)})
	})
}

func (f *fake) Choose(_ context.Context, pick sim.Pick) error {
	if f.pos == f.last {
		return history.ErrEnd
	}
	if pick.Proc == f.cpus-1 && f.cpus > 1 {
		return fmt.Errorf("CPU%d cannot go on by itself", pick.Proc)
	}
	f.choices = append(f.choices, sim.Steer{At: f.pos, Pick: pick})
	f.pos++
	f.seen = f.pos
	return nil
}

func (f *fake) Undo(context.Context) error {
	n := len(f.choices) - 1
	f.pos, f.seen, f.choices = f.choices[n].At, f.choices[n].At, f.choices[:n]
	return nil
}

func (f *fake) Save(_ context.Context, w io.Writer) error {
	f.saved = true
	_, err := io.WriteString(w, "token\n")
	return err
}

// fakeStop looks at events.
type fakeStop func(step uint64, e history.Event) bool

func (fakeStop) Begin(*history.Live)         {}
func (s fakeStop) At(m *history.Moment) bool { return s(m.Step, m.Event) }

// Stop implements [Session].
func (f *fake) Stop(w Where) (func() history.Stop, error) {
	if w.Kind == AtExpr && w.Name == "(" {
		return nil, fmt.Errorf("1:2: got end of file, want ')'")
	}
	return func() history.Stop {
		return fakeStop(func(step uint64, e history.Event) bool {
			switch w.Kind {
			case AtCPU, AtOver, AtOut:
				return int(e.CPU) == w.CPU
			case AtLock:
				return e.Obj != 0 && (w.Name == "" || f.ObjName(e.Obj) == w.Name)
			case AtTask:
				return int(e.Task) == w.Task
			case AtField:
				return step%4 == 0
			case AtConsole:
				return e.Flags&history.Printed != 0
			case AtFinding:
				return e.Flags&history.Found != 0
			case AtKind, AtInterrupt, AtSwitch:
				return e.Source != 0
			case AtLine:
				return 1+int(step)%20 == w.Line
			}
			return false
		})
	}, nil
}

// fakeSource is the source that the fake's stacks are in.
type fakeSource struct{}

func (fakeSource) Lines(name string) []string {
	if name != "fake/do.go" {
		return nil
	}
	var all []string
	for i := 1; i <= 20; i++ {
		all = append(all, fmt.Sprintf("\tline(%d) // [red] %s", i, string(rune('a'+i))))
	}
	return all
}
