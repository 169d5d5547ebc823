package lockgraph

import (
	"encoding/xml"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"lockstep/cpu/lockdep"
)

var update = flag.Bool("update", false, "rewrite testdata; read the diff")

// learn makes a validator that takes the classes of each chain one inside the
// other, and gives what it has learned. A class that begins with ! is first
// used in a hardirq.
func learn(keep bool, chains ...string) (lockdep.View, []*lockdep.Report) {
	var reports []*lockdep.Report
	v := lockdep.New(lockdep.Config{KeepGoing: keep, OnReport: func(r *lockdep.Report) { reports = append(reports, r) }})
	t := v.NewTask("t", 1)
	maps := map[string]*lockdep.Map{}
	lock := func(name string) *lockdep.Map {
		if maps[name] == nil {
			maps[name] = new(lockdep.Map)
			maps[name].Init(&lockdep.Key{Name: name})
		}
		return maps[name]
	}
	v.HardirqsOff(t)
	for _, chain := range chains {
		names := strings.Fields(chain)
		if name, ok := strings.CutPrefix(names[0], "!"); ok {
			v.HardirqEnter(t)
			v.Acquire(t, lock(name), 0)
			v.Release(t, lock(name))
			v.HardirqExit(t)
			continue
		}
		if irqs := map[string]func(*lockdep.Task){"on": v.HardirqsOn, "off": v.HardirqsOff}[names[0]]; irqs != nil {
			irqs(t)
			continue
		}
		for _, n := range names {
			v.Acquire(t, lock(n), 0)
		}
		for i := len(names) - 1; i >= 0; i-- {
			v.Release(t, lock(names[i]))
		}
	}
	return v.View(), reports
}

var drawn = map[string]struct {
	keep   bool
	chains []string
}{
	"circular":     {false, []string{`&ctx->lock [rcu]`, `[rcu] "quoted"\ `, `other`, `"quoted"\ &ctx->lock`}},
	"kept":         {true, []string{"A B", "B A", "B C", "C A"}},
	"recursive":    {false, []string{"A B", "A A"}},
	"inconsistent": {false, []string{"!A", "on", "A"}},
	"safe-unsafe":  {false, []string{"!A", "A B", "C D", "on", "D", "off", "B C"}},
	"inversion":    {false, []string{"!A", "A B", "B &amp;", "on", "&amp;"}},
	"plain":        {false, []string{"A B C D", "A C", "A D", "E"}},
	"empty":        {},
}

// TestGolden fixes the drawings of each shape of cycle.
func TestGolden(t *testing.T) {
	for name, d := range drawn {
		t.Run(name, func(t *testing.T) {
			view, reports := learn(d.keep, d.chains...)
			g := New(name, view, reports, Labels{})
			for ext, got := range map[string]string{".dot": g.DOT(), ".svg": g.SVG()} {
				file := filepath.Join("testdata", name+ext)
				if *update {
					if err := os.WriteFile(file, []byte(got), 0o666); err != nil {
						t.Fatal(err)
					}
				}
				want, err := os.ReadFile(file)
				if err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(string(want), got); diff != "" {
					t.Errorf("%s (-want +got):\n%s", file, diff)
				}
			}
		})
	}
}

// TestCycles: whatever closes a reported cycle, the thick edges are one.
func TestCycles(t *testing.T) {
	for name, want := range map[string]string{
		"circular":     `&ctx->lock=1=>[rcu] [rcu]=1=>"quoted"\ "quoted"\=2=>&ctx->lock`,
		"recursive":    "A=2=>A",
		"inconsistent": "A=3=>A",
		"safe-unsafe":  "A=1=>B C=1=>D B=2=>C D=3=>A",
		"inversion":    "A=1=>B B=1=>&amp; &amp;=3=>A",
	} {
		view, reports := learn(drawn[name].keep, drawn[name].chains...)
		g := New(name, view, reports, Labels{})
		var got []string
		for _, e := range g.Edges {
			if e.Kind != Seen {
				got = append(got, fmt.Sprintf("%s=%d=>%s", g.Classes[e.From].Name, e.Kind, g.Classes[e.To].Name))
			}
		}
		if s := strings.Join(got, " "); s != want {
			t.Errorf("%s: %s, want %s", name, s, want)
		}
	}
}

