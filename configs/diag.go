package configs

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Diagnostic is one problem of a scenario: where it is, what it is, and what
// to do about it.
type Diagnostic struct {
	// File is the name of the file, or of the command-line option, at fault.
	File string
	// Line counts from 1; 0 means that the problem has no place in the text.
	Line int
	// Col counts characters (not bytes) from 1; 0 if Line is 0.
	Col int
	// Msg says what is wrong, without a full stop.
	Msg string
	// Hint says what may have been meant; it may be empty.
	Hint string
}

// String formats the diagnostic as compilers do:
//
//	file:line:col: error: message (hint)
func (d Diagnostic) String() string {
	var b strings.Builder
	b.WriteString(d.File)
	if d.Line > 0 {
		fmt.Fprintf(&b, ":%d:%d", d.Line, d.Col)
	}
	b.WriteString(": error: ")
	b.WriteString(d.Msg)
	if d.Hint != "" {
		b.WriteString(" (" + d.Hint + ")")
	}
	return b.String()
}

// Error is String, so that a Diagnostic is an error.
func (d Diagnostic) Error() string { return d.String() }

// Diagnostics are all problems found in one go, in file order. Empty means
// that there is none.
type Diagnostics []Diagnostic

// String returns the diagnostics one per line, each line ended.
func (ds Diagnostics) String() string {
	var b strings.Builder
	for _, d := range ds {
		b.WriteString(d.String() + "\n")
	}
	return b.String()
}

// Err returns the diagnostics as one error with a line for each, or nil if
// there are none.
func (ds Diagnostics) Err() error {
	if len(ds) == 0 {
		return nil
	}
	return diagError{ds}
}

// diagError makes Diagnostics an error without making empty ones a non-nil one.
type diagError struct{ ds Diagnostics }

// Error returns the lines without a final newline, as errors are.
func (e diagError) Error() string { return strings.TrimSuffix(e.ds.String(), "\n") }

// sortByPlace puts the diagnostics in file order; those of one place keep the
// order in which they were found.
func (ds Diagnostics) sortByPlace() {
	slices.SortStableFunc(ds, func(a, b Diagnostic) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Col, b.Col))
	})
}

// didYouMean is the hint for a name that is not among names: the nearest of
// them, or all if they are few, or nothing.
func didYouMean(word string, names []string) string {
	if n := Nearest(word, names); n != "" {
		return "did you mean " + n + "?"
	}
	if len(names) > 0 && len(names) <= 8 {
		return "known: " + strings.Join(names, ", ")
	}
	return ""
}
