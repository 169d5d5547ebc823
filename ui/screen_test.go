package ui_test

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"lockstep/configs"
	"lockstep/configs/configstest"
	"lockstep/ui"
	"lockstep/ui/history"
	"lockstep/ui/model"
	"lockstep/ui/term"
	"lockstep/ui/term/screentest"
)

var update = flag.Bool("update", false, "rewrite testdata/screens")

// desk is a model of a real session, and how it is drawn: without an
// application around it, so that nothing has to be waited for.
type desk struct {
	t     testing.TB
	s     *history.Session
	m     *model.Model
	w, h  int
	theme string
	ascii bool
}

// session opens a scenario with a seed.
func session(t testing.TB, name string, seed uint64) *history.Session {
	t.Helper()
	s, err := history.Open(configstest.Open(t, name), configs.Options{Seed: seed}, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

// found opens a scenario at the first thing that is found in it, or at its end,
// as step does with a token.
func found(t testing.TB, name string, seed uint64) *history.Session {
	t.Helper()
	s := session(t, name, seed)
	if err := s.Find(context.Background(), history.Forward, history.OnFinding, nil); err != nil && !errors.Is(err, history.ErrEnd) {
		t.Fatal(err)
	}
	return s
}

// at is a desk with a screen of a size in front of a session.
func at(t testing.TB, s *history.Session, w, h int) *desk {
	return &desk{t: t, s: s, m: ui.NewModel(s, options(w, h)), w: w, h: h, theme: "auto"}
}

// ascii is a desk whose screen has nothing but ASCII.
func ascii(t testing.TB, s *history.Session, w, h int) *desk {
	opt := options(w, h)
	opt.ASCII = true
	return &desk{t: t, s: s, m: ui.NewModel(s, opt), w: w, h: h, theme: "auto", ascii: true}
}

func options(w, h int) model.Options {
	return model.Options{
		W: w, H: h, Themes: ui.Themes(), Theme: func(string) error { return nil },
		Create: func(file string) (io.WriteCloser, error) { return os.Create(file) },
	}
}

// keys presses keys by their names.
func (d *desk) keys(names ...string) *desk {
	for _, k := range names {
		d.m.Handle(model.Event{Key: k}, nil)
	}
	return d
}

// command gives a command in the command line.
func (d *desk) command(line string) *desk {
	d.keys(":")
	for _, r := range line {
		d.keys(string(r))
	}
	return d.keys("enter")
}

// size changes the screen's size.
func (d *desk) size(w, h int) *desk {
	d.w, d.h = w, h
	d.m.Handle(model.Event{W: w, H: h}, nil)
	return d
}

// draw returns the screen: its text, and the map of its looks.
func (d *desk) draw() (txt, styles string) {
	d.t.Helper()
	th, err := term.Themed(d.theme, func(string) string { return "" })
	if err != nil {
		d.t.Fatal(err)
	}
	th.ASCII = d.ascii
	screen := screentest.New(d.w, d.h)
	term.Draw(screen, d.m.Frame(), th)
	return screentest.Dump(screen)
}

// text is what is on the screen.
func (d *desk) text() string {
	txt, _ := d.draw()
	return txt
}

// has checks that texts are on the screen.
func (d *desk) has(wants ...string) {
	d.t.Helper()
	txt := d.text()
	for _, want := range wants {
		if !strings.Contains(txt, want) {
			d.t.Errorf("%q is not on the screen:\n%s", want, txt)
		}
	}
}

// golden compares the screen with testdata/screens/NAME_WxH.txt.
func (d *desk) golden(name string) {
	d.t.Helper()
	txt, styles := d.draw()
	got := txt + strings.Repeat("-", d.w) + "\n" + styles
	file := filepath.Join("testdata", "screens", fmt.Sprintf("%s_%dx%d.txt", name, d.w, d.h))
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o666); err != nil {
			d.t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		d.t.Fatal(err)
	}
	if diff := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(got, "\n")); diff != "" {
		d.t.Errorf("%s (-want +got; -update rewrites):\n%s\n%s", file, diff, txt)
	}
}
