package configs

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/cockroachdb/datadriven"
	"go.starlark.net/starlark"
)

// testBuiltins stand in for the kernel's functions: fail raises an error, the
// others do nothing.
var testBuiltins = func() starlark.StringDict {
	d := starlark.StringDict{}
	for _, name := range []string{"raw_spin_lock", "raw_spin_unlock", "READ_ONCE", "WRITE_ONCE",
		"complete", "down", "wake_up_process", "task", "param", "double_lock", "printk"} {
		d[name] = starlark.NewBuiltin(name, func(*starlark.Thread, *starlark.Builtin, starlark.Tuple, []starlark.Tuple) (starlark.Value, error) {
			return starlark.None, nil
		})
	}
	d["fail_now"] = starlark.NewBuiltin("fail_now", func(*starlark.Thread, *starlark.Builtin, starlark.Tuple, []starlark.Tuple) (starlark.Value, error) {
		return nil, errors.New("the machine is on fire")
	})
	return d
}()

// testKinds are the kinds of their arguments.
var testKinds = map[string]ArgKind{
	"raw_spin_lock": KindLock, "raw_spin_unlock": KindLock, "READ_ONCE": KindVar, "WRITE_ONCE": KindVar,
	"complete": KindCompletion, "down": KindSemaphore, "task": KindTask, "param": KindParam,
	"double_lock": KindLock, "double_lock/1": KindLock, "double_lock.second": KindLock,
}

// TestBodies walks the transcripts in testdata/body. Each input is a scenario;
// each of its bodies is compiled, its names are checked, and it is run. Command
// crlf does so with Windows line ends.
func TestBodies(t *testing.T) {
	datadriven.Walk(t, "testdata/body", func(t *testing.T, path string) {
		n := 0
		datadriven.RunTest(t, path, func(t *testing.T, d *datadriven.TestData) string {
			n++
			file := fmt.Sprintf("%s%d.toml", path[strings.LastIndex(path, "/")+1:], n)
			src := d.Input
			if d.Cmd == "crlf" {
				src = strings.ReplaceAll(src, "\n", "\r\n")
			}
			s, diags := Load(file, []byte(src))
			if len(diags) > 0 {
				return diags.String()
			}
			var b strings.Builder
			for i := range s.Tasks {
				b.WriteString(tryBody(s, i))
			}
			return b.String()
		})
	})
}

// tryBody compiles, checks and runs one body, as far as it gets.
func tryBody(s *Scenario, i int) string {
	prog, diags := CompileBody(s, i, testBuiltins.Has, testBuiltins.Keys()...)
	if diags = append(diags, CheckNames(s, i, testKinds)...); len(diags) > 0 {
		return diags.String()
	}
	if _, err := prog.Init(&starlark.Thread{}, testBuiltins); err != nil {
		return EvalDiagnostic(s, i, err).String() + "\n"
	}
	return s.Tasks[i].Name + " ran\n"
}

// Whatever the quoting, each name in a body is found where it stands.
func TestBodyPosFollowsQuoting(t *testing.T) {
	for _, body := range []string{
		`"undefd"`, `'undefd'`, `"pass\n\tundefd"`, `"""undefd"""`, `'''undefd'''`,
		"\"\"\"\nundefd\n\"\"\"", "\"\"\"\r\npass\r\nundefd\r\n\"\"\"", "'''\n# é\nprintk('ü') or undefd\n'''",
		"\"\"\"\npass # \\\\ \\\" \\u00e9\nundefd\"\"\"", "\"\"\"\npa\\\n   ss\nprintk(\\\n   undefd)\"\"\"",
		"\"\"\"\n\n\n  \nif True:\n\tprintk(\\u0022x\\\", undefd)\"\"\"",
	} {
		body = strings.Replace(body, `"pass\n\tundefd"`, `"if 1:\n\tundefd"`, 1)
		src := "title = \"t\"\nstory = \"s\"\n[[task]]\nname = \"a\"\nbody = " + body + "\n"
		s, diags := Load("quoting"+strconv.Quote(body), []byte(src))
		if len(diags) > 0 {
			t.Fatal(diags)
		}
		_, diags = CompileBody(s, 0, testBuiltins.Has)
		if len(diags) != 1 || !strings.HasPrefix(diags[0].Msg, "undefined: undefd") {
			t.Errorf("%s: got %s", body, diags)
			continue
		}
		line, col := scan(src).lineCol(strings.Index(src, "undefd"))
		if diags[0].Line != line || diags[0].Col != col {
			t.Errorf("%s\nfound at %d:%d, stands at %d:%d", body, diags[0].Line, diags[0].Col, line, col)
		}
	}
}

// A body compiles once, however many tasks and goroutines ask for it.
func TestCompileOnce(t *testing.T) {
	var asked sync.Map
	env := func(name string) bool {
		if _, again := asked.LoadOrStore(name, true); again && name != "" {
			t.Errorf("the compiler asked for %s again", name)
		}
		return true
	}
	progs := make([]*starlark.Program, 8)
	var wg sync.WaitGroup
	for n := range progs {
		wg.Add(1)
		go func() {
			defer wg.Done()
			src := "title = \"t\"\nstory = \"s\"\n[[task]]\nname = \"a\"\nbody = \"once_only()\"\n"
			s, _ := Load("once.toml", []byte(src))
			progs[n], _ = CompileBody(s, 0, env)
		}()
	}
	wg.Wait()
	if progs[0] == nil || len(slices.Compact(progs)) != 1 {
		t.Errorf("got programs %v, want one", progs)
	}
}

// The bundled bodies name only what their scenarios have.
func TestBundledNames(t *testing.T) {
	for _, s := range testScenarios(t) {
		for i := range s.Tasks {
			if diags := CheckNames(s, i, testKinds); len(diags) > 0 {
				t.Errorf("%s", diags)
			}
		}
	}
}

// A scenario built by hand has no text; positions are then those in the body.
func TestBodyOfNoFile(t *testing.T) {
	s := &Scenario{Tasks: []TaskSpec{{Name: "a", Body: "pass\n  pass"}}, file: "hand"}
	_, diags := CompileBody(s, 0, testBuiltins.Has)
	if len(diags) != 1 || diags[0].Line != 2 {
		t.Errorf("got %s", diags)
	}
}
