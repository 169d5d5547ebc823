package configs

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"io/fs"
	"maps"
	"reflect"
	"slices"
	"strings"
	"sync"
)

// fieldDocs maps Type.Field to the doc comment of that field in schema*.go.
// The comments are parsed when first printed, so that they are written only
// once: where the field is.
var fieldDocs = sync.OnceValue(func() map[string]string {
	docs := map[string]string{}
	files, err := fs.Glob(source, "schema*.go")
	for _, name := range files {
		text, _ := source.ReadFile(name)
		if err == nil {
			err = fieldDocsOf(docs, name, text)
		}
	}
	if err != nil {
		panic("configs: the embedded schema does not parse: " + err.Error())
	}
	return docs
})

// fieldDocsOf adds the comments of one file.
func fieldDocsOf(docs map[string]string, name string, text []byte) error {
	file, err := parser.ParseFile(token.NewFileSet(), name, text, parser.ParseComments)
	if err != nil {
		return err
	}
	ast.Inspect(file, func(n ast.Node) bool {
		spec, ok := n.(*ast.TypeSpec)
		if !ok {
			return true
		}
		if st, ok := spec.Type.(*ast.StructType); ok {
			for _, f := range st.Fields.List {
				for _, name := range f.Names {
					docs[spec.Name.Name+"."+name.Name] = strings.TrimSpace(f.Doc.Text())
				}
			}
		}
		return false
	})
	return nil
}

// Print writes the scenario as TOML with every default filled in and each key
// explained. What it writes loads as an equal scenario.
func Print(w io.Writer, s *Scenario) error {
	p := &printer{}
	p.table(schema, reflect.ValueOf(s).Elem(), "", true)
	_, err := io.WriteString(w, strings.TrimPrefix(p.b.String(), "\n"))
	return err
}

// printer gathers the text.
type printer struct{ b strings.Builder }

// table writes the members of a table: first its own keys, then the tables in
// it, since TOML has no way back to an outer table.
func (p *printer) table(tab *table, v reflect.Value, path string, explain bool) {
	for _, f := range tab.fields {
		if fv := v.Field(f.index); !p.isTable(f) && p.shown(tab, f, v) {
			if explain {
				p.comment(tab, f)
			}
			fmt.Fprintf(&p.b, "%s = %s\n", f.key, p.value(fv))
		}
	}
	for _, f := range tab.fields {
		if p.isTable(f) {
			p.subTable(tab, f, v.Field(f.index), path)
		}
	}
}

// isTable says whether the field gets a header of its own.
func (p *printer) isTable(f *field) bool { return f.sub != nil || f.key == "params" }

// shown says whether a key is written. Names that are not given are not, nor
// keys without a meaning beside those that are.
func (p *printer) shown(tab *table, f *field, v reflect.Value) bool {
	unnamed := f.typ.Kind() == reflect.String && !f.free && v.Field(f.index).IsZero()
	return !unnamed && tab.applies(f, v)
}

// subTable writes a table with its header, or an array of them.
func (p *printer) subTable(tab *table, f *field, v reflect.Value, path string) {
	path = joinKey(path, f.key)
	switch v.Kind() {
	case reflect.Struct:
		p.b.WriteString("\n")
		p.comment(tab, f)
		fmt.Fprintf(&p.b, "[%s]\n", path)
		p.table(f.sub, v, path, true)
	case reflect.Map:
		p.b.WriteString("\n")
		p.comment(tab, f)
		fmt.Fprintf(&p.b, "[%s]\n", path)
		for _, key := range slices.Sorted(maps.Keys(v.Interface().(map[string]any))) {
			fmt.Fprintf(&p.b, "%s = %s\n", quoteKey(key), p.value(v.MapIndex(reflect.ValueOf(key)).Elem()))
		}
	case reflect.Slice:
		for i := range v.Len() {
			p.b.WriteString("\n")
			if i == 0 {
				p.comment(tab, f)
			}
			fmt.Fprintf(&p.b, "[[%s]]\n", path)
			// The first of several entries explains the keys for all.
			p.table(f.sub, v.Index(i), path, i == 0)
		}
	}
}

// value writes a value; long text as text, a free table inline.
func (p *printer) value(v reflect.Value) string {
	switch v.Kind() {
	case reflect.String:
		return quoteText(v.String())
	case reflect.Map:
		m := v.Interface().(map[string]any)
		var items []string
		for _, key := range slices.Sorted(maps.Keys(m)) {
			items = append(items, quoteBasic(key)+" = "+literal(m[key]))
		}
		return "{" + strings.Join(items, ", ") + "}"
	}
	return literal(v.Interface())
}

// comment writes the doc comment of a field, what it permits and its default.
func (p *printer) comment(tab *table, f *field) {
	doc := fieldDocs()[tab.typ.Name()+"."+f.name]
	var facts []string
	switch {
	case f.choices != nil:
		facts = append(facts, f.choiceList())
	case f.ranged:
		facts = append(facts, number(f.lo)+" to "+number(f.hi))
	}
	switch {
	case f.required:
		facts = append(facts, "required")
	case !p.isTable(f) && f.typ.Kind() != reflect.Map && !(f.typ.Kind() == reflect.String && f.def.IsZero()):
		facts = append(facts, "default "+literal(f.def.Interface()))
	}
	lines := wrap(doc, commentWidth)
	if len(facts) > 0 {
		lines = appendWhole(lines, "["+strings.Join(facts, "; ")+"]")
	}
	for _, line := range lines {
		p.b.WriteString("# " + line + "\n")
	}
}

// commentWidth is the width of a comment without "# ".
const commentWidth = 76

// appendWhole puts text behind the last line if it fits, else below it.
func appendWhole(lines []string, text string) []string {
	last := len(lines) - 1
	if len(lines[last])+1+len(text) > commentWidth {
		return append(lines, text)
	}
	lines[last] += " " + text
	return lines
}

// wrap breaks text into lines of at most width characters where it can.
func wrap(text string, width int) []string {
	var lines []string
	line := ""
	for _, word := range strings.Fields(text) {
		if line != "" && len(line)+1+len(word) > width {
			lines = append(lines, line)
			line = ""
		}
		if line != "" {
			line += " "
		}
		line += word
	}
	return append(lines, line)
}
