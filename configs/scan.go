package configs

import "strings"

// maxDepth limits how deeply keys, tables and arrays nest. Scenarios need 5;
// without a limit a hostile file makes the paths, and the TOML package's
// contexts, grow with the square of its size.
const maxDepth = 64

// scanner records the positions of a TOML text. It does not judge: the TOML
// package says whether the text is valid. Over anything else it stops early or
// records nonsense, but it always ends: each step moves pos forward.
type scanner struct {
	src string
	pos int
	out *positions
	// arrays counts the elements of each array made by [[headers]]; a later
	// header or dotted key that passes through one means its last element.
	arrays map[string]int
}

// scan finds the place of every key and value in src.
func scan(src string) *positions {
	p := &positions{src: src, lines: []int{0}, at: map[string]place{}, tooDeep: -1}
	for i := range len(src) {
		if src[i] == '\n' {
			p.lines = append(p.lines, i+1)
		}
	}
	s := &scanner{src: src, out: p, arrays: map[string]int{}}
	s.file()
	return p
}

// file scans the top level: headers and "key = value" lines.
func (s *scanner) file() {
	table := ""
	for s.skip(" \t\r\n"); s.pos < len(s.src) && s.out.tooDeep < 0; s.skip(" \t\r\n") {
		start := s.pos
		if s.src[s.pos] == '[' {
			table = s.header()
		} else {
			s.keyValue(table, 0)
			s.out.spans = append(s.out.spans, span{start, s.pos})
		}
		s.line()
	}
}

// skip moves over blanks of the given kinds and over comments.
func (s *scanner) skip(blanks string) {
	for s.pos < len(s.src) {
		if s.src[s.pos] == '#' {
			s.line()
		} else if strings.IndexByte(blanks, s.src[s.pos]) >= 0 {
			s.pos++
		} else {
			return
		}
	}
}

// line moves to the end of the line.
func (s *scanner) line() {
	if i := strings.IndexByte(s.src[s.pos:], '\n'); i >= 0 {
		s.pos += i
	} else {
		s.pos = len(s.src)
	}
}

// is moves over c if it is next, and says whether it was.
func (s *scanner) is(c byte) bool {
	if s.pos < len(s.src) && s.src[s.pos] == c {
		s.pos++
		return true
	}
	return false
}

// record notes a place; the first one of a path stays, since a table may be
// made implicitly before its own header.
func (s *scanner) record(path string, key, val int) {
	if _, ok := s.out.at[path]; !ok {
		s.out.at[path] = place{key, val}
	}
}

// header scans [a.b] or [[a.b]] and returns the path of the table it opens.
func (s *scanner) header() string {
	open := s.pos
	s.pos++
	array := s.is('[')
	path := ""
	parts := s.key()
	for i, part := range parts {
		path = joinKey(path, part.name)
		s.record(path, part.off, part.off)
		if i < len(parts)-1 {
			path = s.last(path)
		}
	}
	if array {
		s.arrays[path]++
	}
	path = s.last(path)
	s.record(path, open, open)
	return path
}

// last is path, or the path of its newest element if it is a [[header]] array.
func (s *scanner) last(path string) string {
	if n := s.arrays[path]; n > 0 {
		return joinIndex(path, n-1)
	}
	return path
}

// A keyPart is one name of a dotted key, and where it stands.
type keyPart struct {
	name string
	off  int
}

// key scans a dotted key.
func (s *scanner) key() []keyPart {
	var parts []keyPart
	for {
		s.skipBlanks()
		if s.pos >= len(s.src) {
			return parts
		}
		off := s.pos
		var name string
		if c := s.src[off]; c == '"' || c == '\'' {
			str := readString(s.src, off)
			name, s.pos = str.text, str.end
		} else {
			for s.pos < len(s.src) && isBare(s.src[s.pos]) {
				s.pos++
			}
			name = s.src[off:s.pos]
		}
		parts = append(parts, keyPart{name, off})
		if len(parts) > maxDepth {
			s.out.tooDeep = off
			return parts[:maxDepth]
		}
		s.skipBlanks()
		if !s.is('.') {
			return parts
		}
	}
}

// skipBlanks moves over spaces and tabs.
func (s *scanner) skipBlanks() {
	for s.pos < len(s.src) && (s.src[s.pos] == ' ' || s.src[s.pos] == '\t') {
		s.pos++
	}
}

// keyValue scans "key = value" in the table at path.
func (s *scanner) keyValue(path string, depth int) {
	parts := s.key()
	off := s.pos
	for i, part := range parts {
		path = joinKey(path, part.name)
		if i < len(parts)-1 {
			s.record(path, part.off, part.off)
			path = s.last(path)
		}
		off = part.off
	}
	s.skipBlanks()
	if !s.is('=') {
		return
	}
	s.skipBlanks()
	if first, ok := s.out.at[path]; ok {
		s.out.dups = append(s.out.dups, duplicate{path, first.key, off})
	}
	s.record(path, off, s.pos)
	s.value(path, depth+len(parts))
}

// value scans one value, whose path is known.
func (s *scanner) value(path string, depth int) {
	if s.pos >= len(s.src) || s.out.tooDeep >= 0 {
		return
	}
	if depth > maxDepth {
		s.out.tooDeep = s.pos
		return
	}
	switch s.src[s.pos] {
	case '"', '\'':
		s.pos = readString(s.src, s.pos).end
	case '[':
		s.pos++
		s.elements(']', func(i int) {
			p := joinIndex(path, i)
			s.record(p, s.pos, s.pos)
			s.value(p, depth+1)
		})
	case '{':
		s.pos++
		s.elements('}', func(int) { s.keyValue(path, depth+1) })
	default:
		// A number, boolean or date; a date may contain a blank.
		for s.pos < len(s.src) && strings.IndexByte(",]}#\r\n", s.src[s.pos]) < 0 {
			s.pos++
		}
	}
}

// elements scans what stands between brackets, separated by commas.
func (s *scanner) elements(end byte, element func(i int)) {
	const blanks = " \t\r\n"
	for i := 0; ; i++ {
		s.skip(blanks)
		if s.pos >= len(s.src) || s.is(end) || s.out.tooDeep >= 0 {
			return
		}
		element(i)
		s.skip(blanks)
		if !s.is(',') {
			s.is(end)
			return
		}
	}
}
