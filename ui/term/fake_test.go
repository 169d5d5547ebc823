package term

import (
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"
	"testing/synctest"

	"github.com/gdamore/tcell/v2"

	"lockstep/ui/term/screentest"
	"lockstep/ui/text"
)

// fake is a program that records what it was told and shows it, newest first.
// Some keys make it do something; the key b makes it busy until interrupted.
type fake struct {
	does      map[string]func(show func(*text.Frame)) (quit bool)
	interrupt chan struct{}

	mu    sync.Mutex
	said  []string
	calls int    // of Interrupt
	drawn func() // when a frame is made, for programs that fail there
}

func newFake() *fake {
	f := &fake{does: map[string]func(func(*text.Frame)) bool{}, interrupt: make(chan struct{}, 1)}
	f.does["q"] = func(func(*text.Frame)) bool { return true }
	f.does["b"] = func(func(*text.Frame)) bool { <-f.interrupt; f.say("interrupted"); return false }
	return f
}

func (f *fake) say(s string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.said = append(f.said, s)
}

// heard is what was said so far, in one line.
func (f *fake) heard() string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return strings.Join(f.said, " ")
}

func (f *fake) interrupts() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.calls
}

func (f *fake) Handle(ev Event, show func(*text.Frame)) bool {
	switch {
	case ev.W > 0:
		f.say(fmt.Sprintf("%dx%d", ev.W, ev.H))
	case ev.Mouse != "":
		f.say(fmt.Sprintf("%s@%d,%d", ev.Mouse, ev.X, ev.Y))
	case ev.Paste != "":
		f.say(fmt.Sprintf("paste:%q", ev.Paste))
	default:
		f.say(ev.Key)
	}
	if do := f.does[ev.Key]; do != nil {
		return do(show)
	}
	return false
}

func (f *fake) Frame() *text.Frame {
	if f.drawn != nil {
		f.drawn()
	}
	return page("[" + f.heard() + "]")
}

func (f *fake) Interrupt() bool {
	f.mu.Lock()
	f.calls++
	f.mu.Unlock()
	select {
	case f.interrupt <- struct{}{}:
	default:
	}
	return true
}

// page is a frame with one line.
func page(s string) *text.Frame {
	return &text.Frame{W: 80, H: 24, CursorX: -1, Panes: []text.Pane{
		{Bare: true, Rect: text.Rect{W: 80, H: 24}, Lines: []text.Line{text.L(s)}},
	}}
}

// session is a Run in a bubble of its own: its clock stands unless everybody
// waits, settle returns when everybody does, and the test fails if a goroutine
// outlives the session.
type session struct {
	*testing.T
	*runner
	fake    *fake
	screen  *simScreen
	signals chan os.Signal
	result  chan error
}

// simScreen counts how often it was given back.
type simScreen struct {
	tcell.SimulationScreen
	mu        sync.Mutex
	finished  int
	suspended []string
}

func (s *simScreen) Fini() {
	s.mu.Lock()
	s.finished++
	s.mu.Unlock()
	s.SimulationScreen.Fini()
}

func (s *simScreen) note(what string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.suspended = append(s.suspended, what)
	return nil
}

func (s *simScreen) Suspend() error { return s.note("suspended") }
func (s *simScreen) Resume() error  { return s.note("resumed") }

// inSession runs a test in a bubble with a program on an 80x24 screen, after
// the first frame is on it.
func inSession(t *testing.T, f func(s *session)) {
	synctest.Test(t, func(t *testing.T) {
		s := &session{T: t, fake: newFake(), signals: make(chan os.Signal, 1), result: make(chan error, 1)}
		s.screen = &simScreen{SimulationScreen: screentest.New(80, 24)}
		th, err := Themed("mono", func(string) string { return "" })
		if err != nil {
			t.Fatal(err)
		}
		s.runner = newRunner(s.fake, th, s.screen)
		go func() { s.result <- s.runner.run(s.signals) }()
		synctest.Wait()
		f(s)
	})
}

// keys types characters and waits for the effect.
func (s *session) keys(keys string) {
	s.Helper()
	for _, r := range keys {
		s.post(tcell.NewEventKey(tcell.KeyRune, r, tcell.ModNone))
	}
	synctest.Wait()
}

// ctrl types control characters, given as letters.
func (s *session) ctrl(letters string) {
	s.Helper()
	for _, r := range letters {
		s.post(tcell.NewEventKey(tcell.KeyRune, r, tcell.ModCtrl))
	}
	synctest.Wait()
}

// post sends an event as the terminal does. The screen holds ten; when it is
// full, the event loop gets the time to take them.
func (s *session) post(ev tcell.Event) {
	for s.screen.PostEvent(ev) != nil {
		synctest.Wait()
	}
}

// heard checks what the program was told so far.
func (s *session) heard(want string) {
	s.Helper()
	if got := s.fake.heard(); got != want {
		s.Errorf("the program heard\n  %s\nwant\n  %s", got, want)
	}
}

// shows checks the screen's first line.
func (s *session) shows(want string) {
	s.Helper()
	txt, _ := screentest.Dump(s.screen)
	if got, _, _ := strings.Cut(txt, "\n"); got != want {
		s.Errorf("the screen shows\n  %s\nwant\n  %s", got, want)
	}
}

// over waits for the end and checks that the screen was given back.
func (s *session) over() error {
	s.Helper()
	err := <-s.result
	s.screen.mu.Lock()
	defer s.screen.mu.Unlock()
	if s.screen.finished == 0 {
		s.Error("the screen was not given back")
	}
	return err
}
