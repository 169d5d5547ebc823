package configs

import (
	"sort"
	"strconv"
	"strings"
	"unicode/utf8"
)

// A place is where a key and its value begin, as byte offsets. For an element
// of an array, and for what has no text of its own, both are the same.
type place struct{ key, val int }

// A span is the text of one "key = value", as byte offsets.
type span struct{ start, end int }

// A duplicate is a key given a second time: its path, and the byte offsets of
// both keys.
type duplicate struct {
	path       string
	first, off int
}

// positions knows where each key of a TOML text stands. Keys are paths in the
// form that diagnostics show: task[1].cpus[0], params."odd name". A path is
// built by joinKey and joinIndex only, so equal paths are equal strings.
type positions struct {
	src   string
	lines []int // offset of each line's first byte
	at    map[string]place
	spans []span
	dups  []duplicate
	// tooDeep is the offset at which nesting exceeds maxDepth, or -1. The rest
	// of the text was not scanned then.
	tooDeep int
}

// joinKey is the path of the member key of the table at path.
func joinKey(path, key string) string {
	if path == "" {
		return quoteKey(key)
	}
	return path + "." + quoteKey(key)
}

// joinIndex is the path of element i of the array at path.
func joinIndex(path string, i int) string { return path + "[" + strconv.Itoa(i) + "]" }

// quoteKey writes a key as TOML does: bare if it can be, else quoted.
func quoteKey(key string) string {
	for i := range len(key) {
		if !isBare(key[i]) {
			return quoteBasic(key)
		}
	}
	if key == "" {
		return `""`
	}
	return key
}

// isBare says whether c may stand in a key without quotes.
func isBare(c byte) bool {
	return c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '_' || c == '-'
}

// lineCol turns a byte offset into a line and a column, both from 1; columns
// count characters, as editors do.
func (p *positions) lineCol(off int) (line, col int) {
	off = max(0, min(off, len(p.src)))
	line = sort.SearchInts(p.lines, off+1)
	return line, utf8.RuneCountInString(p.src[p.lines[line-1]:off]) + 1
}

// key is where the key at path stands; for an absent one, where its nearest
// ancestor does.
func (p *positions) key(path string) (line, col int) { return p.lineCol(p.find(path).key) }

// value is where the value at path stands, or its nearest ancestor.
func (p *positions) value(path string) (line, col int) { return p.lineCol(p.find(path).val) }

// find looks path up, then its ancestors, and last the start of the file.
func (p *positions) find(path string) place {
	for {
		if at, ok := p.at[path]; ok {
			return at
		}
		// Cutting in the middle of a quoted key finds nothing and goes on.
		cut := strings.LastIndexAny(path, ".[")
		if cut < 0 {
			return place{}
		}
		path = path[:cut]
	}
}
