package term

import (
	"errors"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gdamore/tcell/v2"

	"lockstep/ui/text"
)

// ended checks that a session is over without an error.
func (s *session) ended() {
	s.Helper()
	if err := s.over(); err != nil {
		s.Errorf("the session ended with %v", err)
	}
}

func TestKeysArriveInOrder(t *testing.T) {
	inSession(t, func(s *session) {
		s.heard("80x24")
		s.shows("[80x24]")
		s.keys("sS [r")
		s.shows("[80x24 s S space [ r]")
		s.keys(strings.Repeat("xy", 100) + "q")
		s.heard("80x24 s S space [ r" + strings.Repeat(" x y", 100) + " q")
		s.ended()
	})
}

func TestResize(t *testing.T) {
	inSession(t, func(s *session) {
		s.screen.SetSize(40, 12)
		s.post(tcell.NewEventResize(40, 12))
		synctest.Wait()
		s.shows("[80x24 40x12]")
		s.keys("q")
		s.ended()
	})
}

func TestMouseAndPaste(t *testing.T) {
	inSession(t, func(s *session) {
		at := func(x, y int, b tcell.ButtonMask) { s.post(tcell.NewEventMouse(x, y, b, tcell.ModNone)) }
		click := func(x, y int) { at(x, y, tcell.ButtonPrimary); at(x, y, tcell.ButtonNone) }
		click(3, 4)
		click(3, 4)
		synctest.Wait()
		s.heard("80x24 click@3,4 double@3,4")
		time.Sleep(time.Second) // on the bubble's clock
		click(3, 4)
		click(5, 4)
		at(6, 4, tcell.WheelUp)
		at(6, 4, tcell.WheelDown)
		at(7, 7, tcell.ButtonNone)
		synctest.Wait()
		s.heard("80x24 click@3,4 double@3,4 click@3,4 click@5,4 wheel-up@6,4 wheel-down@6,4")
		at(7, 7, tcell.ButtonPrimary)
		at(8, 7, tcell.ButtonPrimary)
		at(8, 7, tcell.ButtonNone)
		synctest.Wait()
		s.post(tcell.NewEventPaste(true))
		s.keys("q s")
		s.post(tcell.NewEventPaste(false))
		s.keys("q")
		s.heard("80x24 click@3,4 double@3,4 click@3,4 click@5,4 wheel-up@6,4 wheel-down@6,4 drag@8,7 paste:\"q s\" q")
		s.ended()
	})
}

// TestCtrlCInterruptsABusyProgram: what was typed ahead is dropped, the key has
// done its work, and the program lives on.
func TestCtrlCInterruptsABusyProgram(t *testing.T) {
	inSession(t, func(s *session) {
		s.ctrl("c")
		s.heard("80x24 ctrl-c")
		s.keys("bxyz")
		s.screen.SetSize(40, 12)
		s.post(tcell.NewEventResize(40, 12))
		synctest.Wait()
		s.heard("80x24 ctrl-c b")
		s.ctrl("c")
		s.heard("80x24 ctrl-c b interrupted 40x12")
		if n := s.fake.interrupts(); n != 1 {
			t.Errorf("%d interrupts, want 1", n)
		}
		s.keys("q")
		s.ended()
	})
}

// TestEscInterruptsABusyProgram, and is a key like others for an idle one.
func TestEscInterruptsABusyProgram(t *testing.T) {
	inSession(t, func(s *session) {
		s.post(tcell.NewEventKey(tcell.KeyEsc, 0, 0))
		synctest.Wait()
		s.heard("80x24 esc")
		s.keys("bx")
		s.post(tcell.NewEventKey(tcell.KeyEsc, 0, 0))
		synctest.Wait()
		s.heard("80x24 esc b interrupted")
		s.keys("q")
		s.ended()
	})
}

// deaf makes the key b ignore interrupts until the returned function is called.
func (s *session) deaf() (release func()) {
	free := make(chan struct{})
	s.fake.does["b"] = func(func(*text.Frame)) bool { <-free; return false }
	return func() { close(free) }
}

