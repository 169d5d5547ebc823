package main

import (
	"bytes"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// offsets within functions move with every edit of a function; the rest of a
// transcript does not.
var offsets = regexp.MustCompile(`\[<[0-9a-f]{16}>\]|\+0x[0-9a-f]+/0x[0-9a-f]+`)

// TestReadme runs the command that the README begins with and compares.
func TestReadme(t *testing.T) {
	text, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	var command string
	var want []string
	for line := range strings.Lines(string(text)) {
		rest, indented := strings.CutPrefix(line, "    ")
		switch {
		case command == "":
			if c, ok := strings.CutPrefix(rest, "$ lockstep "); indented && ok {
				command = strings.TrimSpace(c)
			}
		case indented:
			want = append(want, strings.TrimRight(rest, "\n"))
		case strings.TrimSpace(line) == "":
			want = append(want, "")
		default:
			goto found
		}
	}
found:
	var out, errs bytes.Buffer
	if code := run(strings.Fields(command), &out, &errs); code != 0 {
		t.Fatalf("lockstep %s: exit %d\n%s", command, code, errs.String())
	}
	got := strings.TrimRight(out.String(), "\n")
	wanted := strings.TrimRight(strings.Join(want, "\n"), "\n")
	if diff := cmp.Diff(offsets.ReplaceAllString(wanted, ""), offsets.ReplaceAllString(got, "")); diff != "" {
		t.Errorf("README transcript of %q is stale (-README +now):\n%s", command, diff)
	}
}

// TestReadmeScreen: the screen in the README is the one that the terminal's
// tests have seen.
func TestReadmeScreen(t *testing.T) {
	text, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	golden, err := os.ReadFile("../../ui/testdata/screens/deadlock_80x24.txt")
	if err != nil {
		t.Fatal(err)
	}
	screen, _, _ := strings.Cut(string(golden), "\n-----")
	var want strings.Builder
	for line := range strings.Lines(screen) {
		want.WriteString(strings.TrimRight("    "+line, " \n") + "\n")
	}
	if !strings.Contains(string(text), want.String()) {
		t.Errorf("the README's screen is stale; now it is\n%s", want.String())
	}
}
