package configs

import (
	"maps"
	"slices"
)

// Expectation returns what is expected under the effective settings: the last
// [[expect]] whose conditions all hold, or, if there is none, that any run is
// clean.
func (s *Scenario) Expectation() Expect {
	for _, e := range slices.Backward(s.Expects) {
		if s.holds(e.When) {
			return e
		}
	}
	return Expect{Run: []string{"clean"}}
}

// holds says whether all settings have the given values. Loading has checked
// that they exist and could have them.
func (s *Scenario) holds(when map[string]any) bool {
	if len(when) == 0 {
		return true
	}
	next := s.Clone()
	c := newChecker(func(string, bool) Diagnostic { return Diagnostic{} })
	for _, key := range slices.Sorted(maps.Keys(when)) {
		st, ok := next.lookup(c, key)
		if !ok {
			return false
		}
		// Assigning brings the wanted value into the form of the effective one.
		was := st.kv()
		next.assign(c, st, when[key])
		if st, _ = next.lookup(c, key); len(c.diags) > 0 || st.kv() != was {
			return false
		}
	}
	return true
}