func TestSecondCtrlCEndsABusyProgram(t *testing.T) {
	inSession(t, func(s *session) {
		release := s.deaf()
		s.keys("b")
		s.ctrl("c")
		time.Sleep(1100 * time.Millisecond) // on the bubble's clock: too long ago to count
		s.ctrl("c")
		if n := s.fake.interrupts(); n != 2 {
			t.Errorf("%d interrupts, want 2", n)
		}
		s.ctrl("c")
		if err := s.over(); !errors.Is(err, ErrInterrupted) {
			t.Errorf("the session ended with %v", err)
		}
		release()
	})
}

func TestSignalEndsABusyProgram(t *testing.T) {
	for _, sig := range []syscall.Signal{syscall.SIGTERM, syscall.SIGHUP} {
		inSession(t, func(s *session) {
			s.keys("b")
			s.signals <- sig
			if err := s.over(); !errors.Is(err, ErrInterrupted) || !strings.Contains(err.Error(), sig.String()) {
				t.Errorf("the session ended with %v", err)
			}
			s.heard("80x24 b interrupted")
		})
	}
}

// TestReadErrorEnds: tview would end its loop at once and leave the pump behind.
func TestReadErrorEnds(t *testing.T) {
	inSession(t, func(s *session) {
		s.keys("b")
		s.post(tcell.NewEventError(errors.New("input/output error")))
		if err := s.over(); err == nil || err.Error() != "terminal: input/output error" {
			t.Errorf("the session ended with %v", err)
		}
	})
}

func TestSuspend(t *testing.T) {
	inSession(t, func(s *session) {
		s.runner.stopped = func() {
			s.screen.note("stopped")
			s.screen.SetSize(60, 20)
		}
		s.ctrl("z")
		s.screen.mu.Lock()
		if got := strings.Join(s.screen.suspended, " "); got != "suspended stopped resumed" {
			t.Errorf("the screen was %s", got)
		}
		s.screen.mu.Unlock()
		s.shows("[80x24 60x20]")
		s.runner.stopped = func() {}
		s.ctrl("z") // the same size again, for the screen is empty
		s.shows("[80x24 60x20 60x20]")
		s.keys("q")
		s.ended()
	})
}

// TestShow: progress is on the screen while the program is still busy.
func TestShow(t *testing.T) {
	inSession(t, func(s *session) {
		s.fake.does["p"] = func(show func(*text.Frame)) bool {
			for range 1000 {
				show(page("passed over"))
			}
			show(page("[half] done"))
			<-s.fake.interrupt
			return false
		}
		s.keys("p")
		s.shows("[half] done")
		s.ctrl("c")
		s.shows("[80x24 p]")
		s.keys("q")
		s.ended()
	})
}

// TestPanicGivesTheScreenBack: wherever it happens, Run returns it with the
// stack of the place, after the screen was given back.
func TestPanicGivesTheScreenBack(t *testing.T) {
	boom := func() { panic("boom [red]") }
	for name, arrange := range map[string]func(s *session){
		"in Handle": func(s *session) {
			s.fake.does["x"] = func(func(*text.Frame)) bool { boom(); return false }
			s.keys("x")
		},
		"in Frame": func(s *session) {
			s.fake.does["x"] = func(func(*text.Frame)) bool { s.fake.drawn = boom; return false }
			s.keys("x")
		},
		"in the drawing": func(s *session) {
			s.runner.app.QueueUpdate(func() { s.runner.th = nil })
			s.keys("x")
		},
		// Before root is asked to draw, so that no event and no frame is on
		// its way: a pump that waits for a dead loop would stay behind.
		"in tview": func(s *session) {
			s.runner.app.QueueUpdate(func() {
				s.runner.app.SetBeforeDrawFunc(func(tcell.Screen) bool { boom(); return false })
			})
			s.post(tcell.NewEventResize(80, 24))
			synctest.Wait()
		},
	} {
		t.Run(name, func(t *testing.T) {
			inSession(t, func(s *session) {
				arrange(s)
				err := s.over()
				var p *Panic
				if !errors.As(err, &p) {
					t.Fatalf("the session ended with %v", err)
				}
				if name != "in the drawing" && !strings.HasPrefix(err.Error(), "panic: boom [red]\n") {
					t.Errorf("it is %v", err)
				}
				if !strings.Contains(string(p.Stack), "run_test.go") && name != "in the drawing" {
					t.Errorf("the stack does not show where:\n%s", p.Stack)
				}
			})
		})
	}
}
