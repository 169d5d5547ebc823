package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"lockstep/configs"
	"lockstep/sim"
)

// TestReport: each kind of error has its status and says what it must.
func TestReport(t *testing.T) {
	panicked := &sim.PanicError{Value: "cpu: broken", Stack: []byte("goroutine 1\nmain.f()\n")}
	diverged := &sim.DivergedError{Step: 12, Time: 34, Msg: "elsewhere"}
	place := configs.Diagnostics{{File: "a.toml", Line: 3, Col: 5, Msg: "wrong"}}
	for _, c := range []struct {
		err    error
		status int
		want   []string
	}{
		{nil, exitExpected, nil},
		{statusError(exitLimit), exitLimit, nil},
		{errors.New("bad flag"), exitUsage, []string{"lockstep run: error: bad flag\n", `try "lockstep run --help"`}},
		{diagnosed(place), exitUsage, []string{"a.toml:3:5: error: wrong\n"}},
		{runError(place.Err()), exitUsage, []string{"a.toml:3:5: error: wrong\n"}},
		{runError(diverged), exitDiverged, []string{"lockstep run: error: replay diverged at step 12"}},
		{runError(panicked), exitInternal, []string{"lockstep run: internal error: cpu: broken\n", "main.f()"}},
		{&configs.SeedError{Seed: 9, Err: panicked}, exitInternal, []string{"main.f()", "it was the run with --seed 9"}},
		{fmt.Errorf("batch: %w", &configs.SeedError{Seed: 9, Err: place.Err()}), exitUsage, []string{"a.toml:3:5: error: wrong\nlockstep run: it was the run with --seed 9"}},
	} {
		var stderr bytes.Buffer
		a := &app{err: &stderr}
		if got := a.report("lockstep run", c.err); got != c.status {
			t.Errorf("%v: status %d, want %d", c.err, got, c.status)
		}
		if len(c.want) == 0 && stderr.Len() > 0 {
			t.Errorf("%v: printed %q", c.err, stderr.String())
		}
		for _, w := range c.want {
			if !strings.Contains(stderr.String(), w) {
				t.Errorf("%v: printed %q, want %q in it", c.err, stderr.String(), w)
			}
		}
	}
}

// full is a file on a full disk.
type full struct{}

func (full) Write([]byte) (int, error) { return 0, errors.New("no space left on device") }

// TestUnwrittenResults: results that cannot be written are no success.
func TestUnwrittenResults(t *testing.T) {
	var stderr bytes.Buffer
	if got := run([]string{"list"}, full{}, &stderr); got != exitUsage {
		t.Errorf("status %d, want %d", got, exitUsage)
	}
	if want := "lockstep: error: writing the results: no space left on device\n"; stderr.String() != want {
		t.Errorf("stderr is %q, want %q", stderr.String(), want)
	}
}

// TestInterrupted: an interrupted command ends with status 130 and writes what
// it has, whatever that says.
func TestInterrupted(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	for _, args := range [][]string{
		{"run", "abba", "--seeds", "1..50"}, {"run", "abba", "--seeds", "1..50", "-o", "json"}, {"run", "abba", "--set", "lockdep.off=true"},
	} {
		var stdout, stderr bytes.Buffer
		a := &app{out: bufio.NewWriter(&stdout), err: &stderr, ctx: ctx}
		root := a.rootCommand()
		root.SetArgs(args)
		if got := a.report("lockstep", root.Execute()); got != exitInterrupted {
			t.Errorf("%v: status %d, want %d", args, got, exitInterrupted)
		}
		a.out.Flush()
		if !strings.Contains(stdout.String(), "0 of 50 runs done") && !strings.Contains(stdout.String(), `"done": 0`) && !strings.Contains(stdout.String(), "verdict: ") {
			t.Errorf("%v: no partial report in %q", args, stdout.String())
		}
	}
}

// TestProgress: a terminal has one line, written over; a log has a line every
// ten seconds and none before.
func TestProgress(t *testing.T) {
	for _, c := range []struct {
		tty  bool
		want string
	}{
		{true, "\r1 of 200 runs, 0 a second, 13m16s left\x1b[K\r20 of 200 runs, 2 a second, 1m39s left\x1b[K\r40 of 200 runs, 2 a second, 1m24s left\x1b[K\r\x1b[K"},
		{false, "20 of 200 runs, 2 a second, 1m39s left\n40 of 200 runs, 2 a second, 1m24s left\n"},
	} {
		var out bytes.Buffer
		now := time.Unix(0, 0)
		p := newProgress(&out, 200)
		p.tty, p.start, p.last, p.now = c.tty, now, now, func() time.Time { return now }
		for _, step := range []struct {
			at   time.Duration
			done uint64
		}{{4 * time.Second, 1}, {4*time.Second + 50*time.Millisecond, 2}, {11 * time.Second, 20}, {21 * time.Second, 40}} {
			now = time.Unix(0, 0).Add(step.at)
			p.done(step.done)
		}
		p.clear()
		if out.String() != c.want {
			t.Errorf("tty %v:\ngot  %q\nwant %q", c.tty, out.String(), c.want)
		}
	}
}
