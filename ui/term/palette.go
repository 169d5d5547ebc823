package term

import "lockstep/ui/text"

// The themes. Plain text has the terminal's own colours in all of them, so the
// background is never painted as a whole. Text on a painted background names
// both colours, or it might vanish on terminals of the other kind.

// autoTheme keeps to colours 1 to 6 of the user's own palette, which people
// choose readable on their background, dark or light.
var autoTheme = map[text.Role]string{
	text.Dim:     "dim",
	text.Strong:  "bold",
	text.Title:   "bold",
	text.Border:  "dim",
	text.Focus:   "6 bold",
	text.Cursor:  "reverse",
	text.Here:    "0 /6",
	text.Changed: "underline",
	text.Held:    "3 bold",
	text.Wait:    "5",
	text.Free:    "2",
	text.Splat:   "15 /1 bold",
	text.Warn:    "3",
	text.Good:    "2 bold",
	text.Key:     "6",
	text.Off:     "dim",
	text.Comment: "4",
	text.Match:   "0 /3",
	text.CPU0:    "6", text.CPU1: "3", text.CPU2: "5", text.CPU3: "2",
	text.CPU4: "4", text.CPU5: "1", text.CPU6: "6 underline", text.CPU7: "3 underline",
}

// darkTheme has light colours that do not depend on the user's palette.
var darkTheme = map[text.Role]string{
	text.Dim:     "245",
	text.Strong:  "bold",
	text.Title:   "253 bold",
	text.Border:  "240",
	text.Focus:   "117 bold",
	text.Cursor:  "reverse",
	text.Here:    "16 /117",
	text.Changed: "underline",
	text.Held:    "221 bold",
	text.Wait:    "176",
	text.Free:    "114",
	text.Splat:   "231 /160 bold",
	text.Warn:    "215",
	text.Good:    "114 bold",
	text.Key:     "117",
	text.Off:     "240",
	text.Comment: "109",
	text.Match:   "16 /221",
	text.CPU0:    "117", text.CPU1: "221", text.CPU2: "176", text.CPU3: "114",
	text.CPU4: "111", text.CPU5: "209", text.CPU6: "152", text.CPU7: "187",
}

// lightTheme has dark colours that do not depend on the user's palette.
var lightTheme = map[text.Role]string{
	text.Dim:     "243",
	text.Strong:  "bold",
	text.Title:   "235 bold",
	text.Border:  "248",
	text.Focus:   "25 bold",
	text.Cursor:  "reverse",
	text.Here:    "231 /25",
	text.Changed: "underline",
	text.Held:    "94 bold",
	text.Wait:    "90",
	text.Free:    "28",
	text.Splat:   "231 /160 bold",
	text.Warn:    "130",
	text.Good:    "28 bold",
	text.Key:     "25",
	text.Off:     "248",
	text.Comment: "60",
	text.Match:   "16 /221",
	text.CPU0:    "25", text.CPU1: "94", text.CPU2: "90", text.CPU3: "28",
	text.CPU4: "20", text.CPU5: "124", text.CPU6: "30", text.CPU7: "58",
}

// monoTheme has no colours at all: where the user wants none, and where the
// screen library has none and would guess at reverse video from a colour's
// lightness.
var monoTheme = map[text.Role]string{
	text.Dim:     "dim",
	text.Strong:  "bold",
	text.Title:   "bold",
	text.Border:  "dim",
	text.Focus:   "bold",
	text.Cursor:  "reverse",
	text.Here:    "bold reverse",
	text.Changed: "underline",
	text.Held:    "bold underline",
	text.Wait:    "dim underline",
	text.Free:    "dim",
	text.Splat:   "bold underline reverse",
	text.Warn:    "bold",
	text.Key:     "bold",
	text.Off:     "dim",
	text.Comment: "dim",
	text.Match:   "underline reverse",
}

// deutanTheme keeps to blue, orange, purple and grey after Okabe and Ito, with
// lightness in between so that it is readable on dark and on light. There is no
// red and no green in it.
var deutanTheme = map[text.Role]string{
	text.Dim:     "dim",
	text.Strong:  "bold",
	text.Title:   "bold",
	text.Border:  "dim",
	text.Focus:   "32 bold",
	text.Cursor:  "reverse",
	text.Here:    "16 /75",
	text.Changed: "underline",
	text.Held:    "172 bold",
	text.Wait:    "127",
	text.Free:    "32",
	text.Splat:   "16 /208 bold underline",
	text.Warn:    "172",
	text.Good:    "32 bold",
	text.Key:     "32 underline",
	text.Off:     "dim",
	text.Comment: "103",
	text.Match:   "16 /220",
	text.CPU0:    "32", text.CPU1: "172", text.CPU2: "127", text.CPU3: "245",
	text.CPU4: "32 underline", text.CPU5: "172 underline", text.CPU6: "127 underline", text.CPU7: "245 underline",
}
