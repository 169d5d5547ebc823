package lockdep

import "fmt"

// Rules is a rule set: which kernel's lockdep judges
// (docs/kernel/lockdep.md §1).
type Rules uint8

// Rule sets.
const (
	// RulesV44 is v4.4, bug for bug.
	RulesV44 Rules = iota
	// RulesNew is 5.10 and later: recursive readers take part in the graph,
	// wait types are checked, reports have their newer shapes.
	RulesNew
	// RulesExact is RulesNew without its known false negatives (see search and
	// checkPrevsAdd), and with a verdict on instances beside that on classes.
	RulesExact
)

var rulesNames = [...]string{"v4.4", "new", "exact"}

// String is "v4.4", "new" or "exact".
func (r Rules) String() string { return rulesNames[r] }

// ParseRules is the inverse of String.
func ParseRules(s string) (Rules, error) {
	for i, n := range rulesNames {
		if s == n {
			return Rules(i), nil
		}
	}
	return 0, fmt.Errorf("lockdep rules %q: want v4.4, new or exact", s)
}

// Rules returns the rule set that v was made with.
func (v *Validator) Rules() Rules { return v.cfg.Rules }
