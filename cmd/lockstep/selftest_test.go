package main

import (
	"bytes"
	"strings"
	"testing"

	"lockstep/configs/selftest"
	"lockstep/cpu/lockdep"
)

// someOutcomes are outcomes of each shape, made by hand: a change of a rule
// does not change the golden files.
func someOutcomes() []selftest.Outcome {
	silent := selftest.Expectation{Op: -1}
	report := selftest.Expectation{Report: true, Kind: "recursive_locking", Op: 1}
	other := selftest.Expectation{Report: true, Kind: "circular_dependency", Op: 0}
	op := selftest.Op{Do: selftest.DoLock, Lock: selftest.Lock{Family: selftest.Spin, Name: "X1"}}
	one := func(variant string, want, got selftest.Expectation) selftest.Outcome {
		c := &selftest.Case{
			Label:  selftest.Label{ID: "v4.4:AA_" + variant, Row: "A-A deadlock", Group: "AA", Variant: variant},
			Script: selftest.Script{Ops: []selftest.Op{op, op}}, Expect: want,
		}
		return selftest.Outcome{Case: c, Want: want, Got: selftest.Got{Expectation: got}, KindCounts: true}
	}
	out := []selftest.Outcome{one("spin", report, report), one("wlock", report, other), one("rlock", silent, silent), one("mutex", report, silent)}
	out[0].Got.Text = "\n=============================================\n[ INFO: possible recursive locking detected ]\n"
	out[2].Got.Trouble = "op 0 (lock spin.X1) returned 1, the kernel's test expects 0"
	out[3].Case.APINote = "this kernel does not track it"
	out[0].Got.Instances = lockdep.Impossible
	return out
}

// TestSelftestGolden fixes both forms.
func TestSelftestGolden(t *testing.T) {
	f := &selftestFlags{verbose: true, rules: oneOf{value: "v4.4"}}
	var text, obj bytes.Buffer
	writeSelftest(&text, f, someOutcomes(), 4)
	golden(t, "selftest.txt", text.Bytes())
	if err := writeJSON(&obj, selftestJSON(f, someOutcomes(), 4)); err != nil {
		t.Fatal(err)
	}
	golden(t, "selftest.json", obj.Bytes())
}

// TestSelftestFailures: kinds and operations count unless only verdicts do.
func TestSelftestFailures(t *testing.T) {
	if got := failures(someOutcomes(), false); got != 3 {
		t.Errorf("%d failures, want 3", got)
	}
	if got := failures(someOutcomes(), true); got != 1 {
		t.Errorf("%d failures by the verdict alone, want 1", got)
	}
}

// TestSelftestInterrupted: a table of some of the cases does not pass for one of
// all.
func TestSelftestInterrupted(t *testing.T) {
	f := &selftestFlags{rules: oneOf{value: "v4.4"}}
	var text bytes.Buffer
	writeSelftest(&text, f, someOutcomes(), 253)
	if want := "\ninterrupted: 4 of 253 cases done\n"; !strings.Contains(text.String(), want) {
		t.Errorf("%q is not in\n%s", want, &text)
	}
	if j := selftestJSON(f, someOutcomes(), 253); !j.Interrupted || j.Total != 4 {
		t.Errorf("%+v", j)
	}
}
