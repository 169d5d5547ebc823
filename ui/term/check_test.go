package term

import (
	"errors"
	"testing"
)

func TestCheck(t *testing.T) {
	no := errors.New("open /dev/tty: no such device or address")
	for _, c := range []struct {
		term string
		w, h int
		err  error
		want string
	}{
		{"xterm", 80, 24, nil, ""},
		{"xterm", 20, 5, nil, ""},
		{"xterm", 0, 0, nil, ""},
		{"", 80, 24, nil, "no terminal (TERM is not set): use `lockstep run`"},
		{"dumb", 80, 24, nil, "no terminal (TERM is dumb): use `lockstep run`"},
		{"xterm", 0, 0, no, "no terminal (open /dev/tty: no such device or address): use `lockstep run`"},
		{"xterm", 19, 5, nil, "the terminal has 19x5 cells, at least 20x5 are needed: enlarge it or use `lockstep run`"},
		{"xterm", 20, 4, nil, "the terminal has 20x4 cells, at least 20x5 are needed: enlarge it or use `lockstep run`"},
	} {
		env := func(s string) string { return map[string]string{"TERM": c.term}[s] }
		got := ""
		err := check(env, func() (int, int, error) { return c.w, c.h, c.err })
		if err != nil {
			got = err.Error()
		}
		if got != c.want {
			t.Errorf("TERM=%q %dx%d %v:\n got %q\nwant %q", c.term, c.w, c.h, c.err, got, c.want)
		}
		if small := c.want != "" && c.want[0] == 't'; err != nil && errors.Is(err, ErrNoTerminal) == small {
			t.Errorf("%q is of the wrong kind", got)
		}
	}
}
