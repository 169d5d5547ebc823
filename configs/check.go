package configs

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"
)

// checker compares a generic TOML tree with the schema and fills a scenario
// from it. Each problem is noted and the walk goes on; a value with a problem
// is not stored, so that its default stays.
type checker struct {
	// at makes a diagnostic without message at the key of a path, or at its
	// value. For an override it names the override instead.
	at func(path string, value bool) Diagnostic
	// settings are the keys to propose for an unknown one.
	settings []string
	diags    Diagnostics
	// failed holds the paths with a problem, lest what depends on them is
	// blamed as well.
	failed map[string]bool
}

// newChecker returns a checker whose diagnostics are placed by at.
func newChecker(at func(path string, value bool) Diagnostic) *checker {
	return &checker{at: at, failed: map[string]bool{}}
}

// keyError notes a problem with the key at path.
func (c *checker) keyError(path, hint, format string, args ...any) {
	c.add(c.at(path, false), path, hint, format, args...)
}

// valueError notes a problem with the value at path.
func (c *checker) valueError(path, hint, format string, args ...any) {
	c.add(c.at(path, true), path, hint, format, args...)
}

func (c *checker) add(d Diagnostic, path, hint, format string, args ...any) {
	c.failed[path] = true
	d.Msg, d.Hint = fmt.Sprintf(format, args...), hint
	c.diags = append(c.diags, d)
}

// table checks m against tab and stores its values in dst, a struct.
func (c *checker) table(dst reflect.Value, tab *table, m map[string]any, path string) {
	for _, key := range slices.Sorted(maps.Keys(m)) {
		p := joinKey(path, key)
		if f := tab.byKey[key]; f != nil {
			c.value(dst.Field(f.index), f, m[key], p)
		} else {
			c.keyError(p, c.unknownHint(tab, key, path), "unknown key %s", p)
		}
	}
	for _, f := range tab.fields {
		if _, ok := m[f.key]; !ok && f.required {
			c.keyError(path, "", "missing key %s", joinKey(path, f.key))
		}
	}
}

// unknownHint proposes a key for an unknown one: a sibling, else a key of the
// same name elsewhere, for people forget the table more often than the key.
func (c *checker) unknownHint(tab *table, key, path string) string {
	if n := Nearest(key, tab.keys()); n != "" {
		return "did you mean " + joinKey(path, n) + "?"
	}
	if full := nearestSetting(joinKey(path, key), c.settings); full != "" {
		return "did you mean " + full + "?"
	}
	return ""
}

// value checks v against f and stores it in dst.
func (c *checker) value(dst reflect.Value, f *field, v any, path string) {
	switch {
	case f.typ.Kind() == reflect.Struct:
		if m, ok := v.(map[string]any); ok {
			c.table(dst, f.sub, m, path)
		} else {
			c.wrongType(path, "a table", v)
		}
	case f.typ.Kind() == reflect.Map:
		if m, ok := v.(map[string]any); ok {
			dst.Set(reflect.ValueOf(c.freeTable(f, m, path)))
		} else {
			c.wrongType(path, "a table", v)
		}
	case f.typ.Kind() == reflect.Slice:
		c.list(dst, f, f.typ.Elem(), v, path)
	default:
		c.scalar(dst, f, v, path)
	}
}

// list checks an array, whose elements have type elem, and stores it in dst.
func (c *checker) list(dst reflect.Value, f *field, elem reflect.Type, v any, path string) {
	items, ok := asList(v)
	if !ok {
		c.wrongType(path, "an array of "+plural(elem), v)
		return
	}
	before := len(c.diags)
	out := reflect.MakeSlice(reflect.SliceOf(elem), len(items), len(items))
	for i, item := range items {
		p := joinIndex(path, i)
		switch elem.Kind() {
		case reflect.Struct:
			f.sub.fill(out.Index(i))
			if m, ok := item.(map[string]any); ok {
				c.table(out.Index(i), f.sub, m, p)
			} else {
				c.wrongType(p, "a table", item)
			}
		case reflect.Slice:
			c.list(out.Index(i), f, elem.Elem(), item, p)
		default:
			c.scalar(out.Index(i), f, item, p)
		}
	}
	// Tables are kept even if something in them is wrong, so that names which
	// refer to them are not reported as well.
	if elem.Kind() == reflect.Struct || len(c.diags) == before {
		dst.Set(out)
	}
}

// asList accepts both forms in which the TOML package gives arrays.
func asList(v any) ([]any, bool) {
	switch v := v.(type) {
	case []any:
		return v, true
	case []map[string]any:
		items := make([]any, len(v))
		for i := range v {
			items[i] = v[i]
		}
		return items, true
	}
	return nil, false
}

