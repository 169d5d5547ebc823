package configs

import (
	"strconv"
	"strings"
	"testing"

	"github.com/cockroachdb/datadriven"
)

// TestDiagnostics walks the transcripts in testdata/diag. Commands:
//
//	load [complete]   loads the input; complete adds the keys that must be there
//	raw               loads the input, a Go string with escapes
//	open NAME         opens a bundled scenario or a file
func TestDiagnostics(t *testing.T) {
	datadriven.Walk(t, "testdata/diag", func(t *testing.T, path string) {
		datadriven.RunTest(t, path, func(t *testing.T, d *datadriven.TestData) string {
			var s *Scenario
			var diags Diagnostics
			switch d.Cmd {
			case "load":
				src := d.Input
				if d.HasArg("complete") {
					src += completion(src)
				}
				s, diags = Load("t.toml", []byte(src))
			case "raw":
				src, err := strconv.Unquote(d.Input)
				if err != nil {
					d.Fatalf(t, "input: %v", err)
				}
				s, diags = Load("t.toml", []byte(src))
			case "open":
				s, diags = Open(d.CmdArgs[0].Key)
			default:
				d.Fatalf(t, "unknown command %s", d.Cmd)
			}
			if (s == nil) != (len(diags) > 0) {
				d.Fatalf(t, "scenario %v with diagnostics %v", s, diags)
			}
			if s != nil {
				return "ok\n"
			}
			return diags.String()
		})
	})
}

// completion is what src lacks of the required keys, as lines to append.
func completion(src string) string {
	add := ""
	if !strings.Contains(src, "[[task]]") {
		add += "\n[[task]]\nname = \"filler\"\nbody = \"pass\"\n"
	}
	return add
}

func TestErrIsNilWithoutProblems(t *testing.T) {
	if err := (Diagnostics{}).Err(); err != nil {
		t.Errorf("Err() of no diagnostics is %v", err)
	}
	ds := Diagnostics{{File: "a", Line: 1, Col: 2, Msg: "m"}, {File: "b", Msg: "n", Hint: "h"}}
	if got, want := ds.Err().Error(), "a:1:2: error: m\nb: error: n (h)"; got != want {
		t.Errorf("Err() = %q, want %q", got, want)
	}
}
