package term

import (
	"fmt"
	"strings"

	"github.com/gdamore/tcell/v2"

	"lockstep/configs"
	"lockstep/ui/text"
)

// Theme says how each role looks. Roles that share a line differ in every theme.
type Theme struct {
	Name  string // one of ThemeNames
	ASCII bool   // print nothing but ASCII
	looks [text.NRoles]tcell.Style
}

// Style is a role's look; a role that the theme does not know looks plain.
func (th *Theme) Style(r text.Role) tcell.Style {
	if r >= text.NRoles {
		return tcell.StyleDefault
	}
	return th.looks[r]
}

// ThemeNames are the themes in the order in which help lists them.
func ThemeNames() []string { return []string{"auto", "dark", "light", "mono", "deutan"} }

// Themed is the theme of a name. "" and auto are mono where NO_COLOR is set; a
// theme asked for by name is given even then. An unknown name is an error that
// suggests a known one.
func Themed(name string, env func(string) string) (*Theme, error) {
	if name == "" {
		name = "auto"
	}
	if name == "auto" && env("NO_COLOR") != "" {
		name = "mono"
	}
	th := &Theme{Name: name}
	switch name {
	case "auto":
		th.looks = looks(autoTheme)
	case "dark":
		th.looks = looks(darkTheme)
	case "light":
		th.looks = looks(lightTheme)
	case "mono":
		th.looks = looks(monoTheme)
	case "deutan":
		th.looks = looks(deutanTheme)
	default:
		hint := "the themes are " + strings.Join(ThemeNames(), ", ")
		if n := configs.Nearest(name, ThemeNames()); n != "" {
			hint = "did you mean " + n + "?"
		}
		return nil, fmt.Errorf("no theme %q: %s", name, hint)
	}
	return th, nil
}

// looks fills a theme's table. A role that is not in it looks plain.
func looks(of map[text.Role]string) (t [text.NRoles]tcell.Style) {
	for r, s := range of {
		t[r] = look(s)
	}
	return t
}

// look is a style spelt in words: bold, dim, underline, reverse, a number for
// the palette's colour of the text and a number after a slash for the colour
// behind it. The words are this package's own, so a wrong one panics.
func look(words string) tcell.Style {
	st := tcell.StyleDefault
	for _, w := range strings.Fields(words) {
		switch w {
		case "bold":
			st = st.Bold(true)
		case "dim":
			st = st.Dim(true)
		case "underline":
			st = st.Underline(true)
		case "reverse":
			st = st.Reverse(true)
		default:
			var n int
			if _, err := fmt.Sscanf(strings.TrimPrefix(w, "/"), "%d", &n); err != nil || n > 255 {
				panic(fmt.Sprintf("term: look %q: no such word %q", words, w))
			}
			if strings.HasPrefix(w, "/") {
				st = st.Background(tcell.PaletteColor(n))
			} else {
				st = st.Foreground(tcell.PaletteColor(n))
			}
		}
	}
	return st
}
