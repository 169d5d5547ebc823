package configs

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// askedMutations finds the names that kernel paths ask Mutated for. A name is
// a string, or a constant that is one.
func askedMutations(t *testing.T) []string {
	t.Helper()
	consts, asked := map[string]string{}, map[string]bool{}
	var args []ast.Expr
	for _, layer := range []string{"sim", "cpu", "irq", "printk", "rcu", "perf"} {
		err := filepath.WalkDir("../"+layer, func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
				return err
			}
			file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
			if err != nil {
				return err
			}
			ast.Inspect(file, func(n ast.Node) bool {
				switch n := n.(type) {
				case *ast.ValueSpec:
					for i, v := range n.Values {
						if lit, ok := v.(*ast.BasicLit); ok && lit.Kind == token.STRING {
							consts[n.Names[i].Name], _ = strconv.Unquote(lit.Value)
						}
					}
				case *ast.CallExpr:
					if fn, ok := n.Fun.(*ast.SelectorExpr); ok && fn.Sel.Name == "Mutated" {
						args = append(args, n.Args[0])
					}
				}
				return true
			})
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, arg := range args {
		name := ""
		switch arg := arg.(type) {
		case *ast.BasicLit:
			name, _ = strconv.Unquote(arg.Value)
		case *ast.Ident:
			name = consts[arg.Name]
		}
		if name == "" {
			t.Errorf("Mutated is asked for something that is neither a string nor a constant: %v", arg)
		}
		asked[name] = true
	}
	return slices.Sorted(maps.Keys(asked))
}

// TestMutationsAreThoseOfTheTree: what is listed is asked for somewhere in the
// kernel paths, and what is asked for is listed.
func TestMutationsAreThoseOfTheTree(t *testing.T) {
	var listed []string
	for _, m := range Mutations() {
		listed = append(listed, m.Name)
		verdict, _, _ := strings.Cut(m.Oracle, ":")
		if !slices.Contains(Verdicts, verdict) || m.Doc == "" {
			t.Errorf("%s: its oracle must begin with a verdict, and it needs a sentence: %+v", m.Name, m)
		}
	}
	if diff := cmp.Diff(askedMutations(t), listed); diff != "" {
		t.Errorf("mutations (-in the tree +listed):\n%s", diff)
	}
}

// TestCheckMutations: unknown names are told, with the nearest known one.
func TestCheckMutations(t *testing.T) {
	got := CheckMutations([]string{"rcu.exp-no-wake", "rcu.exp-nowake"}).String()
	want := "--mutate rcu.exp-nowake: error: there is no mutation \"rcu.exp-nowake\" (did you mean rcu.exp-no-wake?)\n"
	if got != want {
		t.Errorf("got %swant %s", got, want)
	}
}

// TestExpeditedMutationsShow: what the list says of the mutations of the
// expedited grace period comes in a scenario of a reader and an updater; and
// without a mutation nothing comes.
func TestExpeditedMutationsShow(t *testing.T) {
	const readers = `
title = "A reader and an updater"
story = "The reader is interrupted by expedited grace periods."
machine.cpus = 3
[[task]]
name = "reader"
cpus = [0]
body = """
for i in range(50):
    rcu_read_lock()
    udelay(300)
    rcu_read_unlock()
    udelay(5)
"""
[[task]]
name = "updater"
cpus = [1]
body = """
for i in range(10):
    synchronize_rcu_expedited()
"""
[[task]]
name = "busy" # a CPU that ticks, where the others idle: the oracles look at ticks
cpus = [2]
body = """
for i in range(30):
    udelay(100000)
    cond_resched_rcu_qs()
"""
`
	s, diags := Load("readers.toml", []byte(readers))
	if len(diags) > 0 {
		t.Fatal(diags)
	}
	verdict := func(limitMs string, mutations ...string) string {
		c := s.Clone()
		r, err := prepare(t, c, c.Set("machine.time_limit_ms", limitMs)).Boot(Options{Seed: 1, Mutations: mutations}).Run()
		if err != nil {
			t.Fatal(err)
		}
		return r.Verdict
	}
	if got := verdict("10000"); got != "clean" {
		t.Errorf("without a mutation the verdict is %s", got)
	}
	for _, c := range []struct{ mutation, limitMs string }{
		{"rcu.exp-ipi-ignores-nesting", "10000"}, {"rcu.exp-no-wake", "10000"}, {"rcu.unlock-skips-special", "30000"},
	} {
		i := slices.IndexFunc(mutations, func(m Mutation) bool { return m.Name == c.mutation })
		want, _, _ := strings.Cut(mutations[i].Oracle, ":")
		if got := verdict(c.limitMs, c.mutation); got != want {
			t.Errorf("%s: verdict %s, want %s", c.mutation, got, want)
		}
	}
}
