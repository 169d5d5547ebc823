package selftest

import (
	"fmt"
	"slices"
	"strings"

	"lockstep/cpu/lockdep"
)

// Got is what running a script came to.
type Got struct {
	Expectation        // verdict, kind and operation, as the machine has them
	Text        string // the report, if it was asked for
	Trouble     string // a return value the kernel does not expect, or why the case could not go on; usually empty
	Stopped     bool   // it did not come to its end, for Trouble
	// Instances is what lockdep.RulesExact says beside the verdict on classes:
	// can it happen to these very locks?
	Instances lockdep.Verdict
}

// Outcome is a case beside what it came to.
type Outcome struct {
	Case *Case       // what was run
	Want Expectation // by the rules that judged
	Got  Got         // what came of it
	// KindCounts is false if only the verdict can be expected: the suite of
	// v4.4 was never derived by other rules, which give other kinds.
	KindCounts bool
}

// Want is what a rule set should say of a case. kindCounts is false if only the
// verdict is known, as for v4.4's suite by other rules, which give other kinds.
func (c *Case) Want(rules lockdep.Rules) (e Expectation, kindCounts bool) {
	switch {
	case rules == lockdep.RulesV44 && c.Script.Kernel != V44:
		if c.OnV44 != nil {
			return *c.OnV44, true
		}
		return c.Expect, false
	case rules != lockdep.RulesV44 && c.Script.Kernel == V44:
		return c.Expect, false
	}
	return c.Expect, true
}

// Select returns the cases of the kernel that a rule set is that of, or all.
func Select(cases []*Case, rules lockdep.Rules, all bool) []*Case {
	kernel := New
	if rules == lockdep.RulesV44 {
		kernel = V44
	}
	var out []*Case
	for _, c := range cases {
		if all || c.Script.Kernel == kernel {
			out = append(out, c)
		}
	}
	return out
}

// compare puts what came of a case beside what should have.
func (c *Case) compare(rules lockdep.Rules, got Got) Outcome {
	want, kinds := c.Want(rules)
	return Outcome{Case: c, Want: want, Got: got, KindCounts: kinds}
}

// VerdictOK tells whether the verdict is the expected one, which is all that
// the kernel compares. What hung or died has none: the kernel's suite would not
// have gone on.
func (o *Outcome) VerdictOK() bool { return !o.Got.Stopped && o.Got.Report == o.Want.Report }

// OK tells whether nothing is otherwise than expected.
func (o *Outcome) OK() bool { return o.Difference() == "" }

// Difference says what is otherwise than expected, empty if nothing is.
func (o *Outcome) Difference() string {
	var parts []string
	if o.Got.Report != o.Want.Report || o.KindCounts && o.Got.Expectation != o.Want {
		parts = append(parts, fmt.Sprintf("expected %s, got %s", o.describe(o.Want), o.describe(o.Got.Expectation)))
	}
	if o.Got.Trouble != "" {
		parts = append(parts, o.Got.Trouble)
	}
	return strings.Join(parts, "; ")
}

// Reason says why a difference is no surprise, empty if nothing is known.
func (o *Outcome) Reason() string {
	switch {
	case o.OK():
		return ""
	case o.Case.Script.Kernel == V44 && !o.KindCounts && o.Case.Script.basesInContext():
		return "newer kernels' ww_acquire_init() takes a lock of the mutexes' class for the validator; their suite has it later in this case"
	}
	return o.Case.APINote
}

// basesInContext tells whether a context is open when the mutex inside a ww
// mutex is taken as a mutex.
func (s *Script) basesInContext() bool {
	open := slices.IndexFunc(s.Ops, func(o Op) bool { return o.Do == DoWWInit })
	return open >= 0 && slices.ContainsFunc(s.Ops[open:], func(o Op) bool { return o.Do == DoBaseLock })
}

// OnInstances says how the verdict on instances differs from that on classes,
// empty if it does not or there is none. Both are right: classes stand for what
// other instances may do.
func (o *Outcome) OnInstances() string {
	switch {
	case o.Got.Instances == lockdep.Unknown:
		return "not known: too many instances"
	case o.Got.Instances != lockdep.Impossible:
		return ""
	case o.Got.Kind == "recursive_locking":
		return "impossible: two locks of one class are taken, not one lock twice"
	}
	return "impossible: the classes close a cycle, the locks seen so far do not"
}

// Describe is what came of the case, in words.
func (o *Outcome) Describe() string { return o.describe(o.Got.Expectation) }

// describe is an expectation in words: silent, or kind and operation.
func (o *Outcome) describe(e Expectation) string {
	if !e.Report {
		return e.Verdict()
	}
	return fmt.Sprintf("%s at op %d (%s)", e.Kind, e.Op, o.Case.Script.opText(e.Op))
}

// opText is an operation in a few words.
func (s *Script) opText(i int) string {
	if i < 0 || i >= len(s.Ops) {
		return "no operation"
	}
	return s.Ops[i].String()
}

// String is the operation in a few words, such as "lock spin.X2".
func (o Op) String() string {
	var b strings.Builder
	b.WriteString(o.Do.String())
	has := func(field string) bool {
		for _, f := range strings.Fields(doTable[o.Do].fields) {
			if strings.TrimRight(f, "?0") == field {
				return true
			}
		}
		return false
	}
	if has("lock") {
		b.WriteString(" " + o.Lock.String())
	}
	if has("kind") && (o.Lock.Family == RWLock || o.Lock.Family == RWSem) {
		b.WriteString(" as " + kindTable[o.Kind].name)
	}
	if has("ctx") || has("dst") {
		b.WriteString(" " + o.Ctx.String())
	}
	if has("gfp") {
		b.WriteString(" " + o.GFP)
	}
	return b.String()
}
