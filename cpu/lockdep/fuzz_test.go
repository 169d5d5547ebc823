package lockdep

import (
	"fmt"
	"io"
	"strings"
	"testing"
)

// FuzzEvents feeds any sequence of events, of every operation there is, to a
// validator that keeps going and to one that stops, by each of the rule sets.
// Nothing may panic, except what the generator avoids: a context left that was
// not entered. Both must make the same first report, and the one that stops
// must be silent once it is off.
func FuzzEvents(f *testing.F) {
	f.Add([]byte{0, 0, 0, 1, 1, 0, 1, 1})
	f.Add([]byte{3, 0, 5, 0, 0, 0, 6, 0, 4, 0, 0, 1})
	f.Add([]byte{0, 0, 0, 0x21, 2, 0x11, 1, 0, 1, 1, 1, 2})
	f.Add([]byte{0, 0, 20, 0, 22, 0, 1, 0, 21, 0, 0, 8, 18, 0, 16, 9, 17, 0})
	all := []byte{}
	for op := range fuzzOperations {
		all = append(all, byte(op), byte(op*37))
	}
	f.Add(all)
	f.Fuzz(func(t *testing.T, program []byte) {
		for _, rules := range []Rules{RulesV44, RulesNew, RulesExact} {
			var first [2]string
			for i, keep := range []bool{false, true} {
				p := newPlayer(rules, keep)
				for j := 0; j+1 < len(program); j += 2 {
					p.event(t, program[j], program[j+1])
				}
				p.look(t)
				first[i] = p.first
			}
			if first[0] != first[1] {
				t.Fatalf("%v: the first report is %q when stopping, %q when going on", rules, first[0], first[1])
			}
		}
	})
}

// player has two tasks and ten locks: in pairs of one name, which makes
// versions, the last without a key, and some of odd families.
type player struct {
	v       *Validator
	keep    bool
	tasks   [2]*fuzzTask
	maps    [10]Map
	keys    [10]*Key
	first   string // title of the first report
	silent  bool   // no report may come any more
	broken  string // a report that came nevertheless
	cookies []uint32
	now     int64
}

type fuzzTask struct {
	*Task
	leave []func(*Task) // what ends the contexts that it is in, innermost last
}

func newPlayer(rules Rules, keep bool) *player {
	p := &player{keep: keep}
	p.v = New(Config{Rules: rules, KeepGoing: keep, Clock: func() int64 { p.now++; return p.now }, OnReport: func(r *Report) {
		if p.silent {
			p.broken = r.Title
		}
		if p.first == "" {
			p.first = r.Title
		}
		p.silent = !p.v.DebugLocks()
		r.Render(io.Discard, nil)
	}})
	for i := range p.tasks {
		p.tasks[i] = &fuzzTask{Task: p.v.NewTask("fuzz", i+1)}
	}
	odd := [10]Key{
		2: {Inner: WaitSleep}, 3: {Inner: WaitSpin, Outer: WaitFree}, 4: {PerCPU: true, Inner: WaitConfig}, 5: {Override: true, Inner: WaitSleep},
		6: {NoValidate: true}, 7: {NoTrack: true}, 8: {Cmp: func(held, taken *Map) int { return int(held.id - taken.id) }},
	}
	for i := range p.maps[:9] {
		p.keys[i] = &odd[i]
		p.keys[i].Name = fmt.Sprint("L", i/2)
		p.maps[i].Init(p.keys[i])
	}
	return p
}

// event decodes an operation and its operand: the highest bit of the operation
// is the task, the low bits of the operand name the lock, the high ones the
// flags.
func (p *player) event(t *testing.T, op, arg byte) {
	task := p.tasks[op>>7]
	fuzzOperations[int(op&127)%len(fuzzOperations)](p, task, arg)
	if n := len(p.v.Held(task.Task)); n > maxHeld {
		t.Fatalf("%d locks held", n)
	}
	if p.broken != "" {
		t.Fatalf("%v: %q was reported by a validator that is off", p.v.Rules(), p.broken)
	}
}

// look asks for everything that shows the state.
func (p *player) look(t *testing.T) {
	for _, name := range []string{"lockdep", "lockdep_stats", "lockdep_chains", "lock_stat"} {
		if err := p.v.WriteProc(io.Discard, name); err != nil {
			t.Fatal(err)
		}
	}
	p.v.ShowAllLocks(io.Discard, p.tasks[0].Task, p.tasks[1].Task)
	if v := p.v.View(); len(v.Edges) != p.v.Stats().Dependencies || len(v.Classes) != p.v.Stats().Classes {
		t.Fatalf("the view has %d edges of %d classes, the statistics say %+v", len(v.Edges), len(v.Classes), p.v.Stats())
	}
	if p.v.DebugLocks() && !p.keep && p.first != "" && !strings.Contains(p.first, "RCU") && !strings.Contains(p.first, "pin") && !strings.Contains(p.first, "downgrading") {
		t.Fatalf("%v: %q did not switch the validator off", p.v.Rules(), p.first)
	}
}

func (p *player) lock(arg byte) *Map { return &p.maps[int(arg)%len(p.maps)] }

func fuzzHow(arg byte) How { return How(arg>>3&3)<<3 | How(arg>>5&3)<<5 }

// enter is an operation that the next one of leave ends.
func (t *fuzzTask) enter(in, out func(*Task)) {
	in(t.Task)
	t.leave = append(t.leave, out)
}

