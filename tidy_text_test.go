package lockstep_test

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
)

// outside are the traces that the place where this was written would leave. They are spelt in halves, so that this
// file passes its own rule.
var outside = []string{"../" + "shared", "/wo" + "rk/"}

// leftToDo are the words that mark work as unfinished, spelt in halves likewise.
var leftToDo = regexp.MustCompile(`\b(` + "TO" + "DO|FIX" + "ME|X" + "XX" + `)\b`)

// nothingPointsOutside: the repository stands alone.
func nothingPointsOutside(t *tree) []violation {
	return t.grep(func(string) bool { return true }, func(line string) string {
		for _, s := range outside {
			if strings.Contains(line, s) {
				return fmt.Sprintf("%q points outside the repository", s)
			}
		}
		return ""
	})
}

// nothingLeftToDo: what is there is done; what is not done is said in the documentation, not left in the code.
func nothingLeftToDo(t *tree) []violation {
	isGo := func(name string) bool { return strings.HasSuffix(name, ".go") }
	return t.grep(isGo, func(line string) string {
		if word := leftToDo.FindString(line); word != "" {
			return word + ": finish it or say in the documentation that it is missing"
		}
		return ""
	})
}

// grep asks about every line of the text files whose path is wanted; a non-empty answer is a violation.
func (t *tree) grep(wanted func(string) bool, ask func(string) string) []violation {
	var vs []violation
	for _, name := range slices.Sorted(maps.Keys(t.text)) {
		if !wanted(name) {
			continue
		}
		for i, line := range strings.Split(t.text[name], "\n") {
			if what := ask(line); what != "" {
				vs = append(vs, violation{name, i + 1, what})
			}
		}
	}
	return vs
}
