package configs

import (
	"errors"
	"strings"
	"testing"

	"lockstep/sim"
)

// TestOpenTokenRepeats: a token, and the choices that were recorded, lead to
// the same run, with and without stacks.
func TestOpenTokenRepeats(t *testing.T) {
	for _, chooser := range []string{"", "random"} {
		s, diags := Open("abba")
		if diags := s.Override([]KV{{"machine.cpus", "3"}, {"params.order", "same"}}); len(diags) > 0 {
			t.Fatal(diags)
		}
		r, err := prepare(t, s, diags).Boot(Options{Seed: 11, Chooser: chooser, Record: true, Mutations: []string{"rcu.exp-no-wake"}}).Run()
		if err != nil {
			t.Fatal(err)
		}
		short, err := sim.ParseToken(r.Token.String())
		if err != nil {
			t.Fatal(err)
		}
		for _, tok := range []sim.Token{r.Token, short} {
			p, opt, diags := OpenToken(tok)
			if len(diags) > 0 {
				t.Fatal(diags)
			}
			for _, opt.Capture = range []bool{false, true} {
				again, err := p.Boot(opt).Run()
				if err != nil {
					t.Fatal(err)
				}
				if again.Hash != r.Hash || again.Steps != r.Steps || again.Token.String() != r.Token.String() {
					t.Errorf("chooser %q, %d picks, capture %v: %s after %d steps, %s\nwant %s after %d steps, %s", chooser, len(tok.Picks),
						opt.Capture, again.Hash, again.Steps, again.Token, r.Hash, r.Steps, r.Token)
				}
			}
		}
	}
}

// TestOpenTokenRefuses: what would not be the same run is refused.
func TestOpenTokenRefuses(t *testing.T) {
	s, _ := Open("abba")
	good := sim.Token{Version: sim.TokenVersion, Scenario: "abba", Fingerprint: s.Fingerprint(), Chooser: "timed", Seed: 1}
	if _, _, diags := OpenToken(good); len(diags) > 0 {
		t.Fatal(diags)
	}
	for _, c := range []struct {
		change func(*sim.Token)
		want   string
	}{
		{func(t *sim.Token) { t.Fingerprint++ }, "configs/abba.toml: error: the scenario has changed since the token was made: fingerprint "},
		{func(t *sim.Token) { t.Settings = []string{"params.order=same"} }, "has changed"},
		{func(t *sim.Token) { t.Settings = []string{"params.odor=same"} }, "unknown setting params.odor"},
		{func(t *sim.Token) { t.Settings = []string{"order"} }, `a setting without a value: "order"`},
		{func(t *sim.Token) { t.Settings = []string{"mutate=order"} }, `no mutation "order"`},
		{func(t *sim.Token) { t.Scenario = "baab" }, "no bundled scenario has this name"},
	} {
		tok := good
		c.change(&tok)
		if _, _, diags := OpenToken(tok); !strings.Contains(diags.String(), c.want) {
			t.Errorf("%s: got %q, want %q", tok, diags, c.want)
		}
	}
}

// TestChoiceBehindTheEnd: a token with a choice that the run does not live to
// see has diverged.
func TestChoiceBehindTheEnd(t *testing.T) {
	s, diags := Open("abba")
	p := prepare(t, s, diags)
	_, err := p.Boot(Options{Seed: 1, Steer: []sim.Steer{{At: 1 << 40, Pick: sim.Pick{Proc: 1}}}}).Run()
	var diverged *sim.DivergedError
	if !errors.As(err, &diverged) || !strings.Contains(diverged.Msg, "ends before the choice") {
		t.Errorf("it ends with %v", err)
	}
}