// fuzzOperations are all operations; the seeds know their numbers, so new ones
// come last.
var fuzzOperations = []func(p *player, t *fuzzTask, arg byte){
	func(p *player, t *fuzzTask, arg byte) { p.v.Acquire(t.Task, p.lock(arg), fuzzHow(arg)) },
	func(p *player, t *fuzzTask, arg byte) { p.v.Release(t.Task, p.lock(arg)) },
	func(p *player, t *fuzzTask, arg byte) {
		p.v.AcquireNest(t.Task, p.lock(arg), fuzzHow(arg), p.lock(arg>>5))
	},
	func(p *player, t *fuzzTask, _ byte) { p.v.HardirqsOff(t.Task) },
	func(p *player, t *fuzzTask, _ byte) { p.v.HardirqsOn(t.Task) },
	func(p *player, t *fuzzTask, _ byte) { t.enter(p.v.HardirqEnter, p.v.HardirqExit) },
	func(p *player, t *fuzzTask, _ byte) {
		if n := len(t.leave); n > 0 {
			t.leave[n-1](t.Task)
			t.leave = t.leave[:n-1]
		}
	},
	func(p *player, t *fuzzTask, _ byte) { p.v.SoftirqsOff(t.Task) },
	func(p *player, t *fuzzTask, _ byte) { p.v.SoftirqsOn(t.Task) },
	func(p *player, t *fuzzTask, _ byte) {
		if len(t.leave) < 40 { // a softirq in a softirq is deep enough
			t.enter(p.v.SoftirqEnter, p.v.SoftirqExit)
		}
	},
	func(p *player, t *fuzzTask, _ byte) { t.enter(p.v.LockdepOff, p.v.LockdepOn) },
	func(p *player, t *fuzzTask, _ byte) { t.enter(p.v.NMIEnter, p.v.NMIExit) },
	func(p *player, t *fuzzTask, arg byte) {
		p.v.Acquire(t.Task, p.lock(arg), fuzzHow(arg)|Nested(int(arg>>3&15)))
	},
	func(p *player, t *fuzzTask, arg byte) {
		p.v.InitMap(t.Task, p.lock(arg), p.keys[int(arg>>4)%len(p.keys)])
	},
	func(p *player, t *fuzzTask, arg byte) { p.v.Freed(t.Task, "", p.lock(arg), p.lock(arg>>4)) },
	func(p *player, t *fuzzTask, arg byte) {
		p.v.SetClass(t.Task, p.lock(arg), p.keys[int(arg>>4)%len(p.keys)], int(arg>>5))
	},
	func(p *player, t *fuzzTask, arg byte) { p.v.SetSubclass(t.Task, p.lock(arg), int(arg>>4)) },
	func(p *player, t *fuzzTask, arg byte) { p.v.Downgrade(t.Task, p.lock(arg)) },
	func(p *player, t *fuzzTask, arg byte) { p.v.Sync(t.Task, p.lock(arg), fuzzHow(arg)) },
	func(p *player, t *fuzzTask, arg byte) { p.cookies = append(p.cookies, p.v.Pin(t.Task, p.lock(arg))) },
	func(p *player, t *fuzzTask, arg byte) {
		cookie := uint32(arg)
		if n := len(p.cookies); n > 0 && arg&128 == 0 {
			cookie, p.cookies = p.cookies[n-1], p.cookies[:n-1]
		}
		p.v.Unpin(t.Task, p.lock(arg), cookie)
	},
	func(p *player, t *fuzzTask, arg byte) {
		p.v.Contended(t.Task, p.lock(arg), Moment{CPU: int(arg >> 6), Now: p.now})
	},
	func(p *player, t *fuzzTask, arg byte) {
		p.v.Acquired(t.Task, p.lock(arg), Moment{CPU: int(arg >> 6), Now: p.now})
	},
	func(p *player, t *fuzzTask, arg byte) { p.v.Alloc(t.Task, arg&1 == 0, arg&2 == 0, arg&12 == 12) },
	func(p *player, t *fuzzTask, arg byte) { p.v.Reclaim(t.Task, arg&1 == 0) },
	func(p *player, t *fuzzTask, _ byte) { p.v.NoLocksHeld(t.Task) },
	func(p *player, t *fuzzTask, _ byte) { p.v.SysExit(t.Task) },
	func(p *player, t *fuzzTask, arg byte) { p.v.CheckFlags(t.Task, arg&1 != 0, arg&2 != 0) },
	func(p *player, t *fuzzTask, _ byte) { p.v.HardirqsOnPrepare(t.Task) },
	func(p *player, t *fuzzTask, arg byte) { p.v.Threaded(t.Task, arg&1 != 0) },
	func(p *player, t *fuzzTask, arg byte) {
		p.v.Suspicious(t.Task, fmt.Sprintf("kernel/x.c:%d", arg>>4), "suspicious RCU usage", RCUState{arg&1 != 0, arg&2 != 0, arg&4 != 0})
	},
	func(p *player, t *fuzzTask, arg byte) {
		p.v.DebugLocksWarn(t.Task, "kernel/x.c", "f", fmt.Sprint("x == ", arg>>6))
	},
	func(p *player, t *fuzzTask, arg byte) {
		p.v.IsHeld(t.Task, p.lock(arg))
		p.v.HeldAs(t.Task, p.lock(arg), fuzzHow(arg))
		p.v.ClassOf(p.lock(arg))
	},
}
