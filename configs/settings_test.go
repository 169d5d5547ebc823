package configs

import (
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/cockroachdb/datadriven"
	"github.com/google/go-cmp/cmp"
)

// TestSet walks the transcripts in testdata/set. Commands:
//
//	open NAME     opens a scenario for the commands that follow
//	set           sets each KEY=VALUE line of the input, as one override
//	apply NAME    applies a variant
//	settings      lists the effective settings
//	overrides     lists the overrides
//	expect        shows the expectation under the effective settings
func TestSet(t *testing.T) {
	datadriven.Walk(t, "testdata/set", func(t *testing.T, path string) {
		var s *Scenario
		datadriven.RunTest(t, path, func(t *testing.T, d *datadriven.TestData) string {
			switch d.Cmd {
			case "open":
				s = mustOpen(t, d.CmdArgs[0].Key)
				return ""
			case "set":
				var kvs []KV
				for line := range strings.Lines(d.Input) {
					k, v, _ := strings.Cut(strings.TrimSuffix(line, "\n"), "=")
					kvs = append(kvs, KV{k, v})
				}
				return outcome(t, s, func() Diagnostics { return s.Override(kvs) })
			case "apply":
				return outcome(t, s, func() Diagnostics { return s.Apply(d.CmdArgs[0].Key) })
			case "settings":
				return lines(s.Settings())
			case "overrides":
				return lines(s.Overrides())
			case "expect":
				e := s.Expectation()
				return fmt.Sprintf("run %v search %q classes %q\n", e.Run, e.Search, e.Classes)
			}
			d.Fatalf(t, "unknown command %s", d.Cmd)
			return ""
		})
	})
}

// outcome runs a change, and checks that a refused one left no trace.
func outcome(t *testing.T, s *Scenario, change func() Diagnostics) string {
	before := s.Clone()
	diags := change()
	if len(diags) == 0 {
		return "ok\n"
	}
	if d := cmp.Diff(before, s, sameScenario); d != "" {
		t.Errorf("a refused override changed the scenario:\n%s", d)
	}
	if d := cmp.Diff(before.Overrides(), s.Overrides()); d != "" {
		t.Errorf("a refused override was noted:\n%s", d)
	}
	return diags.String()
}

func lines(kvs []KV) string {
	var b strings.Builder
	for _, kv := range kvs {
		b.WriteString(kv.Key + "=" + kv.Value + "\n")
	}
	return b.String()
}

// another is a permitted value of the setting that differs from its present one.
func another(t *testing.T, st setting) string {
	switch st.val.Kind() {
	case reflect.Bool:
		return fmt.Sprint(!st.val.Bool())
	case reflect.Slice:
		if st.key == "machine.llc" {
			return "[[0], [1]]"
		}
		return "[1]"
	case reflect.Float64:
		return "0.125"
	case reflect.String:
		if st.f.free { // CPUs
			return "1"
		}
		if st.f.choices == nil {
			return st.val.String() + "!"
		}
		for _, c := range st.f.choices {
			if c != st.val.String() {
				return c
			}
		}
	case reflect.Int, reflect.Int64:
		switch st.key { // of the four CPUs
		case "machine.topology.cores":
			return "4"
		case "machine.topology.sockets", "machine.topology.threads":
			return "2"
		}
		for _, c := range st.f.choices {
			if c != fmt.Sprint(st.val.Int()) {
				return c
			}
		}
		if st.f.ranged && float64(st.val.Int()) == st.f.hi {
			return fmt.Sprint(st.val.Int() - 1)
		}
		return fmt.Sprint(st.val.Int() + 1)
	}
	t.Fatalf("no other value for %s", st.key)
	return ""
}

// Each setting counts in the fingerprint, shows in Settings and Overrides, and
// setting it back restores the fingerprint.
func TestEverySettingCounts(t *testing.T) {
	open := func() *Scenario { // with time for every detector to speak
		s := mustOpen(t, "testdata/files/full.toml")
		if diags := s.Set("machine.time_limit_ms", "300_000"); len(diags) > 0 {
			t.Fatal(diags)
		}
		return s
	}
	fresh := open()
	seen := map[uint64]string{fresh.Fingerprint(): "no change"}
	for _, st := range fresh.settings() {
		s, value := open(), another(t, st)
		if diags := s.Set(st.key, value); len(diags) > 0 {
			t.Errorf("%s", diags)
			continue
		}
		if other, ok := seen[s.Fingerprint()]; ok {
			t.Errorf("%s=%s has the fingerprint of %s", st.key, value, other)
		}
		seen[s.Fingerprint()] = st.key
		if cmp.Equal(s.Settings(), fresh.Settings()) {
			t.Errorf("%s=%s does not show in Settings", st.key, value)
		}
		twin := open()
		if diags := twin.Override(s.Overrides()); len(diags) > 0 || !cmp.Equal(s, twin, sameScenario) {
			t.Errorf("%s=%s: overrides %v do not make an equal scenario: %s", st.key, value, s.Overrides(), diags)
		}
		if diags := s.Set(st.key, st.kv().Value); len(diags) > 0 || s.Fingerprint() != fresh.Fingerprint() {
			t.Errorf("%s: setting it back does not restore the fingerprint: %s", st.key, diags)
		}
	}
}

// What a run cannot see does not count; names, kinds, bodies and order do.
func TestFingerprintCoversTheRun(t *testing.T) {
	fresh := mustOpen(t, "testdata/files/full.toml")
	cases := []struct {
		what   string
		counts bool
		change func(s *Scenario)
	}{
		{"title", false, func(s *Scenario) { s.Title += "!" }},
		{"story", false, func(s *Scenario) { s.Story += "!" }},
		{"expectations", false, func(s *Scenario) { s.Expects = nil }},
		{"variants", false, func(s *Scenario) { s.Variants = nil }},
		{"a body", true, func(s *Scenario) { s.Tasks[1].Body += "\n" }},
		{"a task's name", true, func(s *Scenario) { s.Tasks[1].Name = "multiple" }},
		{"order of tasks", true, func(s *Scenario) { s.Tasks[0], s.Tasks[1] = s.Tasks[1], s.Tasks[0] }},
		{"kind of a shared object", true, func(s *Scenario) { s.Shared[2] = SharedSpec{Lock: "done", Count: 1} }},
		{"type of a parameter", true, func(s *Scenario) { s.Params["rounds"] = "3" }},
	}
	for _, c := range cases {
		s := fresh.Clone()
		c.change(s)
		if changed := s.Fingerprint() != fresh.Fingerprint(); changed != c.counts {
			t.Errorf("changing %s: fingerprint changed is %v, want %v", c.what, changed, c.counts)
		}
	}
}

// The fingerprint is part of replay tokens: a change of this value makes all
// tokens given out so far invalid, and needs a new fingerprintVersion.
func TestFingerprintIsStable(t *testing.T) {
	const want = 0xc83959597b82c49b
	if got := mustOpen(t, "testdata/files/full.toml").Fingerprint(); got != want {
		t.Errorf("fingerprint is %#x, want %#x", got, uint64(want))
	}
}

func TestCloneIsApart(t *testing.T) {
	a := mustOpen(t, "abba")
	b := a.Clone()
	if diags := b.Override([]KV{{"params.order", "same"}, {"task.t1.nice", "3"}, {"machine.cpus", "8"}}); len(diags) > 0 {
		t.Fatal(diags)
	}
	if d := cmp.Diff(mustOpen(t, "abba"), a, sameScenario); d != "" {
		t.Errorf("overriding a clone changed the original:\n%s", d)
	}
}
