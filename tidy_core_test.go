package lockstep_test

import (
	"go/ast"
	"go/token"
	"slices"
	"strconv"
)

// coreLayers are those whose every effect must be a function of scenario and choices.
var coreLayers = []string{"sim", "cpu", "irq", "printk", "rcu", "perf"}

// core reports whether a file is bound by the rules of determinism. Tests and their support are not: what they do is no
// part of a run.
func (f *goFile) core() bool {
	return !f.test && !slices.Contains(testSupport, f.dir) && slices.Contains(coreLayers, top(f.dir))
}

// forbiddenImports are packages that bring in chance, the host or concurrency. Fibers are coroutines on one goroutine,
// so a lock or an atomic in the core could only hide a mistake.
var forbiddenImports = map[string]string{
	"math/rand":    "chance comes from the choosers' own streams",
	"math/rand/v2": "chance comes from the choosers' own streams",
	"crypto/rand":  "chance comes from the choosers' own streams",
	"os":           "what a run does depends on scenario and choices alone, not on its environment",
	"sync":         "a machine runs on one goroutine",
	"sync/atomic":  "a machine runs on one goroutine",
}

// wallClock are the functions of package time that read or wait for the host's clock; its types and constants are free.
var wallClock = []string{"Now", "Since", "Until", "Sleep", "After", "AfterFunc", "Tick", "NewTimer", "NewTicker"}

// deterministicCore forbids the wall clock, the environment, global chance, goroutines, channels and locks in the core.
func deterministicCore(t *tree) []violation {
	var vs []violation
	for _, f := range t.files {
		if !f.core() {
			continue
		}
		for _, imp := range f.Imports {
			to, _ := strconv.Unquote(imp.Path.Value)
			if why, bad := forbiddenImports[to]; bad {
				vs = append(vs, t.at(f, imp, "imports %s: %s", to, why))
			}
			if imp.Name != nil && imp.Name.Name == "." {
				vs = append(vs, t.at(f, imp, "dot import of %s hides what is called", to))
			}
		}
		ast.Inspect(f.File, func(n ast.Node) bool {
			if what := f.nondeterministic(n); what != "" {
				vs = append(vs, t.at(f, n, "%s in deterministic code", what))
			}
			return true
		})
	}
	return vs
}

// nondeterministic names what is wrong with a node by itself, or "".
func (f *goFile) nondeterministic(n ast.Node) string {
	switch n := n.(type) {
	case *ast.GoStmt:
		return "go statement"
	case *ast.SelectStmt:
		return "select"
	case *ast.ChanType:
		return "channel type"
	case *ast.SendStmt:
		return "channel send"
	case *ast.UnaryExpr:
		if n.Op == token.ARROW {
			return "channel receive"
		}
	case *ast.SelectorExpr:
		if f.refersTo(n, "time", wallClock...) {
			return "time." + n.Sel.Name
		}
	}
	return ""
}

// refersTo reports whether a selector names one of the given identifiers of an imported package, under whatever
// name the file imports it.
func (f *goFile) refersTo(sel *ast.SelectorExpr, pkg string, names ...string) bool {
	id, ok := sel.X.(*ast.Ident)
	return ok && slices.Contains(names, sel.Sel.Name) && f.importPath(id.Name) == pkg
}

// importPath is the path of the package that the file calls name, or "". Package names are taken to be the last
// element of the path, which holds for the standard library and for this module; "v2" elements are skipped.
func (f *goFile) importPath(name string) string {
	for _, imp := range f.Imports {
		p, _ := strconv.Unquote(imp.Path.Value)
		if imp.Name != nil && imp.Name.Name == name || imp.Name == nil && packageName(p) == name {
			return p
		}
	}
	return ""
}

// recoverAtFiberTop: a machine is stopped by a panic that unwinds its fibers, and a recover on the way would swallow it
// and run on. So from sim to configs recover stands in package sim only (at a fiber's top), and Goexit, which unwinds
// the same way and would end the host goroutine, nowhere.
func recoverAtFiberTop(t *tree) []violation {
	var vs []violation
	for _, f := range t.files {
		if f.test || !slices.Contains(coreLayers, top(f.dir)) && top(f.dir) != "configs" {
			continue
		}
		ast.Inspect(f.File, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.CallExpr:
				if id, ok := n.Fun.(*ast.Ident); ok && id.Name == "recover" && f.dir != "sim" {
					vs = append(vs, t.at(f, n, "recover outside package sim swallows the unwind of a stopped machine"))
				}
			case *ast.SelectorExpr:
				if f.refersTo(n, "runtime", "Goexit") {
					vs = append(vs, t.at(f, n, "runtime.Goexit"))
				}
			}
			return true
		})
	}
	return vs
}
