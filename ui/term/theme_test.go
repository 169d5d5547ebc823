package term

import (
	"math"
	"strings"
	"testing"

	"github.com/gdamore/tcell/v2"

	"lockstep/ui/text"
)

// apart are the roles that may stand side by side and must differ.
var apart = []text.Role{text.Held, text.Wait, text.Free, text.Splat, text.Changed, text.Here, text.Cursor, text.Focus}

// themed is the theme of a name in an empty environment.
func themed(t *testing.T, name string) *Theme {
	t.Helper()
	th, err := Themed(name, func(string) string { return "" })
	if err != nil {
		t.Fatal(err)
	}
	return th
}

// each calls a check with every two different ones of some roles.
func each(roles []text.Role, check func(a, b text.Role)) {
	for i, a := range roles {
		for _, b := range roles[:i] {
			check(a, b)
		}
	}
}

func TestThemesTellRolesApart(t *testing.T) {
	cpus := []text.Role{text.CPU0, text.CPU1, text.CPU2, text.CPU3, text.CPU4, text.CPU5, text.CPU6, text.CPU7}
	for _, name := range ThemeNames() {
		th := themed(t, name)
		differ := func(a, b text.Role) {
			if th.Style(a) == th.Style(b) {
				t.Errorf("%s: roles %d and %d look the same", name, b, a)
			}
		}
		each(append([]text.Role{text.Plain}, apart...), differ)
		if name != "mono" {
			each(cpus, differ)
		}
	}
}

func TestMonoHasNoColours(t *testing.T) {
	th := themed(t, "mono")
	for r := range text.NRoles {
		if fg, bg, _ := th.Style(r).Decompose(); fg != tcell.ColorDefault || bg != tcell.ColorDefault {
			t.Errorf("role %d has colours %v on %v", r, fg, bg)
		}
	}
}

// TestPaintedBackgroundsNameBothColours: text on a painted background must not
// depend on what the terminal's own text colour is.
func TestPaintedBackgroundsNameBothColours(t *testing.T) {
	for _, name := range ThemeNames() {
		th := themed(t, name)
		for r := range text.NRoles {
			if fg, bg, _ := th.Style(r).Decompose(); bg.Valid() && !fg.Valid() {
				t.Errorf("%s: role %d paints the background and not the text", name, r)
			}
		}
	}
}

// TestAutoFitsDarkAndLight: on the terminal's own background stand only the six
// colours that are neither black nor white in any palette.
func TestAutoFitsDarkAndLight(t *testing.T) {
	th := themed(t, "auto")
	for r := range text.NRoles {
		fg, bg, _ := th.Style(r).Decompose()
		if n := int(fg - tcell.ColorValid); fg.Valid() && !bg.Valid() && (n < 1 || n > 6) {
			t.Errorf("role %d has colour %d", r, n)
		}
	}
}

// deutanopic is a colour as it looks without the cones for green, after Machado,
// Oliveira and Fernandes (2009), in gamma-encoded values as they are usually
// taken for a quick simulation.
func deutanopic(c tcell.Color) [3]float64 {
	r, g, b := c.RGB()
	m := [3][3]float64{{0.367322, 0.860646, -0.227968}, {0.280085, 0.672501, 0.047413}, {-0.011820, 0.042940, 0.968881}}
	var out [3]float64
	for i := range m {
		out[i] = m[i][0]*float64(r) + m[i][1]*float64(g) + m[i][2]*float64(b)
	}
	return out
}

// TestDeutan: what differs by colour alone differs without the cones for green
// too, and nothing is red or green.
func TestDeutan(t *testing.T) {
	th := themed(t, "deutan")
	each(append([]text.Role{text.Plain, text.CPU0, text.CPU1, text.CPU2, text.CPU3}, apart...), func(a, b text.Role) {
		fa, ba, aa := th.Style(a).Decompose()
		fb, bb, ab := th.Style(b).Decompose()
		if aa != ab || ba.Valid() != bb.Valid() || fa == fb || !fa.Valid() || !fb.Valid() {
			return // an attribute, or the terminal's own colour, tells them apart; or they are the same on purpose
		}
		pa, pb := deutanopic(fa), deutanopic(fb)
		if d := math.Hypot(math.Hypot(pa[0]-pb[0], pa[1]-pb[1]), pa[2]-pb[2]); d < 60 {
			t.Errorf("roles %d and %d are %.0f apart: %v and %v", a, b, d, fa, fb)
		}
	})
	for r := range text.NRoles {
		fg, bg, _ := th.Style(r).Decompose()
		for _, c := range []tcell.Color{fg, bg} {
			if !c.Valid() {
				continue
			}
			red, green, blue := c.RGB()
			if green > red+30 && green > blue+30 || red > 2*green+30 && red > 2*blue+30 {
				t.Errorf("role %d has the red or green %06x", r, c.Hex())
			}
		}
	}
}

func TestThemed(t *testing.T) {
	set := func(s string) string { return map[string]string{"NO_COLOR": "1"}[s] }
	unset := func(string) string { return "" }
	for _, c := range []struct {
		name string
		env  func(string) string
		want string
	}{
		{"", unset, "auto"}, {"auto", unset, "auto"}, {"", set, "mono"}, {"auto", set, "mono"},
		{"deutan", set, "deutan"}, {"mono", unset, "mono"},
	} {
		th, err := Themed(c.name, c.env)
		if err != nil || th.Name != c.want {
			t.Errorf("Themed(%q) = %v, %v; want %s", c.name, th, err, c.want)
		}
	}
	for name, want := range map[string]string{
		"drak":  "did you mean dark?",
		"Mono":  "did you mean mono?",
		"zebra": "the themes are auto, dark, light, mono, deutan",
	} {
		if _, err := Themed(name, unset); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("Themed(%q): %v; want %q in it", name, err, want)
		}
	}
}

func TestLookPanicsAtUnknownWord(t *testing.T) {
	for _, words := range []string{"bald", "256", "/x", "1 blink"} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("look(%q) is a look", words)
				}
			}()
			look(words)
		}()
	}
}
