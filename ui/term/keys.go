package term

import (
	"strings"

	"github.com/gdamore/tcell/v2"
)

// named are the keys that are no characters. Backspace, tab, enter and escape
// are control characters as well; they are keys, and Ctrl-H, Ctrl-I, Ctrl-M and
// Ctrl-[ are these keys on most terminals.
var named = map[tcell.Key]string{
	tcell.KeyEnter:     "enter",
	tcell.KeyTab:       "tab",
	tcell.KeyBacktab:   "backtab",
	tcell.KeyEsc:       "esc",
	tcell.KeyBackspace: "backspace",
	tcell.KeyDEL:       "backspace",
	tcell.KeyDelete:    "delete",
	tcell.KeyInsert:    "insert",
	tcell.KeyUp:        "up",
	tcell.KeyDown:      "down",
	tcell.KeyLeft:      "left",
	tcell.KeyRight:     "right",
	tcell.KeyHome:      "home",
	tcell.KeyEnd:       "end",
	tcell.KeyPgUp:      "pgup",
	tcell.KeyPgDn:      "pgdn",
	tcell.KeyF1:        "f1",
	tcell.KeyF2:        "f2",
	tcell.KeyF3:        "f3",
	tcell.KeyF4:        "f4",
	tcell.KeyF5:        "f5",
	tcell.KeyF6:        "f6",
	tcell.KeyF7:        "f7",
	tcell.KeyF8:        "f8",
	tcell.KeyF9:        "f9",
	tcell.KeyF10:       "f10",
	tcell.KeyF11:       "f11",
	tcell.KeyF12:       "f12",
}

// keyName is a key's name, "" for a key without one: characters are themselves
// ("s", "S", "ß"), the blank is "space", the others are lower-case words
// ("pgdn"). Before the name come "ctrl-", "alt-" and "shift-", in this order;
// a shifted character is just that character, and shift-tab is "backtab".
func keyName(ev *tcell.EventKey) string {
	k, mod := ev.Key(), ev.Modifiers()
	name := named[k]
	switch {
	case name != "":
	case k == tcell.KeyRune:
		mod &^= tcell.ModShift
		if name = string(ev.Rune()); name == " " {
			name = "space"
		}
	case k == tcell.KeyNUL || k == tcell.KeyCtrlSpace:
		name, mod = "space", mod|tcell.ModCtrl
	case k >= tcell.KeySOH && k < ' ':
		name, mod = control(rune(k)), mod|tcell.ModCtrl
	case k >= tcell.KeyCtrlA && k <= tcell.KeyCtrlUnderscore:
		name, mod = control(rune(k-tcell.KeyCtrlSpace)), mod|tcell.ModCtrl
	default:
		return ""
	}
	return modifiers(mod) + name
}

// control is the character that makes the control character c.
func control(c rune) string { return strings.ToLower(string(c + '@')) }

// modifiers is what stands before a key's name. Meta and hyper are taken as
// alt: no terminal sends them apart from it.
func modifiers(mod tcell.ModMask) string {
	s := ""
	if mod&tcell.ModCtrl != 0 {
		s += "ctrl-"
	}
	if mod&(tcell.ModAlt|tcell.ModMeta|tcell.ModHyper) != 0 {
		s += "alt-"
	}
	if mod&tcell.ModShift != 0 {
		s += "shift-"
	}
	return s
}
