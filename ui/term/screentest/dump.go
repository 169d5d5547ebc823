package screentest

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/gdamore/tcell/v2"
	"github.com/rivo/uniseg"
)

// New is a simulated screen of a size in cells.
func New(w, h int) tcell.SimulationScreen {
	s := tcell.NewSimulationScreen("UTF-8")
	if err := s.Init(); err != nil {
		panic(fmt.Sprintf("screentest: %v", err)) // it fails for unknown encodings only
	}
	s.SetSize(w, h)
	return s
}

// Dump shows what was drawn and returns it: the text, and the map of its looks
// with a legend and the cursor's place. Blanks at the ends of lines are left
// out. No other goroutine may be drawing.
func Dump(screen tcell.SimulationScreen) (text, styles string) {
	screen.Show()
	cells, w, h := screen.GetContents()
	letters := letters(cells)
	var tb, sb strings.Builder
	for y := range h {
		var tl, sl strings.Builder
		for x := 0; x < w; {
			c := cells[y*w+x]
			g := string(c.Runes)
			n := max(uniseg.StringWidth(g), 1)
			tl.WriteString(g)
			sl.WriteString(strings.Repeat(letters[spell(c.Style)], n))
			x += n
		}
		tb.WriteString(strings.TrimRight(tl.String(), " ") + "\n")
		sb.WriteString(strings.TrimRight(sl.String(), " ") + "\n")
	}
	for _, s := range slices.Sorted(maps.Keys(letters)) {
		if l := letters[s]; l >= "A" && l != simple(s) {
			fmt.Fprintf(&sb, "%s: %s\n", l, s)
		}
	}
	if x, y, visible := screen.GetCursor(); visible {
		fmt.Fprintf(&sb, "cursor at %d,%d\n", x, y)
	}
	return tb.String(), sb.String()
}

// letters gives each look on the screen its character, by its spelling.
func letters(cells []tcell.SimCell) map[string]string {
	of := map[string]string{}
	for _, c := range cells {
		s := spell(c.Style)
		of[s] = simple(s)
	}
	free := "ABCDEFGHIJKLMNOPQRSTUVWXYZacefghijklmnopqstvwxyz"
	for _, s := range slices.Sorted(maps.Keys(of)) {
		if of[s] != "" {
			continue
		}
		if free == "" {
			panic("screentest: more looks than letters")
		}
		of[s], free = free[:1], free[1:]
	}
	return of
}

// simple is the character of a look that has one of its own, or "".
func simple(spelt string) string {
	switch spelt {
	case "":
		return " "
	case "bold", "dim", "underline", "reverse":
		return spelt[:1]
	}
	if len(spelt) == 1 {
		return spelt
	}
	return ""
}

// spell is a look in words: the colour of the text, the colour behind it after
// a slash, and attributes.
func spell(st tcell.Style) string {
	fg, bg, attr := st.Decompose()
	var words []string
	if fg != tcell.ColorDefault {
		words = append(words, colour(fg))
	}
	if bg != tcell.ColorDefault {
		words = append(words, "/"+colour(bg))
	}
	for _, a := range []struct {
		is   bool
		name string
	}{
		{attr&tcell.AttrBold != 0, "bold"},
		{attr&tcell.AttrDim != 0, "dim"},
		{st.GetUnderlineStyle() != tcell.UnderlineStyleNone, "underline"},
		{attr&tcell.AttrReverse != 0, "reverse"},
	} {
		if a.is {
			words = append(words, a.name)
		}
	}
	return strings.Join(words, " ")
}

// colour is a palette colour's number, or the RGB value of another.
func colour(c tcell.Color) string {
	if c.IsRGB() {
		return fmt.Sprintf("#%06x", c.Hex())
	}
	return fmt.Sprint(int(c - tcell.ColorValid))
}
