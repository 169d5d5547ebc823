package configstest

import (
	"testing"

	"lockstep/configs"
)

// Open makes a bundled scenario, or one in a file, ready to run.
func Open(t testing.TB, name string, set ...string) *configs.Program {
	t.Helper()
	s, diags := configs.Open(name)
	return program(t, s, diags, set)
}

// Load makes a scenario's text ready to run.
func Load(t testing.TB, text string, set ...string) *configs.Program {
	t.Helper()
	s, diags := configs.Load("test.toml", []byte(text))
	return program(t, s, diags, set)
}

func program(t testing.TB, s *configs.Scenario, diags configs.Diagnostics, set []string) *configs.Program {
	t.Helper()
	for ; len(diags) == 0 && len(set) > 0; set = set[2:] {
		diags = s.Set(set[0], set[1])
	}
	if len(diags) > 0 {
		t.Fatal(diags)
	}
	p, diags := configs.Prepare(s)
	if len(diags) > 0 {
		t.Fatal(diags)
	}
	return p
}
