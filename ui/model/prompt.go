package model

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// promptKind is what a line that is being typed is for.
type promptKind int

const (
	promptCommand promptKind = iota
	promptSearch
	promptNote
)

// prompt is a line that is being typed.
type prompt struct {
	kind promptKind
	lead string // stands before what is typed
	line []rune
	pos  int // of the cursor
	// past is how far back in the earlier commands one is, 0 for the line
	// itself, which is kept meanwhile.
	past int
	kept []rune
	// The completions that are gone through, and which is in the line.
	cands []string
	cand  int
}

// ask opens a line to be typed, which begins with a text.
func (m *Model) ask(kind promptKind, begin string) {
	lead := [...]string{promptCommand: ":", promptSearch: "/", promptNote: "note: "}[kind]
	line := []rune(begin)
	m.prompt = &prompt{kind: kind, lead: lead, line: line, pos: len(line)}
}

// insert types a text at the cursor.
func (p *prompt) insert(s string) {
	add := []rune(strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return -1
		}
		return r
	}, s))
	p.line = slices.Insert(p.line, p.pos, add...)
	p.pos += len(add)
	p.cands, p.past = nil, 0
}

// cut removes the runes between two places.
func (p *prompt) cut(from, to int) {
	from, to = max(from, 0), min(to, len(p.line))
	if from < to {
		p.line = slices.Delete(p.line, from, to)
	}
	p.pos = from
	p.cands = nil
}

// word is where the word before the cursor begins.
func (p *prompt) word() int {
	i := p.pos
	for i > 0 && p.line[i-1] == ' ' {
		i--
	}
	for i > 0 && p.line[i-1] != ' ' {
		i--
	}
	return i
}

// recall puts an earlier command into the line; past counts back from the
// latest.
func (p *prompt) recall(past []string, by int) {
	to := max(0, min(p.past+by, len(past)))
	if to == p.past {
		return
	}
	if p.past == 0 {
		p.kept = p.line
	}
	p.past = to
	if to == 0 {
		p.line = p.kept
	} else {
		p.line = []rune(past[len(past)-to])
	}
	p.pos, p.cands = len(p.line), nil
}

// cycle puts the next completion into the line.
func (m *Model) cycle(p *prompt, by int) {
	if p.kind != promptCommand {
		return
	}
	if p.cands == nil {
		p.cands = m.completions(string(p.line[:p.pos]))
		p.cand = -1
		if by < 0 {
			p.cand = 0
		}
	}
	n := len(p.cands)
	if n == 0 {
		return
	}
	p.cand = (p.cand + by + n) % n
	p.line = []rune(p.cands[p.cand])
	p.pos = len(p.line)
	if n == 1 {
		p.cands = nil // one can complete further from here
	}
}

// typingActions are the keys of a line that is being typed.
func typingActions() []Action {
	on := func(name, help string, run func(m *Model, p *prompt), keys ...string) Action {
		return Action{
			Scope: Typing, Group: Typing.title(), Keys: keys, Name: name, Help: help,
			run: plain(func(m *Model) { run(m, m.prompt) }),
		}
	}
	return []Action{
		on("left", "a character back", func(_ *Model, p *prompt) { p.pos = max(p.pos-1, 0) }, "left", "ctrl-b"),
		on("right", "a character on", func(_ *Model, p *prompt) { p.pos = min(p.pos+1, len(p.line)) }, "right", "ctrl-f"),
		on("home", "beginning of the line", func(_ *Model, p *prompt) { p.pos = 0 }, "home", "ctrl-a"),
		on("end", "end of the line", func(_ *Model, p *prompt) { p.pos = len(p.line) }, "end", "ctrl-e"),
		on("rubout", "removes the character before; in an empty line, closes it", func(m *Model, p *prompt) {
			if len(p.line) == 0 {
				m.prompt = nil
			} else if p.pos > 0 {
				p.cut(p.pos-1, p.pos)
			}
		}, "backspace"),
		on("delete", "removes the character under the cursor", func(_ *Model, p *prompt) { p.cut(p.pos, p.pos+1) }, "delete"),
		on("rubout-word", "removes the word before", func(_ *Model, p *prompt) { p.cut(p.word(), p.pos) }, "ctrl-w"),
		on("rubout-line", "removes everything before", func(_ *Model, p *prompt) { p.cut(0, p.pos) }, "ctrl-u"),
		on("earlier", "the command before", func(m *Model, p *prompt) { p.recall(m.pastOf(p), 1) }, "up"),
		on("later", "the command after", func(m *Model, p *prompt) { p.recall(m.pastOf(p), -1) }, "down"),
		on("complete", "next completion", func(m *Model, p *prompt) { m.cycle(p, 1) }, "tab"),
		on("complete-back", "completion before", func(m *Model, p *prompt) { m.cycle(p, -1) }, "backtab"),
		on("accept", "does it", func(m *Model, p *prompt) { m.accept(p) }, "enter"),
		on("cancel", "closes the line", func(m *Model, _ *prompt) { m.prompt = nil }, "esc"),
	}
}

// pastOf are the earlier lines of a prompt.
func (m *Model) pastOf(p *prompt) []string {
	if p.kind == promptCommand {
		return m.past
	}
	return nil
}

// promptKey gives a key to the line that is being typed.
func (m *Model) promptKey(key string) {
	switch a := m.keys[Typing][key]; {
	case a != nil:
		m.do(a, "")
	case key == "space":
		m.prompt.insert(" ")
	case utf8.RuneCountInString(key) == 1:
		m.prompt.insert(key)
	}
}

// accept closes the line and does what it says.
func (m *Model) accept(p *prompt) {
	m.prompt = nil
	m.say()
	s := strings.TrimSpace(string(p.line))
	switch {
	case p.kind == promptNote:
		m.mark(short(s))
	case p.kind == promptSearch && s != "":
		m.searchFor(s)
	case p.kind == promptSearch:
		m.do(m.commands["next-match"], "") // the same again
	case s != "":
		if n := len(m.past); n == 0 || m.past[n-1] != s {
			m.past = append(m.past, s)
		}
		m.command(s)
	}
}
