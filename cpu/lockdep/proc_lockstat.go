package lockdep

import (
	"bytes"
	"fmt"
	"sort"
	"strconv"
	"strings"
)

// procLockStat is /proc/lock_stat: the classes by contentions, most first.
//
//kernel:fn ls_show kernel/locking/lockdep_proc.c
func (v *Validator) procLockStat(b *bytes.Buffer) {
	const width = 40 + 1 + 12*(14+1)
	b.WriteString("lock_stat version 0.4\n")
	if !v.on {
		b.WriteString("*WARNING* lock debugging disabled!! - possibly due to a lockdep warning\n")
	}
	rule(b, "-", 0, width)
	fmt.Fprintf(b, "%40s", "class name")
	for _, column := range strings.Fields("con-bounces contentions waittime-min waittime-max waittime-total waittime-avg " +
		"acq-bounces acquisitions holdtime-min holdtime-max holdtime-total holdtime-avg") {
		fmt.Fprintf(b, " %14s", column)
	}
	b.WriteByte('\n')
	rule(b, "-", 0, width)
	b.WriteByte('\n')
	order := make([]int32, 0, len(v.stats))
	for n := v.base + 1; int(n) < len(v.stats); n++ {
		order = append(order, n)
	}
	sort.SliceStable(order, func(i, j int) bool {
		return v.stats[order[i]].contentions() > v.stats[order[j]].contentions()
	})
	for _, n := range order {
		v.statRows(b, n)
	}
}

func rule(b *bytes.Buffer, dash string, indent, n int) {
	b.WriteString(strings.Repeat(" ", max(0, indent)) + strings.Repeat(dash, n) + "\n")
}

// contentions counts the waits that took time.
func (s *lockStat) contentions() int64 { return s.wait[0].n + s.wait[1].n }

// statName is the name of a class cut to the width of its column.
func (v *Validator) statName(n int32) string {
	c := &v.classes[n]
	suffix := strings.TrimPrefix(v.className(n), c.key.Name)
	name := c.key.Name
	if room := 37 - len(suffix); len(name) > room {
		name = name[:room]
	}
	return name + suffix
}

//kernel:fn seq_stats kernel/locking/lockdep_proc.c
func (v *Validator) statRows(b *bytes.Buffer, n int32) {
	s, name := &v.stats[n], v.statName(n)
	width := len(name)
	for i, tag := range [...]string{"-W", "-R"} {
		if s.hold[i].n == 0 {
			continue
		}
		if i == 0 && s.hold[1].n == 0 {
			fmt.Fprintf(b, "%40s:", name)
		} else {
			fmt.Fprintf(b, "%38s%s:", name, tag)
		}
		fmt.Fprintf(b, "%14d %s %14d %s\n", s.contended[i], s.wait[i].columns(), s.acquired[i], s.hold[i].columns())
	}
	if s.contentions() == 0 {
		return
	}
	if s.hold[1].n != 0 {
		width += 2
	}
	for _, list := range [...]points{s.contention, s.contendings} {
		for i, p := range list {
			if i == 0 {
				rule(b, "-", 40-width, width)
			}
			fmt.Fprintf(b, "%40s %14d %29s %s\n", name, p.n, fmt.Sprintf("[<%016x>]", p.at.Addr), p.at.Sym)
		}
	}
	if len(s.contendings) > 0 {
		b.WriteByte('\n')
		rule(b, ".", 0, 40+1+12*(14+1))
		b.WriteByte('\n')
	}
}

// columns are count, min, max, total and average, in microseconds.
func (l *lockTime) columns() string {
	avg := int64(0)
	if l.n != 0 {
		avg = l.total / l.n
	}
	s := fmt.Sprintf("%14d", l.n)
	for _, ns := range [...]int64{l.min, l.max, l.total, avg} {
		s += fmt.Sprintf(" %14s", micro(ns))
	}
	return s
}

// micro prints nanoseconds as microseconds with two decimals, rounded.
//
//kernel:fn snprint_time kernel/locking/lockdep_proc.c
func micro(ns int64) string {
	ns += 5
	return strconv.FormatInt(ns/1000, 10) + fmt.Sprintf(".%02d", ns%1000/10)
}
