package lockstep_test

import (
	"go/ast"
	"go/token"
	"path"
	"strings"
)

// minPackageDoc is how many lines a package must at least say about its model.
const minPackageDoc = 3

// packageSaysItsModel: every directory with Go files has a doc.go whose package comment has a few lines at least.
func packageSaysItsModel(t *tree) []violation {
	var vs []violation
	docs, said := map[string]*goFile{}, map[string]bool{}
	for _, f := range t.files {
		if path.Base(f.path) == "doc.go" {
			docs[f.dir] = f
		}
	}
	for _, f := range t.files {
		if said[f.dir] {
			continue
		}
		said[f.dir] = true
		doc := docs[f.dir]
		if doc == nil {
			vs = append(vs, violation{path.Join(f.dir, "doc.go"), 0, "missing: a package says its model before its code"})
			continue
		}
		if n := textLines(doc.Doc); n < minPackageDoc {
			vs = append(vs, t.at(doc, doc.Name, "package comment of %d lines, want at least %d", n, minPackageDoc))
		}
	}
	return vs
}

// textLines counts the lines of a comment that say something; directives and blank lines do not.
func textLines(c *ast.CommentGroup) int {
	n := 0
	for line := range strings.Lines(c.Text()) {
		if strings.TrimSpace(line) != "" {
			n++
		}
	}
	return n
}

// exportedIsDocumented: every exported identifier has a comment of its own: types, functions, methods of exported
// types, fields and interface methods of exported types. A group of constants or variables may share one.
func exportedIsDocumented(t *tree) []violation {
	var vs []violation
	for _, f := range t.files {
		if f.test {
			continue
		}
		report := func(id *ast.Ident, what string) {
			vs = append(vs, t.at(f, id, "exported %s %s has no doc comment", what, id.Name))
		}
		for _, d := range f.Decls {
			switch d := d.(type) {
			case *ast.FuncDecl:
				if d.Name.IsExported() && ownerExported(d) && textLines(d.Doc) == 0 {
					report(d.Name, "function")
				}
			case *ast.GenDecl:
				for _, s := range d.Specs {
					undocumented(d, s, report)
				}
			}
		}
	}
	return vs
}

// ownerExported reports whether a function can be called from outside by its own name: it is no method, or one of an
// exported type.
func ownerExported(d *ast.FuncDecl) bool {
	if d.Recv == nil {
		return true
	}
	t := d.Recv.List[0].Type
	for {
		switch u := t.(type) {
		case *ast.StarExpr:
			t = u.X
		case *ast.ParenExpr:
			t = u.X
		case *ast.IndexExpr:
			t = u.X
		case *ast.IndexListExpr:
			t = u.X
		case *ast.Ident:
			return u.IsExported()
		default:
			return true
		}
	}
}

// undocumented reports the exported identifiers of one type, const or var spec that have no comment.
func undocumented(d *ast.GenDecl, s ast.Spec, report func(*ast.Ident, string)) {
	switch s := s.(type) {
	case *ast.ValueSpec:
		if textLines(d.Doc)+textLines(s.Doc)+textLines(s.Comment) > 0 {
			return
		}
		for _, id := range s.Names {
			if id.IsExported() {
				report(id, d.Tok.String())
			}
		}
	case *ast.TypeSpec:
		if !s.Name.IsExported() {
			return
		}
		own := textLines(s.Doc) + textLines(s.Comment)
		if d.Lparen == token.NoPos { // the comment of a lone type hangs on its declaration
			own += textLines(d.Doc)
		}
		if own == 0 {
			report(s.Name, "type")
		}
		undocumentedFields(s.Type, report)
	}
}

// undocumentedFields reports the exported fields or methods of a type, nested structs included, that have no comment.
func undocumentedFields(typ ast.Expr, report func(*ast.Ident, string)) {
	ast.Inspect(typ, func(n ast.Node) bool {
		var list []*ast.Field
		what := "field"
		switch n := n.(type) {
		case *ast.StructType:
			list = n.Fields.List
		case *ast.InterfaceType:
			list, what = n.Methods.List, "method"
		}
		for _, field := range list {
			for _, id := range field.Names {
				if id.IsExported() && textLines(field.Doc)+textLines(field.Comment) == 0 {
					report(id, what)
				}
			}
		}
		return true
	})
}
