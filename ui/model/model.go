package model

import (
	"context"
	"io"
	"slices"
	"sync"

	"lockstep/ui/panes"
	"lockstep/ui/snapshot"
	"lockstep/ui/text"
)

// Options are what the model cannot do or know itself. A nil function makes
// its action impossible, with a reason.
type Options struct {
	W, H    int           // the screen; 80 by 24 if zero
	ASCII   bool          // no characters beyond ASCII
	Replay  bool          // the run repeats a token
	Sources panes.Sources // what the source view shows
	// Functions are the kernel functions that can be stopped at, for
	// completion and to find slips; empty: any name is accepted.
	Functions []string
	Themes    []string                                  // names that Theme takes
	Theme     func(name string) error                   // changes the colours
	Copy      func(text string) error                   // to the clipboard
	Create    func(file string) (io.WriteCloser, error) // makes a file
	Suspend   func()                                    // gives the terminal back to the shell for a while
}

// Model is the state of the program.
type Model struct {
	s   Session
	opt Options

	table    []Action
	keys     [nScopes]map[string]*Action
	commands map[string]*Action

	w, h  int
	focus Slot
	zoom  Zoom
	slots [NSlots]slot
	first int // the first processor in sight

	now, before *snapshot.Snapshot
	cpu         int    // the chosen processor
	frame       int    // its frame in the source view, from 1; 0: the innermost
	came        uint64 // where the latest walk began
	sought      string // what a search looks for, as it is told if there is none
	scenario    string
	seed        uint64
	chooser     string
	replay      bool

	stops  []breakPoint
	marks  map[uint64]string
	lock   string // the lock that the graph is around
	search string

	prompt *prompt
	popups []*popup
	past   []string // commands that were given, latest last
	msg    text.Line
	quit   bool

	show  func(*text.Frame)
	drawn *text.Frame // the latest frame

	mu     sync.Mutex // guards cancel, which another goroutine calls
	cancel context.CancelFunc
}

// slot is what a slot shows.
type slot struct {
	view *panes.View
	row  int // selected
	from int // the first row in sight
}

// New makes a model of a session.
func New(s Session, opt Options) *Model {
	t := s.Token()
	m := &Model{
		s: s, opt: opt, w: opt.W, h: opt.H, table: table(),
		scenario: t.Scenario, seed: t.Seed, chooser: t.Chooser, replay: opt.Replay,
		marks: map[uint64]string{}, commands: map[string]*Action{},
	}
	if m.w <= 0 || m.h <= 0 {
		m.w, m.h = 80, 24
	}
	for i := range m.keys {
		m.keys[i] = map[string]*Action{}
	}
	for i := range m.table {
		a := &m.table[i]
		for _, k := range a.Keys {
			m.keys[a.Scope][k] = a
		}
		if a.command() {
			for _, n := range slices.Concat([]string{a.Name}, a.also) {
				m.commands[n] = a
			}
		}
	}
	for i, name := range []string{"source", "locks", "events", "console"} {
		m.slots[i].view = panes.Named(name)
	}
	m.came = s.Step()
	m.look()
	m.cpu = max(m.now.NextCPU, 0)
	if n := len(m.now.Findings); n > 0 {
		m.cpu = max(m.now.Findings[n-1].CPU, 0)
	}
	m.greet()
	m.reveal()
	m.place()
	return m
}

// look takes in where the session stands.
func (m *Model) look() {
	m.now, m.before = m.s.At(), m.s.Before()
	m.cpu = max(0, min(m.cpu, len(m.now.CPUs)-1))
	m.frame = 0
}

// Interrupt stops a walk where it is, and reports whether there is one. It may
// be called from any goroutine.
func (m *Model) Interrupt() bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.cancel == nil {
		return false
	}
	m.cancel()
	return true
}

// choose makes a processor the chosen one and brings it into sight.
func (m *Model) choose(cpu int) {
	m.cpu = max(0, min(cpu, len(m.now.CPUs)-1))
	m.frame = 0
	m.reveal()
}

// reveal brings into sight what matters: the chosen processor, and in each
// pane the row that its view asks for.
func (m *Model) reveal() {
	a := m.arrange()
	switch n := len(a.CPUs); {
	case m.cpu < a.First:
		m.first = m.cpu
	case n > 0 && m.cpu >= a.First+n:
		m.first = m.cpu - n + 1
	}
	for i := range m.slots {
		s := &m.slots[i]
		if r := s.view.Look(m.context(a.Slots[i])); r >= 0 {
			s.row = r
		}
	}
}

// arrange is where everything is now.
func (m *Model) arrange() Arrangement {
	a := Args{W: m.w, H: m.h, CPUs: len(m.now.CPUs), First: m.first, Zoom: m.zoom, Focus: m.focus}
	if (m.h < tinyH || m.w < tinyW) && m.now.NextCPU >= 0 {
		a.First = m.now.NextCPU // the one line is about what is next
	}
	return Layout(a)
}

// context is what a view in a rectangle with a frame is drawn from.
func (m *Model) context(r text.Rect) *panes.Context {
	c := &panes.Context{
		Now: m.now, Before: m.before, CPU: m.cpu, W: r.Inner().W, ASCII: m.opt.ASCII,
		Log: m.s, Source: m.opt.Sources, Search: m.search, Stops: m.gutter(), Marks: m.marks, Lock: m.lock,
	}
	if f := m.frameShown(); f != nil {
		c.File, c.Line, c.Frame = f.Source, f.Line, m.frame
	}
	return c
}

// place scrolls each pane so that its selected row is in sight.
func (m *Model) place() {
	a := m.arrange()
	for i := range m.slots {
		if r := a.Slots[i].Inner(); r.H > 0 {
			c := m.context(a.Slots[i])
			m.slots[i].scroll(m.slots[i].view.Rows(c), m.slots[i].height(c, r))
		}
	}
	for _, p := range m.popups {
		p.place(m)
	}
}

// lowH is how low a pane is, within its frame, that names no columns: the row
// is worth more.
const lowH = 5

// head is what stands above the rows of a slot's view.
func (s *slot) head(c *panes.Context, inner text.Rect) []text.Line {
	if s.view.Labels && inner.H <= lowH {
		return nil
	}
	return s.view.Head(c)
}

// height is how many rows of a slot's view there is room for under its head.
func (s *slot) height(c *panes.Context, inner text.Rect) int {
	return max(inner.H-len(s.head(c, inner)), 0)
}

// scroll keeps the selected row within n rows, and what is in sight, h rows,
// around it, with a few rows before and behind it. A row far away comes into
// the middle.
func (s *slot) scroll(n, h int) {
	s.row = max(0, min(s.row, n-1))
	m := margin(h)
	switch {
	case h <= 0:
		return
	case s.row < s.from-1 || s.row > s.from+h:
		s.from = s.row - h/2
	case s.row < s.from+m:
		s.from = s.row - m
	case s.row >= s.from+h-m:
		s.from = s.row - h + 1 + m
	}
	s.from = max(0, min(s.from, n-h))
}

// margin is how many of h rows stay in sight around the selected one.
func margin(h int) int { return min(h/4, 3) }