// scalar checks a string, number or boolean and stores it in dst.
func (c *checker) scalar(dst reflect.Value, f *field, v any, path string) {
	switch kind := dst.Kind(); kind {
	case reflect.String:
		s, ok := v.(string)
		if !ok {
			c.wrongType(path, "a string", v)
		} else if f.required && strings.TrimSpace(s) == "" {
			c.valueError(path, "", "%s must not be empty", path)
		} else if c.chosen(f, s, path) {
			dst.SetString(s)
		}
	case reflect.Bool:
		if b, ok := v.(bool); ok {
			dst.SetBool(b)
		} else {
			c.wrongType(path, "true or false", v)
		}
	case reflect.Int, reflect.Int64:
		n, ok := v.(int64)
		if !ok {
			c.wrongType(path, "an integer", v)
		} else if c.inRange(f, float64(n), v, path) && c.chosen(f, strconv.FormatInt(n, 10), path) {
			dst.SetInt(n)
		}
	case reflect.Float64:
		x, ok := v.(float64)
		if n, isInt := v.(int64); isInt {
			x, ok = float64(n), true
		}
		if !ok {
			c.wrongType(path, "a number", v)
		} else if c.inRange(f, x, v, path) {
			dst.SetFloat(x)
		}
	default:
		panic("configs: the schema has no rule for a " + kind.String() + " at " + path)
	}
}

// inRange notes a number outside the field's range. NaN is outside any.
func (c *checker) inRange(f *field, x float64, v any, path string) bool {
	if !f.ranged || x >= f.lo && x <= f.hi {
		return true
	}
	c.valueError(path, "", "%s must be between %s and %s, not %s",
		path, number(f.lo), number(f.hi), literal(v))
	return false
}

// number writes a bound without exponent.
func number(x float64) string { return strconv.FormatFloat(x, 'f', -1, 64) }

// chosen notes a value that is not one of the field's choices.
func (c *checker) chosen(f *field, s, path string) bool {
	if f.choices == nil || slices.Contains(f.choices, s) {
		return true
	}
	found, hint := s, ""
	// Near spelling says something about words only, not about numbers.
	if f.typ.Kind() == reflect.String {
		found = quoteBasic(s)
		if n := Nearest(s, f.choices); n != "" {
			hint = "did you mean " + quoteBasic(n) + "?"
		}
	}
	c.valueError(path, hint, "%s must be %s, not %s", path, f.choiceList(), found)
	return false
}

// choiceList is the field's choices as in `"a", "b" or "c"`.
func (f *field) choiceList() string {
	words := slices.Clone(f.choices)
	if f.typ.Kind() == reflect.String {
		for i := range words {
			words[i] = quoteBasic(words[i])
		}
	}
	return orList(words)
}

// orList joins words as in "a, b or c".
func orList(words []string) string {
	if len(words) == 1 {
		return words[0]
	}
	last := len(words) - 1
	return strings.Join(words[:last], ", ") + " or " + words[last]
}

// wrongType notes a value of the wrong type.
func (c *checker) wrongType(path, want string, v any) {
	c.valueError(path, "", "%s must be %s, not %s", path, want, describe(v))
}

// describe names a TOML value's type, and its value if that is short.
func describe(v any) string {
	switch v := v.(type) {
	case string:
		if len(v) > 30 {
			return "a string"
		}
		return "the string " + quoteBasic(v)
	case int64:
		return "the integer " + literal(v)
	case float64:
		return "the number " + literal(v)
	case bool:
		return "the boolean " + literal(v)
	case map[string]any:
		return "a table"
	case []any, []map[string]any:
		return "an array"
	}
	return "a date or time"
}

// plural names several values of a type.
func plural(t reflect.Type) string {
	switch t.Kind() {
	case reflect.Struct:
		return "tables"
	case reflect.String:
		return "strings"
	case reflect.Slice:
		return "arrays of " + plural(t.Elem())
	}
	return "integers"
}

// freeTable checks a table whose keys the schema does not fix. [params] holds
// plain scalars. The keys of when and set are settings: they may be quoted
// whole or written as nested tables, and come out flat; whether they exist and
// fit is checked later, when the names they refer to are known.
func (c *checker) freeTable(f *field, m map[string]any, path string) map[string]any {
	out := map[string]any{}
	if f.key != "params" {
		c.flatten(out, "", m, path)
		return out
	}
	for _, key := range slices.Sorted(maps.Keys(m)) {
		switch v := m[key].(type) {
		case string, int64, bool:
			out[key] = v
		default:
			c.wrongType(joinKey(path, key), "a string, an integer, true or false", v)
		}
	}
	return out
}

// flatten joins the keys of nested tables with dots. Only here can one setting
// be written twice, as "a.b" and as a table a.
func (c *checker) flatten(out map[string]any, prefix string, m map[string]any, path string) {
	for _, key := range slices.Sorted(maps.Keys(m)) {
		p := joinKey(path, key)
		if sub, ok := m[key].(map[string]any); ok {
			c.flatten(out, prefix+key+".", sub, p)
			continue
		}
		if _, twice := out[prefix+key]; twice {
			c.keyError(p, "", "setting %s is given twice", prefix+key)
		}
		out[prefix+key] = m[key]
	}
}
