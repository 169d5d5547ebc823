package selftest

import (
	"bytes"
	"flag"
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"

	"lockstep/cpu/lockdep"
)

var update = flag.Bool("update", false, "rewrite testdata/*.golden; read the diff")

// golden compares text with a file of testdata.
func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	file := "testdata/" + name + ".golden"
	if *update {
		if err := os.WriteFile(file, got, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("%s (-want +got):\n%s", file, diff)
	}
}

// asExpected are outcomes in which all went well.
func asExpected(cases []*Case, rules lockdep.Rules) []Outcome {
	var out []Outcome
	for _, c := range cases {
		want, _ := c.Want(rules)
		out = append(out, c.compare(rules, Got{Expectation: want}))
	}
	return out
}

// TestTable fixes the table of both suites.
func TestTable(t *testing.T) {
	for name, rules := range map[string]lockdep.Rules{"v4.4": lockdep.RulesV44, "new": lockdep.RulesNew} {
		var b bytes.Buffer
		WriteTable(&b, asExpected(Select(Bundled(), rules, false), rules))
		golden(t, "table-"+name, b.Bytes())
	}
}

// TestTableOfFailures: a wrong verdict is FAILED and counted, a wrong kind is
// neither; rows of a file of one's own stand where their variants belong.
func TestTableOfFailures(t *testing.T) {
	one := func(row, variant string, got, want Expectation) Outcome {
		c := &Case{Label: Label{ID: row + variant, Row: row, Group: "mine", Variant: variant}, Script: Script{Ops: make([]Op, 2)}, Expect: want}
		return c.compare(lockdep.RulesV44, Got{Expectation: got})
	}
	silent := Expectation{Op: -1}
	report := Expectation{Report: true, Kind: "recursive_locking", Op: 1}
	other := Expectation{Report: true, Kind: "circular_dependency", Op: 1}
	outcomes := []Outcome{
		one("first", "spin", silent, report), one("first", "mutex", report, report),
		one("second", "rsem", other, report), one("second", "wlock", report, silent),
		one("third", "odd", silent, silent), one("third", "odder", silent, silent),
	}
	var b bytes.Buffer
	WriteTable(&b, outcomes)
	for i := range outcomes {
		b.WriteString(outcomes[i].Case.Label.ID + ": " + outcomes[i].Difference() + "\n")
	}
	golden(t, "table-failures", b.Bytes())
}
