package configs

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"reflect"
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/BurntSushi/toml"
)

// maxSize is the largest scenario file in bytes. The bundled ones have a few
// thousand; what is larger was given by mistake.
const maxSize = 1 << 20

// Load reads a scenario from the text src of the file called name. It returns
// all problems it finds; the scenario is nil if there is any.
func Load(name string, src []byte) (*Scenario, Diagnostics) {
	text, diags := checkText(name, src)
	if len(diags) > 0 {
		return nil, diags
	}
	pos := scan(text)
	if pos.tooDeep >= 0 {
		line, col := pos.lineCol(pos.tooDeep)
		return nil, Diagnostics{{name, line, col, fmt.Sprintf("nested more than %d levels deep", maxDepth), ""}}
	}
	tree, diags := parse(name, text, pos)
	if tree == nil {
		return nil, diags
	}
	s := &Scenario{file: name, pos: pos}
	c := newChecker(func(path string, value bool) Diagnostic {
		d := Diagnostic{File: name}
		if value {
			d.Line, d.Col = pos.value(path)
		} else {
			d.Line, d.Col = pos.key(path)
		}
		return d
	})
	c.diags, c.settings = diags, schemaSettings()
	root := reflect.ValueOf(s).Elem()
	schema.fill(root)
	c.table(root, schema, tree, "")
	s.validate(c)
	s.validateClaims(c)
	if len(c.diags) > 0 {
		c.diags.sortByPlace()
		return nil, c.diags
	}
	return s, nil
}

// LoadFile reads a scenario from a file.
func LoadFile(path string) (*Scenario, Diagnostics) {
	src, err := readFile(path)
	if err != nil {
		msg := err.Error()
		var pe *fs.PathError
		if errors.As(err, &pe) {
			msg = pe.Err.Error()
		}
		return nil, Diagnostics{{File: path, Msg: msg}}
	}
	return Load(path, src)
}

// readFile reads at most what Load takes, and a byte, so that neither a huge
// file nor a device fills the memory.
func readFile(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, maxSize+1))
}

// checkText refuses what is no text, and removes a byte order mark.
func checkText(name string, src []byte) (string, Diagnostics) {
	if len(src) > maxSize {
		return "", Diagnostics{{File: name, Msg: fmt.Sprintf("larger than %d bytes; this is no scenario", maxSize)}}
	}
	text := strings.TrimPrefix(string(src), "\ufeff")
	for i, r := range text {
		bad := r == utf8.RuneError && !strings.HasPrefix(text[i:], "\ufffd")
		if bad || r == 0 {
			line := strings.Count(text[:i], "\n") + 1
			col := utf8.RuneCountInString(text[strings.LastIndexByte(text[:i], '\n')+1:i]) + 1
			return "", Diagnostics{{name, line, col, fmt.Sprintf("not a text file: byte %#02x", text[i]), "scenarios are UTF-8"}}
		}
	}
	return text, nil
}

// maxDuplicates limits how many duplicate keys are reported at once, since
// each costs a pass over the text.
const maxDuplicates = 20

// duplicateKey recognises what the TOML package says of a key given twice.
var duplicateKey = regexp.MustCompile(`^Key '(.*)' has already been defined\.$`)

// parse turns the text into a tree of maps, nil if it is no TOML. A syntax
// error ends it: what stands behind one cannot be told. A duplicate key does
// not; its line is blanked, which keeps all positions, and the rest is parsed
// again.
func parse(name, text string, pos *positions) (map[string]any, Diagnostics) {
	var diags Diagnostics
	for {
		var tree map[string]any
		_, err := toml.Decode(text, &tree)
		if err == nil {
			return tree, diags
		}
		var pe toml.ParseError
		if !errors.As(err, &pe) {
			return nil, append(diags, Diagnostic{File: name, Msg: strings.TrimPrefix(err.Error(), "toml: ")})
		}
		off := errorOffset(pe, pos)
		d := Diagnostic{File: name, Msg: strings.TrimSuffix(pe.Message, ".")}
		d.Line, d.Col = pos.lineCol(off)
		m := duplicateKey.FindStringSubmatch(pe.Message)
		if m == nil {
			return nil, append(diags, d)
		}
		d.Msg = "duplicate key " + m[1]
		sp, ok := pos.spanAt(off)
		if !ok { // a table's header: the keys below it have no place now
			if at, ok := pos.at[m[1]]; ok {
				first, _ := pos.lineCol(at.key)
				d.Hint = fmt.Sprintf("first given in line %d", first)
			}
			return nil, append(diags, d)
		}
		for _, dup := range pos.dups {
			if sp.start <= dup.off && dup.off < sp.end {
				d.Line, d.Col = pos.lineCol(dup.off)
				first, _ := pos.lineCol(dup.first)
				d.Msg, d.Hint = "duplicate key "+dup.path, fmt.Sprintf("first given in line %d", first)
				break
			}
		}
		diags = append(diags, d)
		blanked := blank(text, sp)
		if blanked == text || len(diags) >= maxDuplicates {
			return nil, diags
		}
		text = blanked
	}
}

// errorOffset is where a syntax error stands. The TOML package's own column
// counts bytes and can lie on another line than its line, which is right.
func errorOffset(pe toml.ParseError, pos *positions) int {
	line := max(1, min(pe.Position.Line, len(pos.lines)))
	start, end := pos.lines[line-1], len(pos.src)
	if line < len(pos.lines) {
		end = pos.lines[line] - 1
	}
	return max(start, min(pe.Position.Start, end))
}

// spanAt finds the "key = value" around off.
func (p *positions) spanAt(off int) (span, bool) {
	for _, sp := range p.spans {
		if sp.start <= off && off < sp.end {
			return sp, true
		}
	}
	return span{}, false
}

// blank overwrites a span with spaces, byte for byte, so that all offsets and
// lines behind it keep their meaning.
func blank(text string, sp span) string {
	b := []byte(text)
	for i := sp.start; i < sp.end; i++ {
		if b[i] != '\n' && b[i] != '\r' {
			b[i] = ' '
		}
	}
	return string(b)
}
