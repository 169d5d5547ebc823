package panes

import (
	"context"
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"

	"lockstep/configs"
	"lockstep/ui/history"
	"lockstep/ui/text"
)

type fsSrc struct{}

func (fsSrc) Lines(n string) []string {
	b, err := os.ReadFile("../../" + n)
	if err != nil {
		b, err = os.ReadFile("../../configs/" + n)
	}
	if err != nil {
		return nil
	}
	return strings.Split(string(b), "\n")
}

func dump(l text.Line) { fmt.Println(l.String()) }

func TestReal(t *testing.T) {
	name := os.Getenv("SC")
	if name == "" {
		return
	}
	s, di := configs.Open(name)
	if len(di) > 0 {
		t.Fatal(di)
	}
	seed, _ := strconv.ParseUint(os.Getenv("SEED"), 10, 64)
	p, di := configs.Prepare(s)
	if len(di) > 0 {
		t.Fatal(di)
	}
	h, err := history.Open(p, configs.Options{Seed: seed}, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer h.Close()
	if os.Getenv("FIND") != "" {
		for i := uint64(1); i < 200; i++ {
			h, err := history.Open(p, configs.Options{Seed: i}, nil)
			if err != nil {
				t.Fatal(err)
			}
			fmt.Println(i, h.Goto(context.Background(), 1<<30, nil), h.Step(), h.At().End)
			if h.At().End == "deadlock" {
				break
			}
			h.Close()
		}
		return
	}
	step, _ := strconv.ParseUint(os.Getenv("STEP"), 10, 64)
	if err := h.Goto(context.Background(), step, nil); err != nil {
		fmt.Println(err)
	}
	w, _ := strconv.Atoi(os.Getenv("W"))
	c := &Context{Now: h.At(), Before: h.Before(), W: w, Log: h, Source: fsSrc{}}
	c.CPU, _ = strconv.Atoi(os.Getenv("CPU"))
	for i := range c.Now.CPUs {
		ti, ls := CPUColumn(c, i, w, 8)
		dump(ti)
		for _, l := range ls {
			dump(append(text.L("  "), l...))
		}
		dump(CPULine(c, i, w))
	}
	for _, v := range All() {
		if o := os.Getenv("V"); o != "" && !strings.Contains(o, v.Name) {
			continue
		}
		fmt.Println("=====", v.Name, v.Rows(c), v.Look(c))
		pr := v.Preview(c)
		dump(append(text.L("P:"), pr[0]...))
		dump(append(text.L("P:"), pr[1]...))
		for _, l := range v.Head(c) {
			dump(l)
		}
		from := 0
		if k := v.Look(c); k > 10 {
			from = k - 10
		}
		for _, l := range v.Draw(c, from, 24) {
			dump(l)
		}
	}
}
