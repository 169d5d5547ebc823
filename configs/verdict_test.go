package configs

import "testing"

func TestGravest(t *testing.T) {
	for i, a := range Verdicts {
		for j, b := range Verdicts {
			if got, want := Gravest(a, b), Verdicts[min(i, j)]; got != want {
				t.Errorf("Gravest(%q, %q) = %q, want %q", a, b, got, want)
			}
		}
	}
}
