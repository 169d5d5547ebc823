package term

import (
	"testing"

	"github.com/gdamore/tcell/v2"
)

func TestKeyName(t *testing.T) {
	for _, c := range []struct {
		key  tcell.Key
		r    rune
		mod  tcell.ModMask
		want string
	}{
		{tcell.KeyRune, 's', 0, "s"},
		{tcell.KeyRune, 'S', 0, "S"},
		{tcell.KeyRune, 'S', tcell.ModShift, "S"},
		{tcell.KeyRune, 'ß', 0, "ß"},
		{tcell.KeyRune, ':', 0, ":"},
		{tcell.KeyRune, '-', 0, "-"},
		{tcell.KeyRune, ' ', 0, "space"},
		{tcell.KeyRune, 'x', tcell.ModAlt, "alt-x"},
		{tcell.KeyRune, 'X', tcell.ModAlt | tcell.ModShift, "alt-X"},
		{tcell.KeyRune, '1', tcell.ModCtrl, "ctrl-1"},
		{tcell.KeyRune, 'c', tcell.ModCtrl, "ctrl-c"},
		{tcell.KeyRune, 3, 0, "ctrl-c"},
		{tcell.KeyRune, '\r', 0, "enter"},
		{tcell.KeyCtrlC, 0, 0, "ctrl-c"},
		{tcell.KeyCtrlD, 4, tcell.ModCtrl, "ctrl-d"},
		{tcell.KeyCtrlH, 0, 0, "ctrl-h"},
		{tcell.KeyETX, 0, 0, "ctrl-c"},
		{tcell.KeyCtrlC, 0, tcell.ModAlt, "ctrl-alt-c"},
		{tcell.KeyNUL, 0, 0, "ctrl-space"},
		{tcell.KeyCtrlSpace, 0, tcell.ModCtrl, "ctrl-space"},
		{tcell.KeyCtrlUnderscore, 0, 0, "ctrl-_"},
		{tcell.KeyCtrlBackslash, 0, 0, "ctrl-\\"},
		{tcell.KeyEnter, 0, 0, "enter"},
		{tcell.KeyTab, 0, 0, "tab"},
		{tcell.KeyTab, 0, tcell.ModShift, "backtab"},
		{tcell.KeyBacktab, 0, 0, "backtab"},
		{tcell.KeyEsc, 0, 0, "esc"},
		{tcell.KeyBackspace, 0, 0, "backspace"},
		{tcell.KeyBackspace2, 0, 0, "backspace"},
		{tcell.KeyDelete, 0, 0, "delete"},
		{tcell.KeyUp, 0, 0, "up"},
		{tcell.KeyUp, 0, tcell.ModShift, "shift-up"},
		{tcell.KeyLeft, 0, tcell.ModCtrl | tcell.ModAlt | tcell.ModShift, "ctrl-alt-shift-left"},
		{tcell.KeyPgDn, 0, 0, "pgdn"},
		{tcell.KeyHome, 0, 0, "home"},
		{tcell.KeyF1, 0, 0, "f1"},
		{tcell.KeyF12, 0, 0, "f12"},
		{tcell.KeyF13, 0, 0, ""},
		{tcell.KeyCapsLock, 0, 0, ""},
	} {
		if got := keyName(tcell.NewEventKey(c.key, c.r, c.mod)); got != c.want {
			t.Errorf("key %d %q modifiers %d is %q, want %q", c.key, c.r, c.mod, got, c.want)
		}
	}
}
