package model

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"
)

func TestZZ(t *testing.T) {
	w, h := 80, 24
	if s := os.Getenv("SZ"); s != "" {
		a, b, _ := strings.Cut(s, "x")
		w, _ = strconv.Atoi(a)
		h, _ = strconv.Atoi(b)
	}
	sc := os.Getenv("SC")
	if sc == "" {
		sc = "abba"
	}
	m := real(t, sc, 1, Options{W: w, H: h})
	fmt.Println(draw(m.Frame()))
	for _, k := range strings.Fields(os.Getenv("K")) {
		if strings.HasPrefix(k, ":") {
			m.Handle(Event{Key: ":"}, nil)
			for _, r := range k[1:] {
				m.Handle(Event{Key: strings.ReplaceAll(string(r), "_", " ")}, nil)
			}
			m.Handle(Event{Key: "enter"}, nil)
			k = ""
		}
		if k != "" {
			m.Handle(Event{Key: k}, nil)
		}
		fmt.Println("== ", k)
		fmt.Println(draw(m.Frame()))
	}
}
