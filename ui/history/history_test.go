package history

import (
	"context"
	"errors"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"lockstep/configs"
	"lockstep/configs/configstest"
	"lockstep/sim"
)

func open(t testing.TB, name string, seed uint64) *Session {
	t.Helper()
	return openWith(t, configstest.Open(t, name), configs.Options{Seed: seed})
}

func openWith(t testing.TB, p *configs.Program, opt configs.Options) *Session {
	t.Helper()
	s, err := Open(p, opt, opt.Steer)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

// narrow makes a session's window so narrow that a short run does not fit in
// it, and machines have to be parked.
func narrow(s *Session) *Session {
	s.win.width, s.bench.width = 8, 8
	return s
}

var ctx = context.Background()

// picture is what a snapshot says, short enough to compare.
func picture(s *Session) string {
	at := s.At()
	var b strings.Builder
	for _, c := range at.CPUs {
		b.WriteString(c.Name + " " + c.Op.Name + " " + c.Op.Object + " ")
		if len(c.Frames) > 0 {
			b.WriteString(c.Frames[0].Func)
		}
		b.WriteString(c.Time.String() + "\n")
	}
	for _, l := range at.Locks {
		if l.Owner != "" {
			b.WriteString(l.Name + " " + l.Owner + "\n")
		}
	}
	return b.String()
}

// TestSameRun: a session that goes to the end has made the run that run makes,
// and its token is that run's.
func TestSameRun(t *testing.T) {
	for _, chooser := range []string{"timed", "random"} {
		for _, name := range []string{"abba", "perf-deadlock-2cpu", "printk-under-rq"} {
			opt := configs.Options{Seed: 6, Chooser: chooser}
			s := openWith(t, configstest.Open(t, name), opt)
			if err := s.Goto(ctx, 1<<40, nil); !errors.Is(err, ErrEnd) {
				t.Fatal(err)
			}
			r, err := s.prog.Boot(opt).Run()
			if err != nil {
				t.Fatal(err)
			}
			got := s.live.M.Result()
			if got.Hash != r.Hash || got.Steps != r.Steps || s.At().End != r.Verdict {
				t.Errorf("%s %s: %s in %d, %s; run says %s in %d, %s", name, chooser, got.Hash, got.Steps, s.At().End, r.Hash, r.Steps, r.Verdict)
			}
			if s.Token().String() != r.Token.String() {
				t.Errorf("token %s, run's is %s", s.Token(), r.Token)
			}
		}
	}
}

// TestBackIsForward: wherever one comes from, a step looks the same.
func TestBackIsForward(t *testing.T) {
	ref := open(t, "perf-deadlock-2cpu", 3)
	var want []string
	for ref.Goto(ctx, 0, nil); ; {
		want = append(want, picture(ref))
		if err := ref.Goto(ctx, ref.Step()+1, nil); err != nil {
			break
		}
	}
	rapid.Check(t, func(rt *rapid.T) {
		s := narrow(open(t, "perf-deadlock-2cpu", 3))
		for range rapid.IntRange(1, 12).Draw(rt, "moves") {
			n := uint64(rapid.IntRange(0, len(want)-1).Draw(rt, "step"))
			if rapid.Bool().Draw(rt, "near") && s.Step() > 0 {
				n = s.Step() - 1
			}
			if err := s.Goto(ctx, n, nil); err != nil && !errors.Is(err, ErrEnd) {
				rt.Fatal(err)
			}
			if s.Step() != n || s.At().Step != n {
				rt.Fatalf("stands at %d, %d, not at %d", s.Step(), s.At().Step, n)
			}
			if got := picture(s); got != want[n] {
				rt.Fatalf("step %d\n%s\nwant\n%s", n, got, want[n])
			}
		}
	})
}

// TestByHand steers a run, undoes it, and replays the token.
func TestByHand(t *testing.T) {
	s := narrow(open(t, "abba", 1))
	start := picture(s)
	rapidPick := func(n int) {
		for range n {
			for i := range s.At().CPUs {
				c := (i + int(s.Step())) % len(s.At().CPUs)
				if s.Choose(ctx, sim.Pick{Proc: c}) == nil {
					break
				}
			}
		}
	}
	rapidPick(60)
	if len(s.Choices()) == 0 {
		t.Fatal("nothing was chosen")
	}
	tok, err := sim.ParseToken(s.Token().String())
	if err != nil {
		t.Fatal(err)
	}
	at, here := s.Step(), picture(s)
	for _, n := range []uint64{0, at, s.Start() + 5, at, 3, at} { // machines parked on the way know the choices
		if s.Goto(ctx, n, nil); n == at && picture(s) != here {
			t.Fatalf("back at %d it looks other:\n%s\nwant\n%s", at, picture(s), here)
		}
	}
	p, opt, diags := configs.OpenToken(tok)
	if diags != nil {
		t.Fatal(diags)
	}
	again, err := Open(p, opt, opt.Steer)
	if err != nil {
		t.Fatal(err)
	}
	defer again.Close()
	if err := again.Goto(ctx, at, nil); err != nil || picture(again) != here {
		t.Errorf("the token leads elsewhere: %v\n%s\nwant\n%s", err, picture(again), here)
	}
	if err := s.Goto(ctx, 1<<40, nil); !errors.Is(err, ErrEnd) {
		t.Fatal(err)
	}
	r, err := p.Boot(opt).Run()
	if err != nil || r.Hash != s.live.M.Result().Hash {
		t.Errorf("a replay of the token comes to another hash: %v", err)
	}
	for len(s.Choices()) > 0 {
		if err := s.Undo(ctx); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Goto(ctx, s.Start(), nil); err != nil || picture(s) != start {
		t.Errorf("undone, the start is another: %v\n%s", err, picture(s))
	}
}

// TestFind: each search stops where a walk step by step would, forwards and
// backwards.
func TestFind(t *testing.T) {
	s := open(t, "perf-deadlock-2cpu", 3)
	s.Goto(ctx, 1<<40, nil)
	last := s.Step()
	for name, stop := range map[string]func() Stop{
		"lock":      func() Stop { return OnLock("") },
		"switch":    OnSwitch,
		"interrupt": OnInterrupt,
		"cpu":       func() Stop { return OnCPU(1) },
		"function":  func() Stop { return OnFunc("rcu_read_unlock_special") },
	} {
		var ahead []uint64
		s.Goto(ctx, s.Start(), nil)
		for s.Find(ctx, Forward, stop, nil) == nil {
			ahead = append(ahead, s.Step())
		}
		if s.Step() != last {
			t.Errorf("%s: ends at %d, not at the end %d", name, s.Step(), last)
		}
		if len(ahead) == 0 {
			t.Fatalf("%s: nothing found", name)
		}
		n := len(ahead)
		if ahead[n-1] == last {
			n-- // it stands there
		}
		for ; n > 0; n-- {
			if err := s.Find(ctx, Backward, stop, nil); err != nil || s.Step() != ahead[n-1] {
				t.Fatalf("%s: backwards at %d (%v), forwards at %d", name, s.Step(), err, ahead[n-1])
			}
		}
	}
}

// TestRecordedPicks: a token with recorded choices opens as the run that it
// repeats; if they are the chooser's own, nothing is steered.
func TestRecordedPicks(t *testing.T) {
	s := open(t, "perf-deadlock-2cpu", 3)
	opt := s.opt
	opt.Record = true
	r, err := s.prog.Boot(opt).Run()
	if err != nil {
		t.Fatal(err)
	}
	again, err := Open(s.prog, configs.Options{Seed: 3, Picks: r.Token.Picks}, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer again.Close()
	if len(r.Token.Picks) == 0 || len(again.Choices()) != 0 {
		t.Errorf("%d picks became %d choices", len(r.Token.Picks), len(again.Choices()))
	}
	if err := again.Goto(ctx, 1<<40, nil); !errors.Is(err, ErrEnd) || again.live.M.Result().Hash != r.Hash {
		t.Errorf("it comes to %v", err)
	}
	// Those of a run that was steered stay choices.
	for range 200 { // against the grain
		if s.Choose(ctx, sim.Pick{Proc: 1 - max(s.At().NextCPU, 0)}) != nil {
			s.Goto(ctx, s.Step()+1, nil)
		}
	}
	opt.Steer = s.Choices()
	if r, err = s.prog.Boot(opt).Run(); err != nil {
		t.Fatal(err)
	}
	steered, err := Open(s.prog, configs.Options{Seed: 3, Picks: r.Token.Picks}, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer steered.Close()
	if err := steered.Goto(ctx, 1<<40, nil); !errors.Is(err, ErrEnd) || steered.live.M.Result().Hash != r.Hash || len(steered.Choices()) == 0 {
		t.Errorf("steered it comes to %v with %d choices", err, len(steered.Choices()))
	}
}
