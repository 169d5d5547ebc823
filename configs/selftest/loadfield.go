package selftest

import (
	"slices"
	"strconv"
	"strings"

	"lockstep/configs"
)

// fields are an object's, taken one by one; what nobody took is unknown.
type fields struct {
	l     *loader
	n     *node
	byKey map[string]*node // only looked up
	asked []string
}

// object begins to read an object, or says that it is none.
func (l *loader) object(n *node) *fields {
	if n.shape != isObject {
		l.fail(n.off, "", "want an object, not %s", n.shape)
		return nil
	}
	f := &fields{l: l, n: n, byKey: map[string]*node{}}
	for _, m := range n.members {
		if f.byKey[m.key] != nil {
			l.fail(m.off, "", "%q is there twice", m.key)
			continue
		}
		f.byKey[m.key] = m.value
	}
	return f
}

// done complains of the fields that nobody asked for.
func (f *fields) done() {
	for _, m := range f.n.members {
		if !slices.Contains(f.asked, m.key) {
			f.l.fail(m.off, suggest(m.key, f.asked), "there is no field %q here", m.key)
		}
	}
}

// has asks for a field that may be missing.
func (f *fields) has(key string) bool {
	f.asked = append(f.asked, key)
	return f.byKey[key] != nil
}

// take returns a field that must be there, nil (and an error) if it is not.
func (f *fields) take(key string) *node {
	if !slices.Contains(f.asked, key) {
		f.asked = append(f.asked, key)
	}
	n := f.byKey[key]
	if n == nil {
		f.l.fail(f.n.off, "", "the field %q is missing", key)
	}
	return n
}

// off is where a field's value begins.
func (f *fields) off(key string) int {
	if n := f.byKey[key]; n != nil {
		return n.off
	}
	return f.n.off
}

// typed takes a field of a certain type.
func (f *fields) typed(key string, want shape) *node {
	n := f.take(key)
	if n != nil && n.shape != want {
		f.l.fail(n.off, "", "%q must be %s, not %s", key, want, n.shape)
		return nil
	}
	return n
}

func (f *fields) str(key string) (string, bool) {
	n := f.typed(key, isString)
	if n == nil {
		return "", false
	}
	if n.text == "" {
		f.l.fail(n.off, "", "%q is empty", key)
		return "", false
	}
	return n.text, true
}

func (f *fields) truth(key string) (value, ok bool) {
	n := f.typed(key, isBool)
	return n != nil && n.truth, n != nil
}

func (f *fields) list(key string) []*node {
	if n := f.typed(key, isList); n != nil {
		return n.items
	}
	return nil
}

func (f *fields) integer(key string) (int, bool) {
	n := f.typed(key, isNumber)
	if n == nil {
		return 0, false
	}
	v, err := strconv.ParseInt(n.text, 10, 32)
	if err != nil {
		f.l.fail(n.off, "", "%q must be a whole number of 32 bits, not %s", key, n.text)
	}
	return int(v), err == nil
}

// oneOf takes a string that is one of a few names, and returns which.
func (f *fields) oneOf(key string, names []string) (int, bool) {
	s, ok := f.str(key)
	if !ok {
		return 0, false
	}
	i := index(names, s)
	if i < 0 {
		f.l.fail(f.off(key), suggest(s, names), "there is no %s %q", key, s)
	}
	return max(i, 0), i >= 0
}

// index is where a name is in a list, -1 if it is not.
func index(names []string, name string) int { return slices.Index(names, name) }

// suggest is what may have been meant: the nearest name, or all of a few.
func suggest(word string, names []string) string {
	if n := configs.Nearest(word, names); n != "" {
		return "did you mean " + n + "?"
	}
	if len(names) > 0 && len(names) <= 10 {
		return "known: " + strings.Join(names, ", ")
	}
	return ""
}

func knownReport(kind string) bool {
	cond, warn := strings.CutPrefix(kind, warnPrefix)
	return warn && cond != "" || index(reportKinds, kind) >= 0
}
