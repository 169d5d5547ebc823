package threads

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/cockroachdb/datadriven"

	"lockstep/cpu"
	"lockstep/sim"
)

// A story is a transcript of what concerns some objects: operations on them,
// switches, and what the scene says itself.
type story struct {
	b     *box
	on    bool
	about []string // beginnings of the objects' names
	out   strings.Builder
}

// tell begins a story on a machine that has not started.
func tell(b *box, about ...string) *story {
	s := &story{b: b, about: about}
	b.m.E.OnOp(s.op)
	return s
}

func (s *story) op(p *sim.Proc, op sim.Op) {
	name := s.b.m.ObjName(op.Obj)
	here := slices.ContainsFunc(s.about, func(a string) bool { return strings.HasPrefix(name, a) })
	if s.on && (here || op.Kind == cpu.KindSwitch) {
		s.line(p.ID(), cpu.KindName(op.Kind), name)
	}
}

func (s *story) line(c int, verb, what string) {
	line := fmt.Sprintf("cpu%d %-12s %-8s %s", c, s.b.m.CPUs[c].Current().Comm, verb, what)
	fmt.Fprintln(&s.out, strings.TrimRight(line, " "))
}

// say puts a word of the scene's own between the operations.
func (s *story) say(x *cpu.Exec, what string) {
	if s.on {
		s.line(x.CPU().ID, "--", what)
	}
}

// follows checks that the lines of want, words separated by blanks, come in
// the story in this order, among others.
func (s *story) follows(t *testing.T, want string) {
	t.Helper()
	rest := strings.Split(s.out.String(), "\n")
	for w := range strings.Lines(want) {
		words := strings.Join(strings.Fields(w), " ")
		if words == "" {
			continue
		}
		i := slices.IndexFunc(rest, func(l string) bool { return strings.Join(strings.Fields(l), " ") == words })
		if i < 0 {
			t.Errorf("not in its place: %q\n%s", words, s.out.String())
			return
		}
		rest = rest[i+1:]
	}
}

// scene is a machine whose story is told, and the order that it must show.
type scene struct {
	play  func(t *testing.T) *story
	order string
}

// playScenes compares the scenes with what is written in a file of testdata,
// and each with its order.
func playScenes(t *testing.T, file string, scenes map[string]scene) {
	played := 0
	datadriven.RunTest(t, file, func(t *testing.T, d *datadriven.TestData) string {
		sc, ok := scenes[d.Input]
		if d.Cmd != "scene" || !ok {
			t.Fatalf("%s: no scene %q", d.Pos, d.Input)
		}
		played++
		s := sc.play(t)
		s.follows(t, sc.order)
		return s.out.String() + s.b.verdicts()
	})
	if played != len(scenes) {
		t.Errorf("%s plays %d of %d scenes", file, played, len(scenes))
	}
}
