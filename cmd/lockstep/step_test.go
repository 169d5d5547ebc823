package main

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"lockstep/ui/model"
	"lockstep/ui/term"
)

// TestWrittenToken steers a run by hand, writes its token with :w, and gives
// the file to replay: it comes to the hash that is in it, and that of the run.
func TestWrittenToken(t *testing.T) {
	var out, errs bytes.Buffer
	a := &app{err: &errs, ctx: t.Context()}
	open, err := a.sessionOf("abba", &stepFlags{run: runFlags{seed: 1, chooser: oneOf{value: "timed"}}}, func(string) bool { return false })
	if err != nil {
		t.Fatal(err)
	}
	s, err := open()
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	m := model.New(model.Of(s), model.Options{Create: func(file string) (io.WriteCloser, error) { return os.Create(file) }})
	file := filepath.Join(t.TempDir(), "by hand.token")
	for _, line := range []string{"until-lock B", "run 0", "run 0", "run 0", "run 0", "run 0", "w " + file} {
		for _, r := range ":" + line {
			m.Handle(model.Event{Key: string(r)}, nil)
		}
		m.Handle(model.Event{Key: "enter"}, nil)
	}
	if n := len(s.Choices()); n != 5 {
		t.Fatalf("%d choices, want 5", n)
	}
	written, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	hash := regexp.MustCompile("# hash ([0-9a-f]{16}) steps [0-9]+\n").FindStringSubmatch(string(written))
	if hash == nil || !strings.Contains(string(written), "+") {
		t.Fatalf("no hash or no choices in the file:\n%s", written)
	}
	if status := run([]string{"replay", file}, &out, &errs); status != exitExpected && status != exitFinding || errs.Len() > 0 {
		t.Fatalf("replay: status %d\n%s", status, errs.String())
	}
	if !strings.Contains(out.String(), "hash "+hash[1]) {
		t.Errorf("replay did not come to the hash %s:\n%s", hash[1], out.String())
	}

	// step opens the same file at what was found, choices and all.
	open, err = a.sessionOf(file, &stepFlags{}, func(string) bool { return false })
	if err != nil {
		t.Fatal(err)
	}
	again, err := open()
	if err != nil {
		t.Fatal(err)
	}
	defer again.Close()
	if len(again.Choices()) != 5 || len(again.At().Findings) == 0 {
		t.Errorf("opened with %d choices and %d findings", len(again.Choices()), len(again.At().Findings))
	}
}

// TestTerminalErrors: what goes wrong in the terminal has its status too.
func TestTerminalErrors(t *testing.T) {
	for _, c := range []struct {
		err    error
		status int
		want   string
	}{
		{nil, exitExpected, ""},
		{fmt.Errorf("%w (TERM is dumb): use `lockstep run`", term.ErrNoTerminal), exitUsage, "lockstep step: error: no terminal (TERM is dumb): use `lockstep run`\n"},
		{fmt.Errorf("%w by signal: hangup", term.ErrInterrupted), exitInterrupted, "lockstep step: interrupted by signal: hangup\n"},
		{&term.Panic{Value: "torn", Stack: []byte("main.f()")}, exitInternal, "lockstep step: internal error: torn\n\nmain.f()\n"},
	} {
		var stderr bytes.Buffer
		a := &app{err: &stderr}
		if got := a.report("lockstep step", a.terminalError(c.err)); got != c.status || !strings.HasPrefix(stderr.String(), c.want) {
			t.Errorf("%v: status %d, want %d; it says\n%s", c.err, got, c.status, stderr.String())
		}
	}
}
