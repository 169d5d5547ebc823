package selftest

import (
	"bytes"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/cockroachdb/datadriven"
)

// TestBundled: the suite is whole, and each case of it is read.
func TestBundled(t *testing.T) {
	count := map[Kernel]int{}
	reports := map[Kernel]int{}
	for _, c := range Bundled() {
		count[c.Script.Kernel]++
		if c.Expect.Report {
			reports[c.Script.Kernel]++
		}
		if c.Script.Kernel == New && c.OnV44 == nil {
			t.Errorf("%s: nothing is known of v4.4's rules", c.Label.ID)
		}
	}
	if count[V44] != 253 || count[New] != 323 || reports[V44] != 171 || reports[New] != 215 {
		t.Errorf("cases %v, reports %v", count, reports)
	}
}

// good is a file of one case that is right; the tests break it.
const good = `[
{"id":"a","name":"a","row":"r","group":"g","variant":"spin","kernel":"v4.4","requires":[],
 "ops":[
  {"op":"lock","lock":"spin.X1","class":"spin.X","kind":"spin"},
  {"op":"ww_acquire_init","ctx":"t"},
  {"op":"poke_ctx","ctx":"t","field":"stamp","delta":-1},
  {"op":"ww_lock","lock":"ww.o","class":"ww.mutex","kind":"ww_mutex","ctx":null,"expect_ret":"-EDEADLK"},
  {"op":"lock","lock":"spin.X2","class":"spin.X","kind":"spin","nest":"ctx.t"}
 ],
 "expect":"report","report_kind":"recursive_locking","read_lock_recursive":true,"report_op":4}
]
`

// TestBadFiles replaces a piece of a good file by another and shows what is
// said of it.
func TestBadFiles(t *testing.T) {
	if _, diags := Parse("good.json", []byte(good)); len(diags) > 0 {
		t.Fatal(diags)
	}
	datadriven.RunTest(t, "testdata/bad", func(t *testing.T, d *datadriven.TestData) string {
		text := d.Input
		if d.Cmd == "replace" {
			from, to, _ := strings.Cut(d.Input, "\n")
			if !strings.Contains(good, from) {
				t.Fatalf("%s: %q is not in the good file", d.Pos, from)
			}
			text = strings.Replace(good, from, to, 1)
		}
		cases, diags := Parse("f.json", []byte(text))
		if len(diags) == 0 {
			return fmt.Sprintf("%d cases\n", len(cases))
		}
		if cases != nil {
			t.Errorf("%s: cases from a bad file", d.Pos)
		}
		return diags.String()
	})
}

// TestManySlips: of a file where everything is wrong only the beginning is
// said.
func TestManySlips(t *testing.T) {
	text := strings.ReplaceAll(string(bundled), `"kind"`, `"knd"`)
	_, diags := Parse("f.json", []byte(text))
	if len(diags) != maxDiags+1 || !strings.Contains(diags[maxDiags].Msg, "only the first") {
		t.Errorf("%d diagnostics, the last %v", len(diags), diags[len(diags)-1])
	}
}

// FuzzParse: whatever is in the file, it gives cases or says where it is
// wrong, and a place is one in the file.
func FuzzParse(f *testing.F) {
	f.Add([]byte(good))
	f.Add(bundled[:4000])
	f.Add([]byte(`[{"id":"a","ops":[{}]}]`))
	f.Add([]byte(strings.Repeat("[", 100)))
	f.Add([]byte("\"\x00\xff"))
	f.Fuzz(func(t *testing.T, data []byte) {
		cases, diags := Parse("f.json", data)
		if (len(cases) == 0) == (len(diags) == 0) {
			t.Fatalf("%d cases and %d diagnostics", len(cases), len(diags))
		}
		for _, d := range diags {
			if d.Line < 0 || d.Line > bytes.Count(data, []byte("\n"))+1 {
				t.Errorf("a place outside of the file: %s", d)
			}
		}
		for _, c := range cases {
			for _, op := range c.Script.Ops {
				if op.String() == "" {
					t.Errorf("%s: an operation without a name", c.Label.ID)
				}
			}
		}
	})
}

// TestOpen: a file that is not there is an error of its own.
func TestOpen(t *testing.T) {
	if _, _, err := Open("no/such/file.json"); !os.IsNotExist(err) {
		t.Errorf("got %v", err)
	}
}
