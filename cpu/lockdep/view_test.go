package lockdep

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// TestVersion: as long as the version is the same the view is, whatever
// happens meanwhile; and a view names what was done.
func TestVersion(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v := New(Config{KeepGoing: rapid.Bool().Draw(t, "keep going")})
		keys := [3]Key{{Name: "A"}, {Name: "B"}, {Name: "C"}}
		var maps [3]Map
		for i := range maps {
			maps[i].Init(&keys[i])
		}
		task := v.NewTask("x", 1)
		version, view := v.Version(), v.View()
		for range rapid.IntRange(1, 40).Draw(t, "events") {
			m := &maps[rapid.IntRange(0, 2).Draw(t, "lock")]
			switch held := v.holds(task, m); rapid.IntRange(0, 3).Draw(t, "what") {
			case 0, 1:
				if held {
					v.Release(task, m)
				} else {
					v.Acquire(task, m, 0)
				}
			case 2:
				v.HardirqsOff(task)
			case 3:
				v.HardirqsOn(task)
			}
			now, seen := v.Version(), v.View()
			if diff := cmp.Diff(view, seen); now == version && diff != "" {
				t.Fatalf("the version says that nothing changed (-before +now):\n%s", diff)
			}
			version, view = now, seen
			for _, e := range seen.Edges {
				if !v.g.direct(int32(e.From)+1, int32(e.To)+1) {
					t.Fatalf("edge %s before %s is none of the validator's", seen.Classes[e.From].Name, seen.Classes[e.To].Name)
				}
			}
			if c := v.ClassOf(m); c >= 0 && seen.Classes[c].Name != m.Key().Name {
				t.Fatalf("%s has the class %s", m.Key().Name, seen.Classes[c].Name)
			}
		}
		if n := v.Stats().Dependencies; n != len(view.Edges) {
			t.Fatalf("%d edges of %d", len(view.Edges), n)
		}
	})
}
