package term

import (
	"strings"
	"unicode/utf8"

	"github.com/gdamore/tcell/v2"
	"github.com/rivo/uniseg"

	"lockstep/ui/text"
)

// line writes a line into the w cells from x, y on and returns how many it
// took. A wide character that would end outside is a blank.
func (p *painter) line(x, y, w int, l text.Line, look func(text.Role) tcell.Style) int {
	w = min(w, p.w-x)
	n := 0
	for _, s := range l {
		st := look(s.Role)
		rest, state := strings.ToValidUTF8(s.Text, "\uFFFD"), -1
		for rest != "" && n < w {
			var g string
			var cells int
			g, rest, cells, state = uniseg.FirstGraphemeClusterInString(rest, state)
			if g, cells = p.visible(g, cells); cells == 0 {
				continue
			}
			if n+cells > w {
				g, cells = strings.Repeat(" ", w-n), w-n
			}
			p.put(x+n, y, g, cells, st)
			n += cells
		}
	}
	return n
}

// put writes one grapheme of so many cells, or that many ASCII characters. The
// cells behind a wide grapheme are emptied, so that nothing old shows when the
// grapheme itself is drawn over later.
func (p *painter) put(x, y int, g string, cells int, st tcell.Style) {
	if len(g) == cells {
		for i := range cells {
			p.screen.Put(x+i, y, g[i:i+1], st)
		}
		return
	}
	for i := 1; i < cells; i++ {
		p.screen.Put(x+i, y, " ", st)
	}
	p.screen.Put(x, y, g, st)
}

// visible is what is printed for a grapheme. A control character, which takes
// no cell and might command the terminal, has a stand-in of one cell; other
// graphemes without width (direction marks, a combining mark that combines
// with nothing) are left out.
func (p *painter) visible(g string, cells int) (string, int) {
	r, size := utf8.DecodeRuneInString(g)
	switch {
	case r == '\t':
		return " ", 1
	case r < ' ':
		g, cells = string('\u2400'+r), 1
	case r == 0x7f:
		g, cells = "\u2421", 1
	case r > 0x7f && r < 0xa0:
		g, cells = "\uFFFD", 1
	case cells == 0:
		return "", 0
	}
	if p.th.ASCII && (size != len(g) || r >= 0x80 || r < ' ' || r == 0x7f) {
		return plainer(g, cells), cells
	}
	return g, cells
}

// plainer is ASCII in place of a grapheme, of the same width.
func plainer(g string, cells int) string {
	for _, pair := range asciiFor {
		if strings.Contains(pair.of, g) {
			return strings.Repeat(pair.is, cells)
		}
	}
	return strings.Repeat("?", cells)
}

// asciiFor says what stands for which characters where there is only ASCII.
var asciiFor = []struct{ is, of string }{
	{"-", "─━╌╍┄┅–—"}, {"=", "═"}, {"|", "│┃║╎╏┆┇"},
	{"+", "┌┐└┘├┤┬┴┼╭╮╰╯┏┓┗┛┣┫┳┻╋╔╗╚╝╠╣╦╩╬✓✔"},
	{">", "▶▸►→⇒›»"}, {"<", "◀◂◄←⇐‹«"}, {"^", "▲▴↑"}, {"v", "▼▾↓"},
	{"*", "●•◆■★"}, {"o", "○◇□"}, {".", "·…∙"}, {"#", "█▓▒░▌▐▀▄"},
	{"x", "×✗✘"}, {"'", "‘’"}, {"\"", "“”"},
}

// box is what a pane's frame is made of.
type box struct{ across, down, topLeft, topRight, bottomLeft, bottomRight string }

// box is a frame's characters: a double line for the pane that has the keys, so
// that it is not told by its colour alone. Every console font has these.
func (th *Theme) box(focus bool) box {
	switch {
	case th.ASCII && focus:
		return box{"=", "|", "+", "+", "+", "+"}
	case th.ASCII:
		return box{"-", "|", "+", "+", "+", "+"}
	case focus:
		return box{"═", "║", "╔", "╗", "╚", "╝"}
	}
	return box{"─", "│", "┌", "┐", "└", "┘"}
}
