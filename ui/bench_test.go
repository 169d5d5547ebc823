package ui_test

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"lockstep/ui/model"
	"lockstep/ui/term"
	"lockstep/ui/term/screentest"
)

// crowd is a scenario of 64 processors, each with a task, and more than a
// thousand locks, of which the tasks hold and want many.
func crowd(b *testing.B) string {
	var s strings.Builder
	s.WriteString("title = \"A crowd\"\nstory = \"A load for the stepper.\"\n[machine]\ncpus = 64\n[lockdep]\noff = true\n")
	for i := range 700 {
		fmt.Fprintf(&s, "[[shared]]\nlock = \"lock%d\"\n", i)
	}
	for i := range 64 {
		fmt.Fprintf(&s, "[[task]]\nname = \"task%d\"\ncpus = [%d]\nbody = \"\"\"\nstart_line()\nfor i in range(1000):\n", i, i)
		for k := range 6 {
			fmt.Fprintf(&s, "    raw_spin_lock(\"lock%d\")\n", (i/8*8+k*100)%700)
			fmt.Fprintf(&s, "    raw_spin_unlock(\"lock%d\")\n", (i/8*8+k*100)%700)
		}
		s.WriteString("\"\"\"\n")
	}
	file := filepath.Join(b.TempDir(), "crowd.toml")
	if err := os.WriteFile(file, []byte(s.String()), 0o666); err != nil {
		b.Fatal(err)
	}
	return file
}

// BenchmarkKey is the time from a key to the screen that answers it, on 200 by
// 60 cells with 64 processors and a thousand locks: median and worst, and
// which keys are slow. The aim is 50 ms.
func BenchmarkKey(b *testing.B) {
	d := at(b, session(b, crowd(b), 1), 200, 60)
	th, err := term.Themed("auto", func(string) string { return "" })
	if err != nil {
		b.Fatal(err)
	}
	screen := screentest.New(200, 60)
	took := map[string][]time.Duration{}
	var all []time.Duration
	press := func(key string) {
		t := time.Now()
		d.m.Handle(model.Event{Key: key}, nil)
		term.Draw(screen, d.m.Frame(), th)
		screen.Show()
		n := time.Since(t)
		took[key], all = append(took[key], n), append(all, n)
	}
	d.command("+2000") // the first walk parks machines; that is not a key's
	for b.Loop() {
		for _, key := range []string{
			"s", "s", "s", "S", "S", "7", "1", "tab", "j", "pgdn", "tab", "+", "+", "_", "_", "v", "down", "esc", ":", "b", "esc",
			"/", "esc", "?", "esc", "a", "esc", "u", "o", "U", "O", "]", "[", "right", ")", "(", "H", "m", "esc", "backspace",
		} {
			press(key)
		}
	}
	slices.Sort(all)
	b.ReportMetric(float64(len(d.s.At().Locks)), "locks")
	b.ReportMetric(all[len(all)/2].Seconds()*1e3, "median-ms")
	b.ReportMetric(all[len(all)-1].Seconds()*1e3, "worst-ms")
	keys := slices.SortedFunc(maps.Keys(took), func(x, y string) int { return int(slices.Max(took[y]) - slices.Max(took[x])) })
	for _, key := range keys[:6] {
		slices.Sort(took[key])
		t := took[key]
		b.Logf("slow: %-9s median %6.2f ms, worst %6.2f ms", key, t[len(t)/2].Seconds()*1e3, t[len(t)-1].Seconds()*1e3)
	}
}
