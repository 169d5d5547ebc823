package term

import (
	"errors"
	"fmt"
	"os"
	"os/signal"
	"runtime/debug"
	"sync"
	"syscall"
	"time"

	"github.com/gdamore/tcell/v2"
	"github.com/rivo/tview"

	"lockstep/ui/text"
)

const (
	frameEvery = 50 * time.Millisecond // while events keep coming, a frame at least this often
	secondWait = time.Second           // a second Ctrl-C within it ends a busy program
	windDown   = time.Second           // how long a program that was ended by force may take
)

// Run shows a program until it quits and leaves the terminal as it was. The
// error is nil when the program quit by itself; it wraps ErrNoTerminal or
// ErrInterrupted, or is a *Panic, when it did not.
func Run(p Program, opt Options) error {
	if opt.NoColor {
		opt.Theme = "mono"
	}
	th, err := Themed(opt.Theme, os.Getenv)
	if err != nil {
		return err
	}
	th.ASCII = opt.ASCII
	screen, err := open(opt.Screen, th)
	if err != nil {
		return err
	}
	if !opt.NoMouse {
		screen.EnableMouse(tcell.MouseButtonEvents, tcell.MouseDragEvents)
	}
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, syscall.SIGTERM, syscall.SIGHUP, syscall.SIGINT)
	defer signal.Stop(signals)
	r := newRunner(p, th, screen)
	if opt.Control != nil {
		r.control = opt.Control.do
	}
	return r.run(signals)
}

// runner is one Run. Fields of the event loop are touched on its goroutine only.
type runner struct {
	prog    Program
	th      *Theme
	app     *tview.Application
	screen  tcell.Screen
	control <-chan func(*runner) // what the program asks of the terminal; nil if it cannot
	queue   *queue
	latest  chan *text.Frame // the frame to be drawn next; holds one

	started   chan struct{} // closed at the first draw: now Stop is understood
	ended     chan struct{} // closed when the event loop has returned
	stop      chan struct{} // closed: the pump is to end the event loop
	pumpDone  chan struct{}
	modelDone chan struct{}

	mu      sync.Mutex
	err     error
	ending  bool       // stop is closed
	away    sync.Mutex // held while suspended: Stop must not come in between
	stopped func()     // stops this process until it is continued

	// The event loop's own.
	frame     *text.Frame
	w, h      int       // the size that the program was told
	lastCtrlC time.Time // when a busy program was interrupted last
	clickX    int       // where the last click was
	clickY    int
	pressed   bool // the left button is down
}

func newRunner(p Program, th *Theme, screen tcell.Screen) *runner {
	r := &runner{
		prog: p, th: th, screen: screen, app: tview.NewApplication(), queue: newQueue(),
		latest:  make(chan *text.Frame, 1),
		started: make(chan struct{}), ended: make(chan struct{}), stop: make(chan struct{}),
		pumpDone: make(chan struct{}), modelDone: make(chan struct{}),
		stopped: stopProcess,
	}
	r.app.SetScreen(&watched{screen, func(err error) { r.force(fmt.Errorf("terminal: %w", err)) }})
	r.app.EnablePaste(true)
	r.app.SetRoot(&root{tview.NewBox(), r}, true)
	r.app.SetInputCapture(r.key)
	r.app.SetMouseCapture(r.mouse)
	return r
}

// run is the life of all goroutines; it returns when all have ended, except a
// program that does not end when it is told to.
func (r *runner) run(signals <-chan os.Signal) error {
	var wg sync.WaitGroup
	wg.Go(func() { r.signals(signals) })
	go r.model()
	go r.pump()
	if r.loop() {
		<-r.pumpDone
	} else {
		r.halt() // the pump may be waiting for the loop, and would for ever
	}
	wg.Wait()
	select {
	case <-r.modelDone:
	case <-time.After(windDown):
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.err
}

// loop runs the event loop and reports whether it was ended by the pump. Our
// own parts in it recover by themselves; what arrives here is tview's, which
// has put back the terminal.
func (r *runner) loop() (orderly bool) {
	defer close(r.ended)
	defer r.guard()
	if err := r.app.Run(); err != nil {
		r.end(fmt.Errorf("terminal: %w", err))
	}
	return true
}

// model calls the program.
func (r *runner) model() {
	defer close(r.modelDone)
	defer r.end(nil) // however it ends
	defer r.guard()
	var shown time.Time
	for {
		ev, ok := r.queue.next()
		if !ok || r.prog.Handle(ev, r.publish) {
			return
		}
		// Frames that would be passed over at once are not made.
		if now := time.Now(); !r.queue.more() || now.Sub(shown) >= frameEvery {
			r.publish(r.prog.Frame())
			shown = now
		}
	}
}

// publish makes a frame the latest. The one that waited is dropped; only the
// program's goroutine publishes, so there is room after that.
func (r *runner) publish(f *text.Frame) {
	select {
	case <-r.latest:
	default:
	}
	r.latest <- f
}

// pump hands frames to the event loop and, at the end, ends it. Before the
// first draw a Stop would make tview open a second screen.
func (r *runner) pump() {
	defer close(r.pumpDone)
	defer r.halt()
	defer r.guard()
	select {
	case <-r.started:
	case <-r.ended:
		return
	}
	for {
		select {
		case <-r.stop:
			return
		case f := <-r.latest:
			r.app.QueueUpdateDraw(func() { r.frame = f })
		case do := <-r.control:
			r.app.QueueUpdateDraw(func() { do(r) })
		}
	}
}

// halt ends the event loop and puts back the terminal; a second call does
// nothing.
func (r *runner) halt() {
	r.away.Lock()
	defer r.away.Unlock()
	r.app.Stop()
}

// signals ends the program when the system asks for it.
func (r *runner) signals(signals <-chan os.Signal) {
	defer r.guard()
	select {
	case s := <-signals:
		r.force(fmt.Errorf("%w by signal: %s", ErrInterrupted, s))
	case <-r.stop:
	}
}

// end begins the end. Of several errors the first stays, unless a panic comes
// while the program winds down.
func (r *runner) end(err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	var is, was *Panic
	if !r.ending || errors.As(err, &is) && !errors.As(r.err, &was) {
		r.err = err
	}
	if !r.ending {
		r.ending = true
		r.queue.close()
		close(r.stop)
	}
}

// force ends a program that may be busy. It guards itself: a reading error
// calls it on a goroutine of tview's.
func (r *runner) force(err error) {
	defer r.guard()
	r.end(err)
	if r.queue.working() {
		r.prog.Interrupt()
	}
}

// guard, deferred, turns a panic into the end.
func (r *runner) guard() {
	if v := recover(); v != nil {
		r.end(&Panic{v, debug.Stack()})
	}
}
