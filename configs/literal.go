package configs

import (
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"unicode/utf8"
)

// literal writes a value as TOML on one line. It takes what the schema's
// fields hold and what the TOML package decodes scalars and arrays to.
func literal(v any) string {
	switch v := v.(type) {
	case string:
		return quoteBasic(v)
	case bool:
		return strconv.FormatBool(v)
	case float64:
		s := strconv.FormatFloat(v, 'g', -1, 64)
		switch {
		case s == "NaN":
			return "nan"
		case strings.HasSuffix(s, "Inf"):
			return strings.ToLower(s)
		case !strings.ContainsAny(s, ".e"):
			return s + ".0" // else it would read back as an integer
		}
		return s
	}
	rv := reflect.ValueOf(v)
	if rv.Kind() != reflect.Slice {
		return fmt.Sprint(v)
	}
	items := make([]string, rv.Len())
	for i := range items {
		items[i] = literal(rv.Index(i).Interface())
	}
	return "[" + strings.Join(items, ", ") + "]"
}

// quoteBasic writes s as a basic string.
func quoteBasic(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range s {
		b.WriteString(escapeRune(r, false))
	}
	b.WriteByte('"')
	return b.String()
}

// escapeRune writes one character of a basic string; in a multi-line one,
// newlines and quotes stand for themselves.
func escapeRune(r rune, multi bool) string {
	switch {
	case r == '\n' && !multi:
		return `\n`
	case r == '\t' && !multi:
		return `\t`
	case r == '"' && !multi:
		return `\"`
	case r == '\n' || r == '\t' || r == '"':
		return string(r)
	case r == '\\':
		return `\\`
	case r < ' ' || r == 0x7f || r == utf8.RuneError:
		return fmt.Sprintf(`\u%04X`, r)
	}
	return string(r)
}

// quoteText writes s as people write prose and programs: with few escapes, and
// between triple quotes if it has several lines.
func quoteText(s string) string {
	if !strings.Contains(s, "\n") {
		if strings.ContainsAny(s, `"\`) && !strings.Contains(s, "'") && rawSafe(s) {
			return "'" + s + "'"
		}
		return quoteBasic(s)
	}
	if strings.Contains(s, `\`) && rawSafe(s) {
		return "'''\n" + s + "'''"
	}
	var b strings.Builder
	b.WriteString("\"\"\"\n")
	quotes := 0
	for _, r := range s {
		// The third quote in a row would close the string.
		if quotes++; r != '"' {
			quotes = 0
		}
		if quotes == 3 {
			b.WriteString(`\"`)
			quotes = 0
			continue
		}
		b.WriteString(escapeRune(r, true))
	}
	if quotes > 0 {
		// A quote at the very end would join the closing ones.
		text := strings.TrimSuffix(b.String(), strings.Repeat(`"`, quotes))
		return text + strings.Repeat(`\"`, quotes) + `"""`
	}
	b.WriteString(`"""`)
	return b.String()
}

// rawSafe says whether s can stand between triple apostrophes.
func rawSafe(s string) bool {
	if strings.Contains(s, "'''") || strings.HasSuffix(s, "'") {
		return false
	}
	for _, r := range s {
		if r != '\n' && r != '\t' && escapeRune(r, true) != string(r) && r != '\\' {
			return false
		}
	}
	return true
}
