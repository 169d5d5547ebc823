package sim

import (
	"bytes"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// drawToken makes any token that a run could have.
func drawToken(t *rapid.T) Token {
	picks := rapid.Custom(func(t *rapid.T) Pick {
		if rapid.Bool().Draw(t, "device") {
			return Pick{Device: rapid.IntRange(1, 1<<21).Draw(t, "source")}
		}
		return Pick{Proc: rapid.IntRange(0, 4095).Draw(t, "proc"), Steps: rapid.Uint64().Draw(t, "steps")}
	})
	tok := Token{
		Version: TokenVersion, Scenario: rapid.String().Draw(t, "scenario"), Fingerprint: rapid.Uint64().Draw(t, "fingerprint"),
		Settings: rapid.SliceOfN(rapid.String(), 0, 3).Draw(t, "settings"),
		Chooser:  rapid.SampledFrom([]string{"timed", "random"}).Draw(t, "chooser"), Seed: rapid.Uint64().Draw(t, "seed"),
		Picks: rapid.SliceOfN(picks, 0, 40).Draw(t, "picks"),
	}
	var at uint64
	for range rapid.IntRange(0, 5).Draw(t, "steered") {
		at += rapid.Uint64Range(1, 1<<40).Draw(t, "at")
		p := picks.Draw(t, "pick")
		p.Steps = 0
		tok.Steer = append(tok.Steer, Steer{at, p})
	}
	if rapid.Bool().Draw(t, "hashed") {
		tok.Hash, tok.Steps = Hash(rapid.Uint64().Draw(t, "hash")), rapid.Uint64Min(1).Draw(t, "steps")
	}
	if len(tok.Settings) == 0 {
		tok.Settings = nil // no settings and none given look the same
	}
	if len(tok.Picks) == 0 {
		tok.Picks = nil
	}
	return tok
}

// TestTokenRoundTrip: what is written is read as it was, whatever characters
// names and values have, and the short form is one word.
func TestTokenRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := drawToken(t)
		var file bytes.Buffer
		if err := want.Write(&file); err != nil {
			t.Fatal(err)
		}
		got, err := ReadToken(&file)
		if diff := cmp.Diff(want, got); err != nil || diff != "" {
			t.Fatalf("file form: %v (-want +got)\n%s", err, diff)
		}
		short := want.String()
		if f := strings.Fields(short); len(f) != 1 || f[0] != short {
			t.Fatalf("%q is not one word", short)
		}
		want.Picks, want.Hash, want.Steps = nil, 0, 0
		got, err = ParseToken(short)
		if diff := cmp.Diff(want, got); err != nil || diff != "" {
			t.Fatalf("short form: %v (-want +got)\n%s", err, diff)
		}
	})
}

// TestTokenFileForm fixes how the file looks to people.
func TestTokenFileForm(t *testing.T) {
	tok := Token{
		Version: TokenVersion, Scenario: "abba", Fingerprint: 0xc0ffee, Chooser: "timed", Seed: 7,
		Picks: []Pick{{Proc: 1, Steps: 15}, {Device: 3}}, Hash: 0xdecaf, Steps: 4567,
	}
	var b bytes.Buffer
	if err := tok.Write(&b); err != nil {
		t.Fatal(err)
	}
	want := "lockstep/3/abba/timed/7/0000000000c0ffee\n# hash 00000000000decaf steps 4567\np1x15 d3\n"
	if b.String() != want {
		t.Errorf("got\n%swant\n%s", b.String(), want)
	}
}

// TestTokenErrors: what is no token is refused, with the place and the reason.
func TestTokenErrors(t *testing.T) {
	const head = "lockstep/3/abba/timed/7/0000000000c0ffee"
	for _, c := range []struct{ text, want string }{
		{"", "line 1: no replay token"},
		{"hello", `line 1: not a replay token: it does not begin with "lockstep/"`},
		{"lockstep/one/abba", `"one" is no version number`},
		{"lockstep/99/abba/timed/7/0000000000c0ffee", "is of version 99, this program replays version 3"},
		{"lockstep/3/abba/timed/7", "has 5 parts where 6 are needed"},
		{"lockstep/3/abba/dice/7/0000000000c0ffee", `names the chooser "dice"`},
		{"lockstep/3/abba/timed+3q1/7/0000000000c0ffee", `has the choice "3q1"`},
		{"lockstep/3/abba/timed+3d0/7/0000000000c0ffee", `has the choice "3d0"`},
		{"lockstep/3/abba/timed+3p1+3p0/7/0000000000c0ffee", `has the choice "3p0" out of order`},
		{"lockstep/3/abba/timed/-7/0000000000c0ffee", `has the seed "-7"`},
		{"lockstep/3/abba/timed/7/c0ffee", `has the fingerprint "c0ffee"`},
		{"lockstep/3/%zz/timed/7/0000000000c0ffee", `has "%zz"`},
		{head + "?a=%4", `ends within "%4"`},
		{head + "\np1x2 q3", `line 2: "q3" is no choice`},
		{head + "\n\n# a remark\nd0", `line 4: "d0" is no choice`},
		{head + "\np9999999x1", `line 2: "p9999999x1" is no choice`},
		{head + "\n# hash c0ffee steps 3", `line 2: "# hash c0ffee steps 3" does not say a hash`},
		{head + "\n# hash 0000000000c0ffee steps 0", "does not say a hash"},
	} {
		_, err := ReadToken(strings.NewReader(c.text))
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%q:\ngot  %v\nwant %s", c.text, err, c.want)
		}
	}
}

// FuzzReadToken: no input makes reading panic, and what is accepted reads the
// same once it is written again.
func FuzzReadToken(f *testing.F) {
	f.Add("lockstep/3/abba/timed/7/0000000000c0ffee?params.order=same&a=%25\n# hash 00000000000decaf steps 4567\np1x15 d3\n")
	f.Add("lockstep/3/")
	f.Fuzz(func(t *testing.T, text string) {
		tok, err := ReadToken(strings.NewReader(text))
		if err != nil {
			return
		}
		var b bytes.Buffer
		if err := tok.Write(&b); err != nil {
			t.Fatal(err)
		}
		again, err := ReadToken(&b)
		if diff := cmp.Diff(tok, again); err != nil || diff != "" {
			t.Errorf("%v (-first +again)\n%s", err, diff)
		}
	})
}
