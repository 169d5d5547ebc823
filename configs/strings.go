package configs

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// A tomlString is a TOML string as it stands in a file, decoded.
type tomlString struct {
	text string
	// from[i] is the offset in the file that text[i] was written at; the last
	// element, one more than there are bytes, is where the text ends.
	from []int
	// end is the offset just behind the closing quotes.
	end int
}

// stringReader decodes one string. It reads only what TOML allows; of anything
// else it makes something, for it runs over text that may be no TOML.
type stringReader struct {
	src   string
	pos   int
	quote byte
	multi bool // """ or '''
	out   strings.Builder
	from  []int
}

// readString decodes the string whose opening quote is at src[pos].
func readString(src string, pos int) tomlString {
	r := &stringReader{src: src, pos: pos + 1, quote: src[pos]}
	if strings.HasPrefix(src[pos:], strings.Repeat(src[pos:pos+1], 3)) {
		r.multi = true
		r.pos = pos + 3
		// A newline right behind the opening quotes is not part of the text.
		r.pos += newlineLen(src[r.pos:])
	}
	for r.pos < len(src) && !r.closed() {
		switch c := src[r.pos]; {
		case c == '\\' && r.quote == '"':
			r.escape()
		default:
			r.keep(src[r.pos:r.pos+1], r.pos)
			r.pos++
		}
	}
	textEnd := r.pos
	r.pos = min(len(src), r.pos+r.closing())
	return tomlString{r.out.String(), append(r.from, textEnd), r.pos}
}

// keep appends s, which was written at offset at.
func (r *stringReader) keep(s string, at int) {
	r.out.WriteString(s)
	for range len(s) {
		r.from = append(r.from, at)
	}
}

// closed says whether the closing quotes are at pos. A line's end closes an
// unterminated single-line string. Quotes beyond three belong to the text, as
// in """say "hi"""", so closed keeps those first.
func (r *stringReader) closed() bool {
	if r.src[r.pos] == '\n' {
		return !r.multi
	}
	if r.src[r.pos] != r.quote || !r.multi {
		return r.src[r.pos] == r.quote
	}
	n := 0
	for r.pos+n < len(r.src) && r.src[r.pos+n] == r.quote {
		n++
	}
	keep := n
	if n >= 3 {
		keep = n - 3
	}
	for range keep {
		r.keep(r.src[r.pos:r.pos+1], r.pos)
		r.pos++
	}
	return n >= 3 || r.pos >= len(r.src)
}

// closing is the number of quotes at pos that end the string.
func (r *stringReader) closing() int {
	if r.pos >= len(r.src) || r.src[r.pos] != r.quote {
		return 0
	}
	if r.multi {
		return 3
	}
	return 1
}

// simpleEscapes maps the letter behind a backslash to what it stands for.
var simpleEscapes = map[byte]string{
	'b': "\b", 't': "\t", 'n': "\n", 'f': "\f", 'r': "\r", 'e': "\x1b", '"': `"`, '\\': `\`,
}

// hexEscapes maps the letter behind a backslash to its number of hex digits.
var hexEscapes = map[byte]int{'x': 2, 'u': 4, 'U': 8}

// escape decodes the escape sequence whose backslash is at pos.
func (r *stringReader) escape() {
	at := r.pos
	r.pos++
	if r.pos >= len(r.src) {
		return
	}
	if r.multi {
		// A backslash at a line's end swallows all space up to the next text.
		rest := strings.TrimLeft(r.src[r.pos:], " \t\r\n")
		if space := r.src[r.pos : len(r.src)-len(rest)]; strings.Contains(space, "\n") {
			r.pos += len(space)
			return
		}
	}
	c := r.src[r.pos]
	if s, ok := simpleEscapes[c]; ok {
		r.keep(s, at)
		r.pos++
		return
	}
	n, ok := hexEscapes[c]
	if !ok || r.pos+1+n > len(r.src) {
		return
	}
	code, err := strconv.ParseUint(r.src[r.pos+1:r.pos+1+n], 16, 32)
	if err != nil || !utf8.ValidRune(rune(code)) {
		return
	}
	r.keep(string(rune(code)), at)
	r.pos += 1 + n
}

// newlineLen is the length of the newline that s begins with, or 0.
func newlineLen(s string) int {
	switch {
	case strings.HasPrefix(s, "\n"):
		return 1
	case strings.HasPrefix(s, "\r\n"):
		return 2
	}
	return 0
}
