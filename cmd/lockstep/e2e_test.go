//go:build e2e

package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// These tests use a real terminal, tmux's, and a program built for them. They
// are behind a tag because tmux has to be there: .ci/run sees to that.

// terminal is a tmux session of its own with a shell in it.
type terminal struct {
	t    *testing.T
	name string
}

// build builds a command of the module.
func build(t *testing.T, pkg string) string {
	t.Helper()
	bin := filepath.Join(t.TempDir(), filepath.Base(pkg))
	if out, err := exec.Command("go", "build", "-o", bin, pkg).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return bin
}

func newTerminal(t *testing.T, w, h int) *terminal {
	t.Helper()
	tm := &terminal{t, fmt.Sprintf("lockstep-e2e-%d-%s-%dx%d", os.Getpid(), t.Name(), w, h)}
	tm.tmux("new-session", "-d", "-s", tm.name, "-x", fmt.Sprint(w), "-y", fmt.Sprint(h),
		"env", "PS1=ready> ", "TERM=screen-256color", "sh")
	t.Cleanup(func() { exec.Command("tmux", "kill-session", "-t", tm.name).Run() })
	tm.until("ready>")
	return tm
}

func (tm *terminal) tmux(args ...string) string {
	tm.t.Helper()
	out, err := exec.Command("tmux", args...).CombinedOutput()
	if err != nil {
		tm.t.Fatalf("tmux %s: %v\n%s", args[0], err, out)
	}
	return string(out)
}

// press sends keys, by tmux's names or as they are.
func (tm *terminal) press(keys ...string) {
	tm.t.Helper()
	tm.tmux(append([]string{"send-keys", "-t", tm.name}, keys...)...)
}

// enter types a line into the shell.
func (tm *terminal) enter(line string) {
	tm.t.Helper()
	tm.press("-l", line)
	tm.press("Enter")
}

func (tm *terminal) screen() string { return tm.tmux("capture-pane", "-p", "-t", tm.name) }

// until waits for a text to be on the screen.
func (tm *terminal) until(want string) string {
	tm.t.Helper()
	return tm.untilThat(want, func(s string) bool { return strings.Contains(s, want) })
}

func (tm *terminal) untilThat(what string, ok func(screen string) bool) string {
	tm.t.Helper()
	deadline := time.Now().Add(20 * time.Second)
	for {
		s := tm.screen()
		if ok(s) {
			return s
		}
		if time.Now().After(deadline) {
			tm.t.Fatalf("never saw %s:\n%s", what, s)
		}
		time.Sleep(20 * time.Millisecond)
	}
}

// pressUntil presses a key until a text is on the screen, and waits for each
// press to take effect.
func (tm *terminal) pressUntil(key, want string) string {
	tm.t.Helper()
	for range 400 {
		before := tm.screen()
		if strings.Contains(before, want) {
			return before
		}
		tm.press(key)
		tm.untilThat("an answer to "+key, func(s string) bool { return s != before })
	}
	tm.t.Fatalf("%s did not lead to %q:\n%s", key, want, tm.screen())
	return ""
}

// clean checks that a program has left the terminal as a shell wants it.
func (tm *terminal) clean(status int) {
	tm.t.Helper()
	tm.enter("echo status=$?")
	tm.until(fmt.Sprintf("status=%d", status))
	if got := strings.TrimSpace(tm.tmux("display-message", "-p", "-t", tm.name, "#{alternate_on} #{cursor_flag} #{mouse_any_flag}")); got != "0 1 0" {
		tm.t.Errorf("alternate screen, cursor, mouse: %s, want 0 1 0", got)
	}
	tm.enter("stty -a | tr ' ' '\\n' | grep -cx -e icanon -e echo -e isig")
	tm.untilThat("a terminal in cooked mode", func(s string) bool { return strings.Contains(s, "\n3\n") })
}

// column returns what processor n's column shows.
func column(screen string, n, of int) string {
	var b strings.Builder
	for _, line := range strings.Split(screen, "\n")[1:] {
		r := []rune(line)
		w := 80 / of
		if len(r) < w*(n+1) {
			continue
		}
		if strings.HasPrefix(string(r), "╔") || strings.HasPrefix(string(r), "└") && b.Len() > 0 {
			break
		}
		b.WriteString(string(r[w*n:w*(n+1)]) + "\n")
	}
	return b.String()
}

