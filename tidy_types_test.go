package lockstep_test

import (
	"errors"
	"go/ast"
	"go/build"
	"go/importer"
	"go/types"
	"io"
	"path"
	"strings"
)

// noMapOrder forbids the core to depend on the order of a map: by a range statement over one, or by maps.Keys, Values
// and All unless they are sorted at once. It fails closed: a range whose operand has no known type is reported too.
func noMapOrder(t *tree) []violation {
	c := newChecker(t)
	var vs []violation
	for _, f := range t.files {
		if !f.core() {
			continue
		}
		c.Import(importPathOf(f.dir)) // the errors of a package are the compiler's to report
		sorted := f.sortedOperands()
		ast.Inspect(f.File, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.RangeStmt:
				if what := rangeOrder(c.info.TypeOf(n.X)); what != "" {
					vs = append(vs, t.at(f, n, "range over %s", what))
				}
			case *ast.CallExpr:
				sel, ok := ast.Unparen(n.Fun).(*ast.SelectorExpr)
				if ok && f.refersTo(sel, "maps", "Keys", "Values", "All") && !sorted[n] {
					vs = append(vs, t.at(f, n, "maps.%s without slices.Sorted", sel.Sel.Name))
				}
			}
			return true
		})
	}
	return vs
}

// sortedOperands are the expressions that slices.Sorted takes as they are. SortedFunc is not enough: its
// comparison may leave ties in map order.
func (f *goFile) sortedOperands() map[ast.Expr]bool {
	sorted := map[ast.Expr]bool{}
	ast.Inspect(f.File, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok {
			return true
		}
		if sel, ok := call.Fun.(*ast.SelectorExpr); ok && f.refersTo(sel, "slices", "Sorted") && len(call.Args) == 1 {
			sorted[ast.Unparen(call.Args[0])] = true
		}
		return true
	})
	return sorted
}

// rangeOrder names what makes the order of a range over a type unknown, or "".
func rangeOrder(t types.Type) string {
	if t == nil {
		return "an operand of unknown type"
	}
	switch u := t.Underlying().(type) {
	case *types.Basic:
		if u.Kind() == types.Invalid {
			return "an operand of unknown type"
		}
	case *types.Map:
		return "a map"
	case *types.Chan:
		return "a channel"
	case *types.Interface: // of a type parameter: each member of its constraint
		for e := range u.EmbeddedTypes() {
			if what := rangeOrder(e); what != "" {
				return what
			}
		}
	case *types.Union:
		for term := range u.Terms() {
			if what := rangeOrder(term.Type()); what != "" {
				return what
			}
		}
	}
	return ""
}

// A checker type-checks the tree's packages from their parsed files, each once, and takes the standard library from
// the compiler's export data. Packages of other modules stay unknown: the core has little use for them.
type checker struct {
	tree *tree
	std  types.Importer
	info *types.Info
	done map[string]*types.Package // by import path; nil while being checked
}

func newChecker(t *tree) *checker {
	return &checker{
		tree: t, std: importer.Default(), done: map[string]*types.Package{},
		info: &types.Info{Types: map[ast.Expr]types.TypeAndValue{}, Uses: map[*ast.Ident]types.Object{}},
	}
}

// Import implements types.Importer.
func (c *checker) Import(p string) (*types.Package, error) {
	if pkg, seen := c.done[p]; seen {
		if pkg == nil {
			return nil, errors.New("import cycle or unknown package " + p)
		}
		return pkg, nil
	}
	c.done[p] = nil
	if p != module && !strings.HasPrefix(p, module+"/") {
		if host, _, _ := strings.Cut(p, "/"); strings.Contains(host, ".") {
			return nil, errors.New("not a package of this module: " + p)
		}
		pkg, err := c.std.Import(p)
		c.done[p] = pkg
		return pkg, err
	}
	var files []*ast.File
	for _, f := range c.tree.files {
		if importPathOf(f.dir) == p && !f.test && c.built(f) {
			files = append(files, f.File)
		}
	}
	conf := types.Config{Importer: c, Error: func(error) {}}
	pkg, _ := conf.Check(p, c.tree.fset, files, c.info)
	c.done[p] = pkg
	return pkg, nil
}

// built reports whether the build constraints and the name of a file put it into this build.
func (c *checker) built(f *goFile) bool {
	ctx := build.Default
	ctx.OpenFile = func(string) (io.ReadCloser, error) {
		return io.NopCloser(strings.NewReader(c.tree.text[f.path])), nil
	}
	ok, err := ctx.MatchFile("", path.Base(f.path))
	return ok && err == nil
}

// importPathOf is the import path of a package directory.
func importPathOf(dir string) string { return path.Join(module, dir) }

// packageName is the name that an import path gives its package by default.
func packageName(p string) string {
	if base := path.Base(p); base != "v2" {
		return base
	}
	return path.Base(path.Dir(p))
}
