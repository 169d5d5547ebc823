package lockstep_test

import (
	"go/ast"
	"regexp"
	"slices"
	"strings"
)

// A ported function says where it comes from in the last line of its doc comment; the names shown to people are made
// from these lines. gofmt takes a line with a space after the slashes for prose, so that form is an error.
const (
	kernelPrefix = "//kernel:"
	helperLine   = "//lockstep:helper"
)

var (
	// kernelDirective is the one form: name and path of the kernel's function.
	kernelDirective = regexp.MustCompile(`^//kernel:fn [a-zA-Z0-9_]+ (kernel|include|arch|drivers|lib|mm|fs|init|net)(/[a-zA-Z0-9_+-][a-zA-Z0-9_.+-]*)+\.[chS]$`)

	// almostKernelDirective is what a person or gofmt may have made of it.
	almostKernelDirective = regexp.MustCompile(`(?i)^//\s*(kernel\s*[:;_-]\s*(fn|func)|\w+:fn)\b`)
)

// portedLayers are those whose exported functions on an execution context are kernel functions unless marked as helpers.
var portedLayers = []string{"printk", "rcu", "perf"}

// kernelDirectiveForm: what looks like a kernel directive is well formed and is the last line of a function's doc
// comment, so that there is one for a function and none that nobody reads.
func kernelDirectiveForm(t *tree) []violation {
	var vs []violation
	for _, f := range t.files {
		last := map[*ast.Comment]bool{}
		for _, d := range f.Decls {
			if fn, ok := d.(*ast.FuncDecl); ok && fn.Doc != nil {
				last[fn.Doc.List[len(fn.Doc.List)-1]] = true
			}
		}
		for _, group := range f.Comments {
			for _, c := range group.List {
				switch {
				case !strings.HasPrefix(c.Text, kernelPrefix) && !almostKernelDirective.MatchString(c.Text):
				case !kernelDirective.MatchString(c.Text):
					vs = append(vs, t.at(f, c, "%q is not of the form //kernel:fn name path/file.c", c.Text))
				case !last[c]:
					vs = append(vs, t.at(f, c, "%q is not the last line of a function's doc comment", c.Text))
				}
			}
		}
	}
	return vs
}

// kernelDirectivePresent: an exported function of a ported layer whose first parameter is the execution context is a
// kernel function and says which, or is marked as a helper of the simulator.
func kernelDirectivePresent(t *tree) []violation {
	var vs []violation
	for _, f := range t.files {
		if f.test || !slices.Contains(portedLayers, top(f.dir)) {
			continue
		}
		for _, d := range f.Decls {
			fn, ok := d.(*ast.FuncDecl)
			if !ok || !fn.Name.IsExported() || !f.takesExec(fn) {
				continue
			}
			if !hasLine(fn.Doc, "//kernel:fn ") && !hasLine(fn.Doc, helperLine) {
				vs = append(vs, t.at(f, fn, "%s takes a *cpu.Exec and has neither //kernel:fn nor %s", fn.Name.Name, helperLine))
			}
		}
	}
	return vs
}

// takesExec reports whether a function's first parameter is a *cpu.Exec.
func (f *goFile) takesExec(fn *ast.FuncDecl) bool {
	params := fn.Type.Params.List
	if len(params) == 0 {
		return false
	}
	star, ok := params[0].Type.(*ast.StarExpr)
	if !ok {
		return false
	}
	sel, ok := star.X.(*ast.SelectorExpr)
	return ok && f.refersTo(sel, module+"/cpu", "Exec")
}

// hasLine reports whether a comment has a line with the given start; the helper mark may carry its reason.
func hasLine(doc *ast.CommentGroup, start string) bool {
	return doc != nil && slices.ContainsFunc(doc.List, func(c *ast.Comment) bool {
		return c.Text == start || strings.HasPrefix(c.Text, strings.TrimSpace(start)+" ")
	})
}
