package configs

import (
	"fmt"
	"slices"
	"sort"
	"testing"
)

// Each key has a comment to print, a default that its own check permits, and a
// key to stand beside if it says that it needs one.
func TestSchemaIsWhole(t *testing.T) {
	var walk func(tab *table, path string)
	walk = func(tab *table, path string) {
		for _, f := range tab.fields {
			p := path + "." + f.key
			if f.key == "" || fieldDocs()[tab.typ.Name()+"."+f.name] == "" {
				t.Errorf("%s.%s lacks a key or a comment", tab.typ.Name(), f.name)
			}
			if f.choices != nil && !slices.Contains(f.choices, fmt.Sprint(f.def.Interface())) {
				t.Errorf("%s: the default %v is none of %v", p, f.def, f.choices)
			}
			if f.with != "" && tab.byKey[f.with] == nil {
				t.Errorf("%s goes with %s, which does not exist", p, f.with)
			}
			if f.sub != nil {
				walk(f.sub, p)
			}
		}
	}
	walk(schema, "")
}

func TestBundled(t *testing.T) {
	infos := Bundled()
	if !sort.SliceIsSorted(infos, func(i, j int) bool { return infos[i].Name < infos[j].Name }) {
		t.Errorf("not sorted: %v", infos)
	}
	i := slices.IndexFunc(infos, func(i Info) bool { return i.Name == "abba" })
	want := Info{"abba", "Two tasks, two locks, opposite orders", "configs/abba.toml"}
	if i < 0 || infos[i] != want {
		t.Errorf("Bundled() = %v lacks %v", infos, want)
	}
}

func ExampleLoad() {
	_, diags := Load("mine.toml", []byte(`title = "Mine"
story = "A first try."

[machine]
cpus = "four"

[machine.rcu]
fanuot = 2
`))
	fmt.Print(diags)
	// Output:
	// mine.toml:1:1: error: missing key task
	// mine.toml:5:8: error: machine.cpus must be an integer, not the string "four"
	// mine.toml:8:1: error: unknown key machine.rcu.fanuot (did you mean machine.rcu.fanout?)
}

func ExampleScenario_Set() {
	s, _ := Open("abba")
	fmt.Println("expected:", s.Expectation().Run)
	fmt.Print(s.Set("params.order", "same"))
	fmt.Println("expected:", s.Expectation().Run)
	fmt.Print(s.Set("machine.cpu", "4"))
	// Output:
	// expected: [deadlock lockdep]
	// expected: [clean]
	// --set machine.cpu=4: error: unknown setting machine.cpu (did you mean machine.cpus?)
}
