package configs

import (
	"fmt"
	"strings"
	"testing"
)

// TestLinesRunOut: more lines than pins or vectors is an error of the scenario
// at the first that is too many, and as many as there are do boot.
func TestLinesRunOut(t *testing.T) {
	for _, c := range []struct {
		table string // with the number
		most  int
		want  string
	}{
		{"[[irq]]\nname = \"a%d\"\n", ioapicPins, "irq[24] needs a pin of its own"},
		{"[[irq]]\nname = \"a%d\"\nkind = \"msi\"\n", maxLines, "irq[96] is one line more"},
		{"[[device]]\nname = \"a%d\"\nkind = \"nic\"\n", maxLines, "device[96] is one line more"},
	} {
		var b strings.Builder
		b.WriteString("[[task]]\nname = \"t\"\nbody = \"pass\"\n")
		for i := range c.most {
			fmt.Fprintf(&b, c.table, i)
		}
		inline(t, b.String()).Boot(Options{Seed: 1})
		fmt.Fprintf(&b, c.table+c.table, c.most, c.most+1)
		_, ds := Load("lines.toml", []byte("title = \"t\"\nstory = \"s\"\n"+b.String()))
		if len(ds) != 1 || !strings.HasPrefix(ds[0].Msg, c.want) || ds[0].Line == 0 {
			t.Errorf("%v, want %s", ds, c.want)
		}
	}
}
