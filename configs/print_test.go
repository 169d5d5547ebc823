package configs

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"
)

// sameScenario compares what two scenarios say, not where they were read.
var sameScenario = cmpopts.IgnoreUnexported(Scenario{})

// mustOpen opens a scenario that must be sound.
func mustOpen(t testing.TB, name string) *Scenario {
	t.Helper()
	s, diags := Open(name)
	if len(diags) > 0 {
		t.Fatalf("opening %s:\n%s", name, diags)
	}
	return s
}

// printed is what Print writes.
func printed(t testing.TB, s *Scenario) string {
	t.Helper()
	var b bytes.Buffer
	if err := Print(&b, s); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// testScenarios are all scenarios at hand: the bundled and those of the tests.
func testScenarios(t testing.TB) []*Scenario {
	t.Helper()
	var all []*Scenario
	for _, info := range Bundled() {
		all = append(all, mustOpen(t, info.Name))
	}
	files, err := filepath.Glob("testdata/files/*.toml")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		all = append(all, mustOpen(t, file))
	}
	return all
}

func TestPrintReloads(t *testing.T) {
	for _, s := range testScenarios(t) {
		text := printed(t, s)
		again, diags := Load("printed.toml", []byte(text))
		if len(diags) > 0 {
			t.Fatalf("%s, printed:\n%s", s.File(), diags)
		}
		if d := cmp.Diff(s, again, sameScenario); d != "" {
			t.Errorf("%s changed by printing and loading (-before +after):\n%s", s.File(), d)
		}
		if s.Fingerprint() != again.Fingerprint() {
			t.Errorf("%s: fingerprint changed by printing and loading", s.File())
		}
		if second := printed(t, again); second != text {
			t.Errorf("%s prints differently the second time:\n%s", s.File(), cmp.Diff(text, second))
		}
	}
}

// TestPrintGolden shows what a person reads. To rewrite it after a wanted
// change, run with UPDATE=1 and read the diff.
func TestPrintGolden(t *testing.T) {
	const golden = "testdata/print/full.toml"
	got := printed(t, mustOpen(t, "testdata/files/full.toml"))
	if os.Getenv("UPDATE") != "" {
		if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(string(want), got); d != "" {
		t.Errorf("printed differs from %s (-want +got):\n%s", golden, d)
	}
}

// Whatever a text contains, printing quotes it so that it reads back.
func TestTextReadsBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringMatching(`([a"'\\ \n\t]|[\x00-\x20\x7f]|é|"""|''')*`).Draw(t, "text")
		for _, quoted := range []string{quoteText(text), quoteBasic(text)} {
			if got := readString(quoted, 0); got.text != text || got.end != len(quoted) {
				t.Fatalf("%q quoted as %s reads as %q, %d of %d bytes", text, quoted, got.text, got.end, len(quoted))
			}
			full := "title = " + quoted + "\nstory = \"s\"\n[[task]]\nname = \"a\"\nbody = \"pass\"\n"
			s, diags := Load("t.toml", []byte(full))
			if strings.TrimSpace(text) == "" {
				continue // refused as empty
			}
			if len(diags) > 0 {
				t.Fatalf("%s:\n%s", quoted, diags)
			}
			if s.Title != text {
				t.Fatalf("%q quoted as %s loads as %q", text, quoted, s.Title)
			}
		}
	})
}
