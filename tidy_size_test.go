package lockstep_test

import (
	"go/ast"
	"slices"
	"strings"
)

// Limits of size, tests included: a file is one phase of a thing's life, a function fits a screen.
const (
	maxFileLines     = 500
	maxFunctionLines = 70
)

// lines counts the lines of a Go file.
func (t *tree) lines(f *goFile) int { return strings.Count(t.text[f.path], "\n") }

// fileLengths are the lengths of all Go files, sorted.
func (t *tree) fileLengths() []int {
	var lengths []int
	for _, f := range t.files {
		lengths = append(lengths, t.lines(f))
	}
	slices.Sort(lengths)
	return lengths
}

// shortFiles limits the length of files.
func shortFiles(t *tree) []violation {
	var vs []violation
	for _, f := range t.files {
		if n := t.lines(f); n > maxFileLines {
			vs = append(vs, t.at(f, f.Name, "file of %d lines, limit %d", n, maxFileLines))
		}
	}
	return vs
}

// shortFunctions limits the length of functions, from the line of func to that of the closing brace. A literal
// counts within its function, and by itself when it stands outside of any.
func shortFunctions(t *tree) []violation {
	var vs []violation
	for _, f := range t.files {
		ast.Inspect(f.File, func(n ast.Node) bool {
			name := "literal"
			switch n := n.(type) {
			case *ast.FuncDecl:
				name = n.Name.Name
			case *ast.FuncLit:
			default:
				return true
			}
			if lines := t.line(n.End()) - t.line(n.Pos()) + 1; lines > maxFunctionLines {
				vs = append(vs, t.at(f, n, "function %s of %d lines, limit %d", name, lines, maxFunctionLines))
			}
			return false
		})
	}
	return vs
}
