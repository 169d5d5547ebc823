package ksym

import (
	"io/fs"
	"runtime"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
)

const outerSource = `package p

// Outer calls.
//
//kernel:fn outer_fn kernel/outer.c
func (t *T) Outer() {
	inner()
}

// helper belongs to no kernel function.
func helper() {}

//kernel:fn inner_fn kernel/inner.c
func inner() {}

//kernel:fn generic_fn kernel/generic.c
func (v *V[X]) Get() {}
`

// TestTable reads the directives of a small package: functions, methods of
// pointers and of generic types; tests are not looked at.
func TestTable(t *testing.T) {
	table := New(map[string]fs.FS{"lockstep/p": fstest.MapFS{
		"p.go":      {Data: []byte(outerSource)},
		"p_test.go": {Data: []byte("package p\n\n//kernel:fn test_fn kernel/test.c\nfunc test() {}\n")},
	}})
	want := map[string]*Func{
		"lockstep/p.(*T).Outer":    {"outer_fn", "kernel/outer.c", "lockstep/p.(*T).Outer", "p/p.go", 6, 3},
		"lockstep/p.inner":         {"inner_fn", "kernel/inner.c", "lockstep/p.inner", "p/p.go", 14, 1},
		"lockstep/p.(*V[...]).Get": {"generic_fn", "kernel/generic.c", "lockstep/p.(*V[...]).Get", "p/p.go", 17, 1},
	}
	if diff := cmp.Diff(want, table.byGo); diff != "" {
		t.Errorf("table (-want +got):\n%s", diff)
	}
	if f := table.Lookup("lockstep/p.helper"); f != nil {
		t.Errorf("helper is %+v", f)
	}
}

// TestFrame: the offset tells the line, the address is that of the kernel's
// text and belongs to the function.
func TestFrame(t *testing.T) {
	f := Frame{Func: &Func{Kernel: "outer_fn", Line: 10, Lines: 26}, Line: 14}
	if got, want := f.String(), "outer_fn+0x45/0x1a0"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	first := f
	first.Line = 10
	if f.Addr()-first.Addr() != 0x40 || first.Addr() < textBase || first.Addr() >= textBase+textSize+0x1000 {
		t.Errorf("addresses %#x, %#x", first.Addr(), f.Addr())
	}
}

// outermost and innermost are walked through by TestWalk.
func outermost() []uintptr { return middle() }
func middle() []uintptr    { return innermost() }
func innermost() []uintptr {
	var pcs [16]uintptr
	return pcs[:runtime.Callers(1, pcs[:])]
}

// TestWalk: only functions with a kernel name are frames, and neighbours that
// are one function of the kernel are one frame.
func TestWalk(t *testing.T) {
	here, _, _, _ := runtime.Caller(0)
	prefix := strings.TrimSuffix(runtime.FuncForPC(here).Name(), "TestWalk")
	inner := &Func{Kernel: "inner_fn"}
	table := &Table{byGo: map[string]*Func{
		prefix + "innermost": inner, prefix + "middle": {Kernel: "inner_fn"}, prefix + "outermost": {Kernel: "outer_fn"},
	}}
	var names []string
	for _, f := range table.Walk(outermost()) {
		names = append(names, f.Func.Kernel)
	}
	if diff := cmp.Diff([]string{"inner_fn", "outer_fn"}, names); diff != "" {
		t.Errorf("frames (-want +got):\n%s", diff)
	}
}
