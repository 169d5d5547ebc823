package ksym

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"slices"
	"strings"
)

// Func is one function with a directive.
type Func struct {
	Kernel string // rcu_read_unlock_special
	File   string // kernel/rcu/tree_plugin.h
	Go     string // lockstep/rcu.(*State).ReadUnlockSpecial
	Source string // rcu/unlock.go
	Line   int    // of the Go function's first line
	Lines  int    // the length of the Go function
}

// Table maps Go functions to kernel functions.
type Table struct {
	byGo map[string]*Func
}

const directive = "//kernel:fn "

// New reads the directives of the sources of one or more packages; keys are
// import paths. The sources are the program's own, so one that does not
// parse is a bug.
func New(sources map[string]fs.FS) *Table {
	t := &Table{byGo: map[string]*Func{}}
	for _, path := range slices.Sorted(maps.Keys(sources)) {
		names, err := fs.Glob(sources[path], "*.go")
		if err != nil {
			panic(err)
		}
		for _, name := range names {
			if strings.HasSuffix(name, "_test.go") {
				continue
			}
			src, err := fs.ReadFile(sources[path], name)
			if err != nil {
				panic(err)
			}
			t.add(path, name, src)
		}
	}
	return t
}

func (t *Table) add(path, name string, src []byte) {
	set := token.NewFileSet()
	file, err := parser.ParseFile(set, name, src, parser.ParseComments)
	if err != nil {
		panic(fmt.Sprintf("ksym: %s/%s: %v", path, name, err))
	}
	for _, d := range file.Decls {
		fn, ok := d.(*ast.FuncDecl)
		if !ok || fn.Doc == nil {
			continue
		}
		for _, c := range fn.Doc.List {
			rest, ok := strings.CutPrefix(c.Text, directive)
			if !ok {
				continue
			}
			kernel, kfile, _ := strings.Cut(rest, " ")
			line := set.Position(fn.Pos()).Line
			goName := path + "." + receiver(fn) + fn.Name.Name
			t.byGo[goName] = &Func{
				Kernel: kernel, File: kfile, Go: goName, Source: strings.TrimPrefix(path, "lockstep/") + "/" + name,
				Line: line, Lines: set.Position(fn.End()).Line - line + 1,
			}
		}
	}
}

// receiver spells a method's receiver as the runtime does.
func receiver(fn *ast.FuncDecl) string {
	if fn.Recv == nil {
		return ""
	}
	switch t := fn.Recv.List[0].Type.(type) {
	case *ast.StarExpr:
		return fmt.Sprintf("(*%s).", typeName(t.X))
	default:
		return typeName(t) + "."
	}
}

func typeName(e ast.Expr) string {
	switch t := e.(type) {
	case *ast.Ident:
		return t.Name
	case *ast.IndexExpr:
		return typeName(t.X) + "[...]"
	default:
		return fmt.Sprint(e)
	}
}

// Lookup returns the kernel function that a Go function expresses, nil if it
// expresses none.
func (t *Table) Lookup(goName string) *Func { return t.byGo[goName] }

// Names lists the kernel functions, sorted.
func (t *Table) Names() []string {
	names := make([]string, 0, len(t.byGo))
	for _, goName := range slices.Sorted(maps.Keys(t.byGo)) {
		names = append(names, t.byGo[goName].Kernel)
	}
	slices.Sort(names)
	return slices.Compact(names)
}
