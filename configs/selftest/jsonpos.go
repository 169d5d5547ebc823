package selftest

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"unicode/utf8"
)

// shape is the JSON type of a node.
type shape uint8

const (
	isNull shape = iota
	isBool
	isNumber
	isString
	isList
	isObject
)

var shapeNames = [...]string{"null", "true or false", "a number", "a string", "a list", "an object"}

// String names the type as an error says it.
func (s shape) String() string { return shapeNames[s] }

// node is a JSON value with its place, which encoding/json's own decoding
// loses, and with its keys as written, so that a double one can be seen.
type node struct {
	shape   shape
	off     int // of the first byte
	truth   bool
	text    string // of a string; a number as written
	items   []*node
	members []member
}

// member is one key of an object.
type member struct {
	key   string
	off   int
	value *node
}

// maxDepth bounds the nesting: the format has five levels, and the reader is
// recursive.
const maxDepth = 16

// parseError is a text that is no JSON.
type parseError struct {
	off int
	msg string
}

// Error implements error.
func (e *parseError) Error() string { return e.msg }

// reader turns text into nodes.
type reader struct {
	data []byte
	dec  *json.Decoder
}

// parse reads one JSON value and nothing behind it.
func parse(data []byte) (*node, *parseError) {
	r := &reader{data, json.NewDecoder(bytes.NewReader(data))}
	r.dec.UseNumber()
	n, err := r.value(0)
	if err != nil {
		return nil, err
	}
	if off := r.start(); off < len(data) {
		return nil, &parseError{off, "there is something behind the end of the list"}
	}
	return n, nil
}

// start is where the next token begins: behind blanks and what separates.
func (r *reader) start() int {
	off := int(r.dec.InputOffset())
	for off < len(r.data) && bytes.IndexByte([]byte(" \t\r\n,:"), r.data[off]) >= 0 {
		off++
	}
	return off
}

// token reads a token and says where it began.
func (r *reader) token() (json.Token, int, *parseError) {
	off := r.start()
	tok, err := r.dec.Token()
	if err == nil {
		return tok, off, nil
	}
	var bad *json.SyntaxError
	switch {
	case errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF):
		return nil, off, &parseError{len(r.data), "the file ends too early"}
	case errors.As(err, &bad):
		return nil, off, &parseError{max(off, min(int(bad.Offset)-1, len(r.data))), "no JSON: " + bad.Error()}
	}
	return nil, off, &parseError{off, "no JSON: " + err.Error()}
}

func (r *reader) value(depth int) (*node, *parseError) {
	tok, off, err := r.token()
	if err != nil {
		return nil, err
	}
	if depth > maxDepth {
		return nil, &parseError{off, fmt.Sprintf("nested deeper than %d levels", maxDepth)}
	}
	n := &node{off: off}
	switch v := tok.(type) {
	case bool:
		n.shape, n.truth = isBool, v
	case json.Number:
		n.shape, n.text = isNumber, v.String()
	case string:
		n.shape, n.text = isString, v
	case json.Delim:
		if v == '[' {
			return n, r.list(n, depth)
		}
		return n, r.object(n, depth)
	}
	return n, nil
}

func (r *reader) list(n *node, depth int) *parseError {
	n.shape = isList
	for r.dec.More() {
		v, err := r.value(depth + 1)
		if err != nil {
			return err
		}
		n.items = append(n.items, v)
	}
	_, _, err := r.token() // the bracket
	return err
}

func (r *reader) object(n *node, depth int) *parseError {
	n.shape = isObject
	for r.dec.More() {
		key, off, err := r.token()
		if err != nil {
			return err
		}
		name, ok := key.(string)
		if !ok {
			return &parseError{off, "a key must be a string"}
		}
		v, err := r.value(depth + 1)
		if err != nil {
			return err
		}
		n.members = append(n.members, member{name, off, v})
	}
	_, _, err := r.token() // the brace
	return err
}

// place turns an offset into line and column, both from 1, the column in
// characters as an editor counts.
func place(data []byte, off int) (line, col int) {
	before := data[:min(off, len(data))]
	start := bytes.LastIndexByte(before, '\n') + 1
	return bytes.Count(before, []byte("\n")) + 1, utf8.RuneCount(before[start:]) + 1
}
