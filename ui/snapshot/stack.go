package snapshot

import (
	"runtime"
	"strconv"
	"sync"

	"lockstep/configs"
	"lockstep/cpu"
	"lockstep/cpu/ksym"
	"lockstep/sim"
)

// stack is what a CPU's stack was when it was last walked.
type stack struct {
	key      stackKey
	walked   bool
	frames   []Frame
	contexts []Context
}

// stackKey changes whenever the CPU has run or the stack is another.
type stackKey struct {
	x       *cpu.Exec
	steps   uint64
	op      sim.Op
	now     sim.Time
	word    uint32
	open    bool
	pending bool
	parked  bool
}

func keyOf(c *cpu.CPU) stackKey {
	p := c.P
	return stackKey{c.Current(), p.Steps(), p.Op(), p.Now(), c.Word(), p.Open(), p.Interrupted(), p.Parked()}
}

// walk returns the stack of a CPU, walking it if the CPU has run.
func (t *Taker) walk(c *cpu.CPU) *stack {
	st := &t.stacks[c.ID]
	if k := keyOf(c); !st.walked || st.key != k {
		*st = stack{key: k, walked: true, frames: t.frames(k.x)}
		st.contexts = t.contexts(c, st.frames)
	}
	return st
}

// callers runs on the stack of a parked fiber.
func (t *Taker) callers() { t.npcs = runtime.Callers(1, t.pcs[:]) }

// frames walks the stack of x. A body ends it: below a system call's entry
// there is nothing of the kernel. A callback's body stands in its middle.
func (t *Taker) frames(x *cpu.Exec) []Frame {
	t.npcs = 0
	x.Fiber.Query(t.capture)
	frames := make([]Frame, 0, 16)
	callbacks := x.Callbacks
	t.points = points.of(t.points[:0], t.pcs[:t.npcs])
	for _, pt := range t.points {
		if pt.callback && len(callbacks) > 0 {
			n := len(callbacks) - 1
			frames = t.bodyFrames(frames, callbacks[n]())
			callbacks = callbacks[:n]
			continue
		}
		fn := pt.fn
		if n := len(frames) - 1; fn == nil || n >= 0 && frames[n].Func == fn.Kernel && !frames[n].Body {
			continue
		}
		frames = append(frames, Frame{
			Func: fn.Kernel, Kernel: fn.File, Source: fn.Source, Line: pt.line, First: fn.Line, Last: fn.Line + fn.Lines - 1,
		})
		if pt.body && x.Position != nil {
			if at := x.Position(); len(at) > 0 {
				return t.bodyFrames(frames, at)
			}
		}
	}
	return frames
}

// bodyFrames appends where a body stands.
func (t *Taker) bodyFrames(frames []Frame, at []cpu.Position) []Frame {
	last := t.m.Scenario().Lines()
	for _, p := range at {
		f := Frame{Func: "body", Source: p.File, Line: p.Line, First: 1, Last: last, Body: true}
		if p.Func != "" {
			f.Func = p.Func
		}
		frames = append(frames, f)
	}
	return frames
}

// body is where a task's body stood when it was last asked.
type body struct {
	asked    bool
	switches uint64   // of the task then
	key      stackKey // of its CPU then; zero if it was on none
	at       cpu.Position
	text     string
	first    int // line of the body
}

// bodyOf returns file:line of task i's body. It moves only while the task runs.
func (t *Taker) bodyOf(x *cpu.Exec, switches uint64) string {
	for x.ID >= len(t.bodies) {
		t.bodies = append(t.bodies, body{})
	}
	b := &t.bodies[x.ID]
	var key stackKey
	if c := x.OnCPU(); c != nil {
		key = t.walk(c).key
	}
	if b.asked && b.switches == switches && b.key == key {
		return b.text
	}
	b.asked, b.switches, b.key = true, switches, key
	at := t.bodyAt(x, b)
	if at != b.at {
		b.at, b.text = at, at.File+":"+strconv.Itoa(at.Line)
	}
	return b.text
}

// bodyAt returns where x's body stands: at its first line if it has not begun
// or has ended, and nowhere if x has none.
func (t *Taker) bodyAt(x *cpu.Exec, b *body) cpu.Position {
	if x.Position != nil {
		if at := x.Position(); len(at) > 0 {
			return at[0]
		}
	}
	s := t.m.Scenario()
	for i, task := range t.m.Tasks {
		if &task.Exec == x {
			if b.first == 0 {
				b.first = s.BodyLine(i)
			}
			return cpu.Position{File: s.File(), Line: b.first}
		}
	}
	return cpu.Position{}
}

// point is what a program counter stands for.
type point struct {
	fn       *ksym.Func // nil if it is none of the kernel's
	line     int
	body     bool // the system call's entry that runs a body
	callback bool // what runs a body's function on top of something else
}

// pointTable remembers points by program counter, for all takers.
type pointTable struct {
	mu sync.RWMutex
	m  map[uintptr]point
}

var points = &pointTable{m: map[uintptr]point{}}

// Go functions that stand for a task body.
const (
	bodyFunc     = "lockstep/configs.(*body).run"
	callbackFunc = "lockstep/configs.(*body).call"
)

// of appends the points of a stack that stand for something.
func (t *pointTable) of(out []point, pcs []uintptr) []point {
	t.mu.RLock()
	for i, pc := range pcs {
		pt, ok := t.m[pc]
		if !ok {
			t.mu.RUnlock()
			t.learn(pcs[i:])
			t.mu.RLock()
			pt = t.m[pc]
		}
		if pt.fn != nil || pt.callback {
			out = append(out, pt)
		}
	}
	t.mu.RUnlock()
	return out
}

// learn resolves program counters. Each stands for one function, inlined ones
// included.
func (t *pointTable) learn(pcs []uintptr) {
	symbols := configs.Symbols()
	t.mu.Lock()
	defer t.mu.Unlock()
	for i, pc := range pcs {
		f, _ := runtime.CallersFrames(pcs[i : i+1]).Next()
		t.m[pc] = point{
			fn: symbols.Lookup(f.Function), line: f.Line,
			body: f.Function == bodyFunc, callback: f.Function == callbackFunc,
		}
	}
}
