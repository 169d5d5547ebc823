package irq

import (
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// TestVectorList: the list has what the set has, highest first.
func TestVectorList(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := rapid.SliceOfDistinct(rapid.Uint8(), rapid.ID).Draw(t, "vectors")
		var s vectorSet
		for _, v := range want {
			s.set(Vector(v))
		}
		slices.Sort(want)
		slices.Reverse(want)
		got := s.list(nil)
		if len(got) != len(want) || len(got) > 0 && int(got[0]) != s.highest() {
			t.Fatalf("%v of %v", got, want)
		}
		for i := range want {
			if got[i] != Vector(want[i]) {
				t.Fatalf("%v of %v", got, want)
			}
		}
	})
}
