package screentest_test

import (
	"testing"

	"github.com/gdamore/tcell/v2"

	"lockstep/ui/term/screentest"
)

func TestDump(t *testing.T) {
	s := screentest.New(12, 3)
	st := tcell.StyleDefault
	s.PutStr(0, 0, "plain")
	for i, st := range []tcell.Style{
		st.Bold(true), st.Dim(true), st.Underline(true), st.Reverse(true), st.Foreground(tcell.PaletteColor(3)),
		st.Foreground(tcell.PaletteColor(3)).Bold(true), st.Foreground(tcell.PaletteColor(12)),
		st.Background(tcell.PaletteColor(1)), st.Foreground(tcell.NewRGBColor(1, 2, 255)), st.Bold(true).Dim(true),
	} {
		s.PutStrStyled(i, 1, "x", st)
	}
	s.PutStrStyled(0, 2, "漢e\u0301", st.Bold(true))
	s.ShowCursor(2, 1)
	txt, styles := screentest.Dump(s)
	if want := "plain\nxxxxxxxxxx\n漢e\u0301\n"; txt != want {
		t.Errorf("text\n%s\nwant\n%s", txt, want)
	}
	want := "\nbdur3DCBAE\nbbb\nA: #0102ff\nB: /1\nC: 12\nD: 3 bold\nE: bold dim\ncursor at 2,1\n"
	if styles != want {
		t.Errorf("styles\n%s\nwant\n%s", styles, want)
	}
}