// TestAround: the cycle and its neighbours stay, and no more.
func TestAround(t *testing.T) {
	view, reports := learn(false, "far near", "near A", "A B", "B out", "out farther", "near out", "B A")
	g := New("", view, reports, Labels{})
	got := g.Around(g.Cyclic()...)
	if diff := cmp.Diff([]string{"near", "A", "B", "out"}, got.Names()); diff != "" {
		t.Error(diff)
	}
	if n := len(got.Edges); n != 4 { // not near before out, which is of neither
		t.Errorf("%d edges, want 4: %v", n, got.Edges)
	}
	if got := g.Around(0).Names(); len(got) != 2 {
		t.Errorf("around far: %q", got)
	}
}

// randomGraph has odd names, edges of all kinds, cycles and edges of a class to
// itself.
func randomGraph(t *rapid.T) *Graph {
	g := &Graph{Title: rapid.String().Draw(t, "title")}
	n := rapid.IntRange(0, MaxClasses).Draw(t, "classes")
	for range n {
		g.Classes = append(g.Classes, Class{Name: rapid.StringN(0, 12, -1).Draw(t, "name"), Usage: "......", Cycle: rapid.Bool().Draw(t, "cycle")})
	}
	for range rapid.IntRange(0, 3*n).Draw(t, "edges") {
		g.Edges = append(g.Edges, Edge{
			From: rapid.IntRange(0, n-1).Draw(t, "from"), To: rapid.IntRange(0, n-1).Draw(t, "to"),
			Label: rapid.StringMatching(`[a-z_]{0,20}`).Draw(t, "label"), Kind: Kind(rapid.IntRange(0, 3).Draw(t, "kind")),
		})
	}
	return g
}

// TestLayout: cells of a row keep their distance and stay on the page; an edge
// leads down row by row; and the whole is XML.
func TestLayout(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		g := randomGraph(t)
		d := g.layOut()
		for r, row := range d.rows {
			for i, n := range row {
				c := &d.cells[n]
				if c.row != r || c.x < margin || c.x+c.width > d.width-margin || rowTop(r)+rowHeight(r) > d.height {
					t.Fatalf("cell %+v is off the page of %dx%d", c, d.width, d.height)
				}
				if i > 0 && d.cells[row[i-1]].x+d.cells[row[i-1]].width+gap > c.x {
					t.Fatalf("row %d: %+v and %+v overlap", r, d.cells[row[i-1]], c)
				}
			}
			if r > 0 && rowTop(r-1)+rowHeight(r-1)+rowGap > rowTop(r) {
				t.Fatalf("row %d touches the one above", r)
			}
		}
		for i, e := range g.Edges {
			chain := d.chains[i]
			if e.From == e.To {
				continue
			}
			ends := [2]int{chain[0], chain[len(chain)-1]}
			if d.flipped[i] {
				ends[0], ends[1] = ends[1], ends[0]
			}
			if ends != [2]int{e.From, e.To} {
				t.Fatalf("edge %d leads from %d to %d", i, ends[0], ends[1])
			}
			for k := range chain[1:] {
				if d.cells[chain[k+1]].row != d.cells[chain[k]].row+1 {
					t.Fatalf("edge %d skips a row", i)
				}
			}
		}
		wellFormed(t, g.SVG())
		again := *g
		if again.SVG() != g.SVG() || again.DOT() != g.DOT() {
			t.Fatal("the same graph, another drawing")
		}
	})
}

func wellFormed(t *rapid.T, text string) {
	t.Helper()
	for dec := xml.NewDecoder(strings.NewReader(text)); ; {
		_, err := dec.Token()
		if errors.Is(err, io.EOF) {
			return
		}
		if err != nil {
			t.Fatalf("%v in\n%s", err, text)
		}
	}
}

// TestDOTQuotes: every quoted string ends where it should, so that outside of
// them there is nothing but the words of the language.
func TestDOTQuotes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		g := randomGraph(t)
		var outside strings.Builder
		in, escaped := false, false
		for _, c := range g.DOT() {
			switch {
			case in && escaped:
				escaped = false
			case in && c == '\\':
				escaped = true
			case c == '"':
				in = !in
			case !in:
				outside.WriteRune(c)
			}
		}
		if in {
			t.Fatalf("a string is open at the end of\n%s", g.DOT())
		}
		if rest := strings.Trim(outside.String(), "abcdefghijklmnopqrstuvwxyz0123456789={}[];,-> \t\n"); rest != "" {
			t.Fatalf("%q is outside of strings", rest)
		}
	})
}
