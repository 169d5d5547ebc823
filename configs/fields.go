package configs

import (
	"reflect"
	"strconv"
	"strings"

	"github.com/BurntSushi/toml"
)

// A table is the schema of one TOML table, made from a struct type.
type table struct {
	typ    reflect.Type
	fields []*field
	byKey  map[string]*field
}

// A field is the schema of one key.
type field struct {
	key      string
	index    int // in the struct
	name     string
	typ      reflect.Type
	def      reflect.Value // value of an absent key
	required bool
	free     bool     // a string without choices that is a setting, no name
	with     string   // key beside which alone this one has a meaning, or ""
	withVals []string // ... and its values, of which it must have one; nil: any but zero
	lo, hi   float64  // permitted range, if ranged
	ranged   bool     // whether lo and hi hold
	choices  []string // permitted values as written in TOML, strings bare; nil: all
	sub      *table   // members of a table, or of the tables of an array
}

// schema is the schema of a scenario. It is built once and never written.
var schema = newTable(reflect.TypeFor[Scenario]())

// newTable reads the tags of a struct type.
func newTable(t reflect.Type) *table {
	tab := &table{typ: t, byKey: map[string]*field{}}
	for i := range t.NumField() {
		sf := t.Field(i)
		if !sf.IsExported() {
			continue
		}
		f := &field{
			key: sf.Tag.Get("toml"), index: i, name: sf.Name, typ: sf.Type,
			required: sf.Tag.Get("required") != "", free: sf.Tag.Get("free") != "",
		}
		with, vals, some := strings.Cut(sf.Tag.Get("with"), "=")
		if f.with = with; some {
			f.withVals = strings.Split(vals, "|")
		}
		elem := sf.Type
		if elem.Kind() == reflect.Slice {
			elem = elem.Elem()
		}
		if elem.Kind() == reflect.Struct {
			f.sub = newTable(elem)
		}
		f.setCheck(sf.Tag.Get("check"))
		f.setDefault(sf.Tag.Get("default"))
		tab.fields = append(tab.fields, f)
		tab.byKey[f.key] = f
	}
	return tab
}

// setCheck parses a check tag: "lo..hi" or "a|b|c".
func (f *field) setCheck(tag string) {
	if lo, hi, ok := strings.Cut(tag, ".."); ok {
		f.ranged, f.lo, f.hi = true, mustNumber(lo), mustNumber(hi)
	} else if tag != "" {
		f.choices = strings.Split(tag, "|")
	}
}

// mustNumber parses a bound in a tag.
func mustNumber(s string) float64 {
	v, err := strconv.ParseFloat(strings.ReplaceAll(s, "_", ""), 64)
	if err != nil {
		panic("configs: bad bound in a check tag: " + s)
	}
	return v
}

// setDefault fills def from a default tag, or with the type's zero value.
func (f *field) setDefault(tag string) {
	f.def = reflect.New(f.typ).Elem()
	switch {
	case f.typ.Kind() == reflect.Struct:
		f.sub.fill(f.def)
	case tag == "":
	case f.typ.Kind() == reflect.String:
		f.def.SetString(tag)
	default:
		v, ok := parseTOML(tag)
		c := newChecker(func(string, bool) Diagnostic { return Diagnostic{} })
		if ok {
			c.value(f.def, f, v, f.key)
		}
		if !ok || len(c.diags) > 0 {
			panic("configs: bad default of " + f.key + ": " + tag)
		}
	}
}

// fill sets every field of a struct to its default.
func (t *table) fill(dst reflect.Value) {
	for _, f := range t.fields {
		def := f.def
		if f.typ.Kind() == reflect.Map {
			def = reflect.MakeMap(f.typ) // a map of its own, not a shared one
		}
		dst.Field(f.index).Set(def)
	}
}

// keys lists the table's keys in the order of the schema.
func (t *table) keys() []string {
	var keys []string
	for _, f := range t.fields {
		keys = append(keys, f.key)
	}
	return keys
}

// parseTOML parses text as one TOML value.
func parseTOML(text string) (any, bool) {
	var m map[string]any
	if strings.ContainsAny(text, "\n\r") || scan("v = "+text).tooDeep >= 0 {
		return nil, false
	}
	if _, err := toml.Decode("v = "+text, &m); err != nil {
		return nil, false
	}
	return m["v"], true
}
