package selftest

import (
	"cmp"
	_ "embed" // the suite
	"fmt"
	"os"
	"slices"
	"sync"

	"lockstep/configs"
)

//go:embed cases.json
var bundled []byte

// bundledName is what diagnostics call the suite that comes with lockstep.
const bundledName = "cases.json"

// Bundled returns the kernel's own cases, which come with lockstep. They are
// shared: do not change them.
var Bundled = sync.OnceValue(func() []*Case {
	cases, diags := Parse(bundledName, bundled)
	if len(diags) > 0 {
		panic("selftest: the bundled cases are wrong:\n" + diags.String())
	}
	return cases
})

// Open reads a file of cases. The error is that of reading; what is wrong with
// the contents is in the diagnostics.
func Open(name string) ([]*Case, configs.Diagnostics, error) {
	data, err := os.ReadFile(name)
	if err != nil {
		return nil, nil, err
	}
	cases, diags := Parse(name, data)
	return cases, diags, nil
}

// maxDiags bounds how much is said of one file: the same slip may be in every
// case.
const maxDiags = 20

// loader turns nodes into cases and collects what is wrong.
type loader struct {
	file  string
	data  []byte
	diags configs.Diagnostics
	where string // the case, and perhaps the operation, in hand
	ids   map[string]bool
}

// Parse reads cases in the conformance format, strictly: nothing unknown,
// nothing missing, nothing of another type. It returns no case if anything is
// wrong. name is the file's, for the diagnostics.
func Parse(name string, data []byte) ([]*Case, configs.Diagnostics) {
	l := &loader{file: name, data: data, ids: map[string]bool{}}
	root, bad := parse(data)
	if bad != nil {
		l.fail(bad.off, "", "%s", bad.msg)
		return nil, l.diags
	}
	if root.shape != isList {
		l.fail(root.off, "", "the file must be a list of cases, not %s", root.shape)
		return nil, l.diags
	}
	var cases []*Case
	for i, n := range root.items {
		cases = append(cases, l.oneCase(i, n))
		if len(l.diags) > maxDiags {
			break
		}
	}
	if len(cases) == 0 {
		l.fail(root.off, "", "there is no case")
	}
	if len(l.diags) > 0 {
		return nil, l.sorted()
	}
	return cases, nil
}

// sorted is what was found, in file order: a case's fields are not read in the
// order in which they stand. Of too much only the beginning is kept.
func (l *loader) sorted() configs.Diagnostics {
	slices.SortStableFunc(l.diags, func(a, b configs.Diagnostic) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Col, b.Col))
	})
	if len(l.diags) > maxDiags {
		return append(l.diags[:maxDiags], configs.Diagnostic{File: l.file, Msg: "and more: only the first are shown"})
	}
	return l.diags
}

// fail notes a problem at an offset, with what may have been meant.
func (l *loader) fail(off int, hint, format string, args ...any) {
	msg := fmt.Sprintf(format, args...)
	if l.where != "" {
		msg = l.where + ": " + msg
	}
	line, col := place(l.data, off)
	l.diags = append(l.diags, configs.Diagnostic{File: l.file, Line: line, Col: col, Msg: msg, Hint: hint})
}

// oneCase reads the i-th case.
func (l *loader) oneCase(i int, n *node) *Case {
	l.where = fmt.Sprintf("case %d", i)
	f := l.object(n)
	if f == nil {
		return nil
	}
	c := &Case{}
	if id, ok := f.str("id"); ok {
		c.Label.ID = id
		l.where = fmt.Sprintf("case %d (%s)", i, id)
		if l.ids[id] {
			l.fail(f.off("id"), "", "there is a case of this id already")
		}
		l.ids[id] = true
	}
	c.Label.Name, _ = f.str("name")
	c.Label.Row, _ = f.str("row")
	c.Label.Group, _ = f.str("group")
	c.Label.Variant, _ = f.str("variant")
	if f.has("note") {
		c.Label.Note, _ = f.str("note")
	}
	if k, ok := f.oneOf("kernel", kernelNames); ok {
		c.Script.Kernel = Kernel(k)
	}
	c.Script.ReadLockRecursive, _ = f.truth("read_lock_recursive")
	l.requires(f, c)
	where := l.where
	if ops := f.list("ops"); ops != nil {
		b := &balance{open: map[Do]int{}}
		for k, n := range ops {
			l.where = fmt.Sprintf("%s, op %d", where, k)
			op, ok := l.op(n)
			if ok {
				b.check(l, n.off, &op)
			}
			c.Script.Ops = append(c.Script.Ops, op)
		}
		l.where = where
		if len(ops) == 0 {
			l.fail(f.off("ops"), "", `"ops" is empty`)
		}
	}
	c.Expect = l.expectation(f, "expect", len(c.Script.Ops))
	if f.has("on_v4.4_rules") {
		l.onV44(f, c)
	}
	f.done()
	return c
}

// requires reads the configuration that a case needs. A case for another one
// would be run in vain, so it is refused.
func (l *loader) requires(f *fields, c *Case) {
	for _, n := range f.list("requires") {
		if n.shape != isString {
			l.fail(n.off, "", `"requires" is a list of strings, not of %s`, n.shape)
			continue
		}
		if index(kernelConfig, n.text) < 0 {
			l.fail(n.off, suggest(n.text, kernelConfig), "the machine's kernel is not built with %q", n.text)
		}
		c.Script.Requires = append(c.Script.Requires, n.text)
	}
}

// onV44 reads what v4.4's rules say of a case.
func (l *loader) onV44(f *fields, c *Case) {
	n := f.take("on_v4.4_rules")
	where := l.where
	l.where += ", on_v4.4_rules"
	defer func() { l.where = where }()
	g := l.object(n)
	if g == nil {
		return
	}
	e := l.expectation(g, "verdict", len(c.Script.Ops))
	c.OnV44 = &e
	if note := g.take("api_note"); note != nil && note.shape != isNull {
		c.APINote, _ = g.str("api_note")
	}
	g.done()
}

// expectation reads a verdict with kind and operation of the report, which
// are null if and only if there is none.
func (l *loader) expectation(f *fields, key string, ops int) Expectation {
	e := Expectation{Op: -1}
	v, ok := f.oneOf(key, verdictNames)
	kind, op := f.take("report_kind"), f.take("report_op")
	if !ok || kind == nil || op == nil {
		return e
	}
	if e.Report = v == 1; !e.Report {
		for _, n := range []*node{kind, op} {
			if n.shape != isNull {
				l.fail(n.off, "", "a silent case has no report: want null, not %s", n.shape)
			}
		}
		return e
	}
	if e.Kind, ok = f.str("report_kind"); ok && !knownReport(e.Kind) {
		l.fail(kind.off, suggest(e.Kind, reportKinds), "there is no report kind %q", e.Kind)
	}
	if e.Op, ok = f.integer("report_op"); ok && (e.Op < 0 || e.Op >= ops) {
		l.fail(op.off, "", `"report_op" is %d; the ops are 0 to %d`, e.Op, ops-1)
	}
	return e
}