// TestDeadlockByHand opens abba, steps, steps back, and then plays the
// scheduler: each task gets its first lock, then each tries the other's.
func TestDeadlockByHand(t *testing.T) {
	tm := newTerminal(t, 80, 24)
	tm.enter(build(t, "lockstep/cmd/lockstep") + " step abba")
	start := tm.until("? help")
	tm.press("s")
	tm.untilThat("a step", func(s string) bool { return header(s) != header(start) })
	tm.press("S")
	tm.untilThat("a step back", func(s string) bool { return header(s) == header(start) })
	holds := func(cpu int, what string) func(string) bool {
		return func(s string) bool { return strings.Contains(column(s, cpu, 2), what) }
	}
	drive := func(cpu int, what string) {
		t.Helper()
		ok := holds(cpu, what)
		for range 600 {
			before := tm.screen()
			if ok(before) {
				return
			}
			key := fmt.Sprint(cpu)
			if strings.Contains(column(before, cpu, 2), "halted") {
				key = "s" // something has to wake its task first: whatever is next
			}
			tm.press(key)
			tm.untilThat("an answer to "+key, func(s string) bool { return s != before })
		}
		t.Fatalf("CPU%d never %s:\n%s", cpu, what, tm.screen())
	}
	drive(0, "holds A")
	drive(1, "holds B")
	drive(0, "spins for B")
	tm.press("1")
	tm.pressUntil("c", "deadlock") // past the report of the validator, which CPU1 prints first
	tm.press("a")
	why := tm.until("DEADLOCK")
	for _, want := range []string{"CPU0", "CPU1", " A", " B"} {
		if !strings.Contains(why, want) {
			t.Errorf("the reason does not name %q:\n%s", want, why)
		}
	}
	tm.press("Escape")
	tm.untilThat("the panes again", func(s string) bool { return !strings.Contains(s, "DEADLOCK") })
	tm.enter(":q")
	tm.until("ready>")
	tm.clean(0)
}

// header is the first line of a screen.
func header(s string) string {
	line, _, _ := strings.Cut(s, "\n")
	return line
}

// TestCtrlCLeavesCleanly: idle, it quits.
func TestCtrlCLeavesCleanly(t *testing.T) {
	tm := newTerminal(t, 120, 40)
	tm.enter(build(t, "lockstep/cmd/lockstep") + " step perf-deadlock-2cpu --seed 6")
	tm.until("? help")
	tm.press("C-c")
	tm.until("ready>")
	tm.clean(0)
}

// TestWalkCanBeStopped: Esc and Ctrl-C end a long walk, and not the program.
func TestWalkCanBeStopped(t *testing.T) {
	tm := newTerminal(t, 80, 24)
	tm.enter(build(t, "lockstep/cmd/lockstep") + " step perf-soak")
	tm.until("? help")
	tm.enter(":break if cpu == 77") // never
	tm.until("break point 1")
	for _, key := range []string{"Escape", "C-c"} {
		tm.press("c")
		tm.until("Esc stops here")
		tm.press(key)
		tm.until("interrupted at")
		tm.press("<")
		tm.until("the start line")
	}
	tm.enter(":q")
	tm.until("ready>")
	tm.clean(0)
}

// TestPanicLeavesCleanly: the terminal is given back before the stack is
// printed.
func TestPanicLeavesCleanly(t *testing.T) {
	tm := newTerminal(t, 80, 24)
	tm.enter(build(t, "../../ui/term/testdata/panics"))
	tm.until("ready──")
	tm.press("x")
	tm.untilThat("the panic", func(s string) bool { return strings.Contains(s, "on purpose") || strings.Contains(s, "main.go") })
	tm.clean(5)
}

// TestSuspend: Ctrl-Z gives the terminal to the shell, fg comes back.
func TestSuspendAndResume(t *testing.T) {
	tm := newTerminal(t, 80, 24)
	tm.enter("set -m; " + build(t, "lockstep/cmd/lockstep") + " step abba")
	tm.until("? help")
	tm.press("C-z")
	tm.until("ready>")
	tm.enter("fg")
	tm.until("? help")
	tm.enter(":q")
	tm.until("ready>")
	tm.clean(0)
}

// TestNoTerminal: without a terminal, with a dumb one, or one too small there
// is a clear line and exit status 2.
func TestNoTerminal(t *testing.T) {
	bin := build(t, "lockstep/cmd/lockstep")
	tm := newTerminal(t, 80, 24)
	tm.enter("TERM=dumb " + bin + " step abba; echo status=$?")
	tm.until("use `lockstep run`")
	tm.until("status=2")
	tm.enter("clear; setsid -w " + bin + " step abba </dev/null; echo status=$?")
	tm.until("no terminal")
	tm.until("status=2")
	small := newTerminal(t, 18, 4)
	small.enter(bin + " step abba 2>/tmp/lockstep-e2e-small; echo st=$?")
	small.until("st=2")
}
