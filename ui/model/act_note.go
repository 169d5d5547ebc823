package model

import (
	"context"
	"fmt"
	"io"
	"maps"
	"slices"

	"lockstep/ui/history"
	"lockstep/ui/text"
)

// noteActions are marks, and what can be taken away from a session.
func noteActions() []Action {
	return []Action{
		{
			Scope: Main, Group: groupNote, Keys: []string{"m"}, Name: "mark", Args: "[NOTE]", Label: "mark", Rank: 18,
			Help: "marks this step, with a note",
			run: func(m *Model, arg string) error {
				if arg == "" {
					m.ask(promptNote, m.marks[m.s.Step()])
				} else {
					m.mark(arg)
				}
				return nil
			},
		},
		{
			Scope: Main, Group: groupNote, Keys: []string{"'"}, Name: "notes", Label: "marks",
			Help: "lists marked steps, to go to one", also: []string{"marks"},
			possible: hereOnly(func(m *Model) string {
				if len(m.marks) == 0 {
					return "no step is marked; m marks this one"
				}
				return ""
			}),
			run: plain(func(m *Model) { m.open(notesList(m)) }),
		},
		{
			Scope: Main, Group: groupNote, Keys: []string{"y"}, Name: "copy", Label: "copy", Rank: 19,
			Help: "copies the token that repeats this run, choices included, and shows it",
			run:  plain(copyToken),
		},
		{
			Scope: Main, Group: groupNote, Name: "write", Args: "FILE", Help: "writes the token's file form, for replay",
			also: []string{"w", "save"},
			possible: hereOnly(func(m *Model) string {
				if m.opt.Create == nil {
					return "no files can be written here"
				}
				return ""
			}),
			run: write,
		},
	}
}

// mark puts a note on the present step.
func (m *Model) mark(note string) {
	m.marks[m.s.Step()] = note
	m.say(fmt.Sprintf("marked step %d", m.s.Step()), "; ' lists the marks")
}

// notesList is the list of marks.
func notesList(m *Model) *popup {
	p := &popup{
		title: "marks",
		hint:  "Enter goes there · d removes",
		empty: "none; m marks a step",
		items: func(m *Model) []item {
			var all []item
			for _, step := range slices.Sorted(maps.Keys(m.marks)) {
				l := text.Line{{Text: fmt.Sprintf("step %d", step), Role: text.Strong}}
				if step == m.s.Step() {
					l = l.Add(text.Here, " (here)")
				}
				all = append(all, item{lines: []text.Line{l.Add(text.Plain, "  "+m.marks[step])}, step: step})
			}
			return all
		},
		enter: func(m *Model, it item) {
			m.close()
			m.seek(it.step)
		},
		remove: func(m *Model, it item) { delete(m.marks, it.step) },
	}
	for i, it := range p.items(m) { // begin at the latest mark that lies behind
		if it.step <= m.s.Step() {
			p.row = i
		}
	}
	return p
}

// copyToken copies the token and shows it: in the message if there is room,
// else by itself.
func copyToken(m *Model) {
	token := m.s.Token()
	s, what := token.String(), "token: "
	if m.opt.Copy != nil {
		if err := m.opt.Copy(s); err != nil {
			what = "not copied (" + err.Error() + "): "
		} else {
			what = "copied: "
		}
	}
	m.msg = text.L(what).Add(text.Strong, s)
	if m.msg.Width() > m.w {
		m.open(&popup{title: what + "the token", text: func(m *Model, w int) []text.Line { return fold(s, w) }})
	}
}

// fold breaks a text without blanks into lines of at most w cells.
func fold(s string, w int) []text.Line {
	var lines []text.Line
	for r := []rune(s); len(r) > 0; {
		n := min(len(r), max(w, 1))
		lines = append(lines, text.L(string(r[:n])))
		r = r[n:]
	}
	return lines
}

// write writes the file form of the token. It runs on to the end for that.
func write(m *Model, file string) (err error) {
	if file == "" {
		return argError{0, "needs a file"}
	}
	var w io.WriteCloser
	if w, err = m.opt.Create(file); err != nil {
		return err
	}
	err = m.run(func(ctx context.Context, _ history.Progress) error { return m.s.Save(ctx, w) })
	if e := w.Close(); err == nil {
		err = e
	}
	m.look()
	if err == nil {
		m.say("written: " + file)
	}
	return err
}
