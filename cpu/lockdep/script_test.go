package lockdep

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"
	"testing"

	"github.com/cockroachdb/datadriven"
)

// script runs a small program of events, one a line:
//
//	locks A B a2=A               declare lock instances; a2 is another instance of class A
//	TASK acquire LOCK[/SUB] ...  flags: trylock read read-recursive nocheck nest=LOCK
//	TASK release LOCK
//	TASK irq-off, irq-on, bh-off, bh-on, irq-enter, irq-exit, softirq-enter, softirq-exit, lockdep-off, lockdep-on
//	TASK held                    print the held locks
//
// The arguments of a script are rules=new or rules=exact, keep-going, off,
// no-tracer, clock (a line takes a microsecond) and brief (kinds and classes
// instead of texts). More operations are in script_ops_test.go.
//
// A position is the line of the script, so the frames say who did what where.
type script struct {
	v     *Validator
	keys  map[string]*Key
	maps  map[string]*Map
	tasks map[string]*Task
	out   bytes.Buffer

	line   int
	cookie uint32         // of the last pin
	lines  map[int]string // "task_op" of each line, for the frames
}

func (s *script) Here() Site     { return Site(s.line) }
func (s *script) Capture() Stack { return Stack(s.line) }
func (s *script) CPU() int       { return 1 }
func (s *script) Site(n Site) Frame {
	return Frame{Addr: 0xffffffff81000000 + 16*uint64(n), Sym: fmt.Sprintf("%s+%#x/0x100", s.lines[int(n)], int(n))}
}
func (s *script) Frames(n Stack) []Frame {
	return []Frame{s.Site(Site(n)), {Addr: 0xffffffff81700000, Sym: "script_main+0x10/0x20"}}
}

func newScript(args []datadriven.CmdArg) *script {
	s := &script{keys: map[string]*Key{}, maps: map[string]*Map{}, tasks: map[string]*Task{}, lines: map[int]string{}}
	cfg := Config{Tracer: s, OnReport: func(r *Report) { r.Render(&s.out, s) }}
	for _, a := range args {
		switch a.Key {
		case "rules":
			r, err := ParseRules(a.Vals[0])
			if err != nil {
				panic(err)
			}
			cfg.Rules = r
		case "clock":
			cfg.Clock = func() int64 { return 1000 * int64(s.line) }
		case "keep-going":
			cfg.KeepGoing = true
		case "off":
			cfg.Off = true
		case "no-tracer":
			cfg.Tracer = nil
		case "brief":
			cfg.OnReport = func(r *Report) {
				fmt.Fprintf(&s.out, "%d: %s: %s%s\n", s.line, r.Kind, strings.Join(r.Classes, " "), instanceNames(&r.Instances))
			}
		}
	}
	s.v = New(cfg)
	return s
}

func (s *script) lock(name string) *Map {
	if s.maps[name] == nil {
		panic("undeclared lock " + name)
	}
	return s.maps[name]
}

func (s *script) task(name string) *Task {
	if s.tasks[name] == nil {
		s.tasks[name] = s.v.NewTask(name, 100+len(s.tasks))
	}
	return s.tasks[name]
}

// declare handles "name", "name=class" and, for a key of its own with a name
// that is taken, "name=class!".
func (s *script) declare(decl string) {
	name, class, ok := strings.Cut(decl, "=")
	name, waits, _ := strings.Cut(name, ":")
	if !ok {
		class = name
	}
	class, waits2, _ := strings.Cut(class, ":")
	k := s.keys[class]
	if k == nil {
		k = &Key{Name: strings.TrimSuffix(class, "!")}
		setWaits(k, waits+waits2)
		s.keys[class] = k
	}
	s.maps[name] = new(Map)
	s.maps[name].Init(k)
}

func (s *script) acquire(t *Task, args []string) {
	var how How
	var nest *Map
	name, sub, ok := strings.Cut(args[0], "/")
	if ok {
		n, err := strconv.Atoi(sub)
		if err != nil {
			panic(err)
		}
		how = Nested(n)
	}
	for _, flag := range args[1:] {
		switch flag {
		case "trylock":
			how |= Trylock
		case "read":
			how |= Read
		case "read-recursive":
			how |= ReadRecursive
		case "nocheck":
			how |= NoCheck
		default:
			nest = s.lock(strings.TrimPrefix(flag, "nest="))
		}
	}
	if nest != nil {
		s.v.AcquireNest(t, s.lock(name), how, nest)
		return
	}
	s.v.Acquire(t, s.lock(name), how)
}

func (s *script) event(f []string) {
	switch f[0] {
	case "locks":
		for _, d := range f[1:] {
			s.declare(d)
		}
		return
	case "proc":
		if err := s.v.WriteProc(&s.out, f[1]); err != nil {
			fmt.Fprintln(&s.out, err)
		}
		return
	case "show-all-locks":
		s.v.ShowAllLocks(&s.out, s.task("t1"), s.task("t2"), s.task("t3"))
		return
	case "reset":
		s.v.Reset()
		return
	}
	t := s.task(f[0])
	s.lines[s.line] = f[0] + "_" + strings.ReplaceAll(f[1], "-", "_")
	switch f[1] {
	case "acquire":
		s.acquire(t, f[2:])
	case "release":
		s.v.Release(t, s.lock(f[2]))
	case "held":
		for i, h := range s.v.Held(t) {
			fmt.Fprintf(&s.out, "%d: %s holds #%d %s {%s} since line %d\n", s.line, t, i, h.Name, h.Usage, h.Site)
		}
	default:
		if e := flagEvents[f[1]]; e != nil {
			e(s.v, t)
			return
		}
		s.operation(t, f[1], f[2:])
	}
}

var flagEvents = map[string]func(*Validator, *Task){
	"irq-on":        (*Validator).HardirqsOn,
	"irq-off":       (*Validator).HardirqsOff,
	"bh-on":         (*Validator).SoftirqsOn,
	"bh-off":        (*Validator).SoftirqsOff,
	"irq-enter":     (*Validator).HardirqEnter,
	"irq-exit":      (*Validator).HardirqExit,
	"softirq-enter": (*Validator).SoftirqEnter,
	"softirq-exit":  (*Validator).SoftirqExit,
	"lockdep-off":   (*Validator).LockdepOff,
	"lockdep-on":    (*Validator).LockdepOn,
	"irq-prepare":   (*Validator).HardirqsOnPrepare,
	"nmi-enter":     (*Validator).NMIEnter,
	"nmi-exit":      (*Validator).NMIExit,
	"exit":          (*Validator).NoLocksHeld,
	"sys-exit":      (*Validator).SysExit,
	"reset-task":    (*Validator).ResetTask,
}

// TestScripts compares the printed reports with testdata/scripts, letter by letter.
// Rewrite with go test -rewrite, and read the diff.
func TestScripts(t *testing.T) {
	datadriven.Walk(t, "testdata/scripts", func(t *testing.T, path string) {
		datadriven.RunTest(t, path, func(t *testing.T, d *datadriven.TestData) string {
			s := newScript(d.CmdArgs)
			for i, l := range strings.Split(d.Input, "\n") {
				l, _, _ = strings.Cut(l, "#")
				if f := strings.Fields(l); len(f) > 0 {
					s.line = i + 1
					s.event(f)
				}
			}
			st := s.v.Stats()
			fmt.Fprintf(&s.out, "classes %d, dependencies %d, chains %d, debug_locks %v\n",
				st.Classes, st.Dependencies, st.Chains, s.v.DebugLocks())
			return s.out.String()
		})
	})
}
