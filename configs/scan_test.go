package configs

import (
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/BurntSushi/toml"
	"github.com/cockroachdb/datadriven"
)

// TestScan shows where the scanner finds keys and values: each line is a path,
// then line:col of its key and of its value.
func TestScan(t *testing.T) {
	datadriven.RunTest(t, "testdata/scan", func(t *testing.T, d *datadriven.TestData) string {
		p := scan(d.Input)
		var b strings.Builder
		for _, path := range slices.Sorted(maps.Keys(p.at)) {
			kl, kc := p.key(path)
			vl, vc := p.value(path)
			fmt.Fprintf(&b, "%-24s %d:%d %d:%d\n", path, kl, kc, vl, vc)
		}
		return b.String()
	})
}

// FuzzScan feeds any text to the scanner. It must end without a panic; and if
// the text is TOML, it must know the place of every key and element, and read
// every string as the TOML package does.
func FuzzScan(f *testing.F) {
	for _, file := range []string{"abba.toml", "testdata/files/full.toml", "testdata/print/full.toml"} {
		src, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(src)
	}
	for _, s := range []string{
		"a.b.c = 1\n[a.d]\n'e'.\"\\u0066\" = [{g = 1}, {h.i = 2}, []]",
		"[[a]]\n[[a.b]]\nc = 1\n[[a.b]]\n[a.b.d]\ne = 1\n[[a]]\n[a.b]\n",
		"a = {b = [\n1, # one\n2,\n], c = '''x''''', d = \"\"\"y\\\n  z\"\"\"}",
		"d = 1979-05-27 07:32:00 # date\ne = [1979-05-27 07:32:00, 2]\nf = -inf",
		"a = \"\"\"\\\"\"\"\"\"\"\n\"\" = 1\n'x.y[0]' = 2",
		"\ufeffa=1\r\nb = \"\"\"\r\n\r\n\"\"\"\r\n", "a = ", "[", "[[", "a.", "= 1", "\"", "'''", "a=[[[[{{", "\\", "[a]]]\nb",
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, src []byte) {
		text, diags := checkText("t.toml", src)
		if len(diags) > 0 || len(text) > 1<<14 {
			return
		}
		p := scan(text)
		if p.tooDeep >= 0 {
			return
		}
		var tree map[string]any
		if _, err := toml.Decode(text, &tree); err == nil {
			checkPlaces(t, p, "", tree)
		}
		Load("t.toml", src) // whatever it is, Load must survive it
	})
}

// checkPlaces checks that p knows everything in the tree at path.
func checkPlaces(t *testing.T, p *positions, path string, tree any) {
	at, ok := p.at[path]
	if !ok && path != "" {
		t.Errorf("no place for %s in\n%s", path, p.src)
		return
	}
	switch v := tree.(type) {
	case map[string]any:
		for _, key := range slices.Sorted(maps.Keys(v)) {
			checkPlaces(t, p, joinKey(path, key), v[key])
		}
	case string:
		if got := readString(p.src, at.val).text; got != v {
			t.Errorf("%s is %q, but at its place stands %q in\n%s", path, v, got, p.src)
		}
	default:
		items, _ := asList(v)
		for i, item := range items {
			checkPlaces(t, p, joinIndex(path, i), item)
		}
	}
}

func TestTooDeep(t *testing.T) {
	deep := func(open, end string, n int) string {
		return "a = " + strings.Repeat(open, n) + "1" + strings.Repeat(end, n)
	}
	for _, src := range []string{
		deep("[", "]", 70), deep("[", "]", 500_000), deep("{a=", "}", 100), deep("[{a=", "}]", 150_000),
		strings.Repeat("a.", 70) + "a = 1", "[" + strings.Repeat("a.", 500_000) + "a]",
	} {
		_, diags := Load("t.toml", []byte(src))
		if len(diags) != 1 || !strings.Contains(diags[0].Msg, "nested more than 64") {
			t.Errorf("Load of %.20s… gives %.200s", src, diags)
		}
	}
	if _, diags := Load("t.toml", make([]byte, maxSize+1)); len(diags) != 1 || !strings.Contains(diags[0].Msg, "larger than") {
		t.Errorf("Load of too large a file gives %s", diags)
	}
}
