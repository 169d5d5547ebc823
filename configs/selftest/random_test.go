package selftest

import (
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"lockstep/cpu/lockdep"
)

// randomOps draws operations that a file could have.
func randomOps(t *rapid.T) []Op {
	var ops []Op
	b := &balance{open: map[Do]int{}}
	n := rapid.IntRange(1, 12).Draw(t, "n")
	for len(ops) < n {
		op := randomOp(t)
		l := &loader{data: []byte("x")}
		if b.check(l, 0, &op); len(l.diags) == 0 {
			ops = append(ops, op)
		}
	}
	return ops
}

func randomOp(t *rapid.T) Op {
	op := Op{
		Do:  Do(rapid.IntRange(0, len(doTable)-1).Draw(t, "do")),
		How: rapid.SampledFrom(howNames).Draw(t, "how"), Field: rapid.SampledFrom(fieldNames).Draw(t, "field"),
		GFP: rapid.SampledFrom(gfpNames).Draw(t, "gfp"), Threaded: rapid.Bool().Draw(t, "threaded"), Trylock: rapid.Bool().Draw(t, "try"),
	}
	fields := doTable[op.Do].fields
	if strings.Contains(fields, "lock") {
		f := WW
		if !op.Do.onWW() {
			f = Family(rapid.IntRange(0, int(WW)-1).Draw(t, "family"))
		}
		op.Lock = Lock{f, rapid.SampledFrom(instanceNames(f)[:3]).Draw(t, "name")}
		var kinds []Kind
		for k := range kindTable {
			if kindTable[k].of == f {
				kinds = append(kinds, Kind(k))
			}
		}
		op.Kind = rapid.SampledFrom(kinds).Draw(t, "kind")
	}
	if strings.Contains(fields, "ctx") || strings.Contains(fields, "dst") {
		op.Ctx = rapid.SampledFrom([]Ctx{CtxT, CtxT2}).Draw(t, "ctx")
	}
	op.Src = CtxT
	return op
}

// TestAnyScript: whatever a script does, its machine comes to an end with a
// verdict, and it dies of nothing but a lock that is given back in another way
// than it was taken, which the validator cannot see.
func TestAnyScript(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := &Script{Ops: randomOps(t)}
		rules := rapid.SampledFrom([]lockdep.Rules{lockdep.RulesV44, lockdep.RulesNew, lockdep.RulesExact}).Draw(t, "rules")
		got, err := Execute(s, Options{Rules: rules})
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(got.Trouble, "died") && !strings.Contains(got.Trouble, "not held") {
			t.Fatalf("%v: %s\n%s", rules, got.Trouble, fmt.Sprint(s.Ops))
		}
	})
}
