package configs

import (
	"errors"
	"maps"
	"slices"
	"strings"
	"sync"

	"go.starlark.net/resolve"
	"go.starlark.net/starlark"
	"go.starlark.net/syntax"
)

// bodyOptions is the dialect of bodies: they are programs of statements, so
// loops and branches may stand at the top and names may be set again. Recursion
// stays forbidden, since the bound on a body's steps counts no stack.
var bodyOptions = &syntax.FileOptions{
	Set:             true,
	While:           true,
	TopLevelControl: true,
	GlobalReassign:  true,
}

// bodyKey identifies a body. Two tasks with the same text share a program.
type bodyKey struct{ file, text string }

// compiled is the outcome of compiling one body.
type compiled struct {
	prog *starlark.Program
	err  error
	// bound are the names that the body itself gives a meaning, sorted.
	bound []string
}

// bodies caches compiled bodies. A program is never changed by running it, so
// one serves all tasks of all machines, in any number of goroutines.
var bodies = struct {
	sync.Mutex
	m map[bodyKey]*compiled
}{m: map[bodyKey]*compiled{}}

// CompileBody compiles program i, for a small i the body of task i. The names it may use besides
// Starlark's own are those of which env says so; env must say the same for
// every call in a process, since each pair of file and text is compiled once.
// An undefined name is reported with the nearest of the body's own names,
// Starlark's, and the given ones. CompileBody may be called concurrently.
func CompileBody(s *Scenario, i int, env func(name string) bool, names ...string) (*starlark.Program, Diagnostics) {
	c := compileOnce(bodyKey{s.file, s.program(i).text}, env)
	if c.err == nil {
		return c.prog, nil
	}
	known := slices.Concat(c.bound, slices.Sorted(maps.Keys(starlark.Universe)), names)
	var diags Diagnostics
	var list resolve.ErrorList
	var one syntax.Error
	switch {
	case errors.As(c.err, &list):
		for _, e := range list {
			diags = append(diags, bodyDiagnostic(s, i, e.Pos, e.Msg, known))
		}
	case errors.As(c.err, &one):
		diags = append(diags, bodyDiagnostic(s, i, one.Pos, one.Msg, known))
	default:
		line, col := BodyPos(s, i, syntax.MakePosition(&s.file, 1, 1))
		diags = append(diags, Diagnostic{File: s.file, Line: line, Col: col, Msg: c.err.Error()})
	}
	diags.sortByPlace()
	return nil, diags
}

// compileOnce compiles a body, or returns what became of it before. The lock
// is held meanwhile: two callers that want the same body want it once.
func compileOnce(key bodyKey, env func(string) bool) *compiled {
	bodies.Lock()
	defer bodies.Unlock()
	c := bodies.m[key]
	if c == nil {
		c = compileBody(key, env)
		bodies.m[key] = c
	}
	return c
}

// compileBody parses, resolves and compiles a body.
func compileBody(key bodyKey, env func(string) bool) *compiled {
	file, err := bodyOptions.Parse(key.file, key.text, 0)
	if err != nil {
		return &compiled{err: err}
	}
	for _, stmt := range file.Stmts {
		if load, ok := stmt.(*syntax.LoadStmt); ok {
			return &compiled{err: syntax.Error{Pos: load.Load, Msg: "a body cannot load modules"}}
		}
	}
	bound := boundNames(file)
	prog, err := starlark.FileProgram(file, env)
	return &compiled{prog, err, bound}
}

// bodyDiagnostic places a message of the Starlark compiler. Its own guess at an
// undefined name knows no builtins and is replaced.
func bodyDiagnostic(s *Scenario, i int, pos syntax.Position, msg string, known []string) Diagnostic {
	d := Diagnostic{File: s.file, Msg: msg}
	d.Line, d.Col = BodyPos(s, i, pos)
	if name, ok := strings.CutPrefix(msg, "undefined: "); ok {
		name, _, _ = strings.Cut(name, " ")
		d.Msg = "undefined: " + name
		if n := Nearest(name, known); n != "" {
			d.Hint = "did you mean " + n + "?"
		}
	}
	return d
}

// BodyPos turns a position in program i, as Starlark gives it, into
// the line and column of the scenario file. Of a scenario that was loaded from
// no text, and of a position outside the body, it returns the position as is.
func BodyPos(s *Scenario, i int, pos syntax.Position) (line, col int) {
	line, col = int(pos.Line), max(1, int(pos.Col))
	if s.pos == nil {
		return line, col
	}
	at, ok := s.pos.at[s.program(i).path]
	if !ok || at.val >= len(s.pos.src) {
		return line, col
	}
	if c := s.pos.src[at.val]; c != '"' && c != '\'' {
		return line, col
	}
	str := readString(s.pos.src, at.val)
	off, ok := textOffset(str.text, line, col)
	if !ok {
		return line, col
	}
	return s.pos.lineCol(str.from[off])
}

// textOffset is the byte offset of a line and column, both from 1, in text. A
// column behind the end of its line means that end.
func textOffset(text string, line, col int) (int, bool) {
	off := 0
	for ; line > 1; line-- {
		n := strings.IndexByte(text[off:], '\n')
		if n < 0 {
			return 0, false
		}
		off += n + 1
	}
	rest := text[off:]
	if n := strings.IndexByte(rest, '\n'); n >= 0 {
		rest = rest[:n]
	}
	for i := range rest {
		if col--; col == 0 {
			return off + i, true
		}
	}
	return off + len(rest), true
}

// EvalDiagnostic turns an error from running program i into a
// diagnostic at the innermost position within the body: the call of a builtin,
// not what is inside the builtin.
func EvalDiagnostic(s *Scenario, i int, err error) Diagnostic {
	d := Diagnostic{File: s.file, Msg: err.Error()}
	var eval *starlark.EvalError
	if errors.As(err, &eval) {
		d.Msg = eval.Msg
		for n := range eval.CallStack {
			if pos := eval.CallStack.At(n).Pos; pos.Filename() == s.file {
				d.Line, d.Col = BodyPos(s, i, pos)
				return d
			}
		}
	}
	d.Line, d.Col = BodyPos(s, i, syntax.MakePosition(&s.file, 1, 1))
	return d
}
