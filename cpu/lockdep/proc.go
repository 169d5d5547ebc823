package lockdep

import (
	"bytes"
	"fmt"
	"io"
)

// WriteProc writes one of the files lockdep, lockdep_stats, lockdep_chains and
// lock_stat of /proc as the kernel of the rule set lays it out; another name is
// an error. Key pointers are synthetic and stable (docs/kernel/lockdep.md
// §1.13).
func (v *Validator) WriteProc(w io.Writer, name string) error {
	files := [...]struct {
		name  string
		write func(*Validator, *bytes.Buffer)
	}{
		{"lockdep", (*Validator).procClasses}, {"lockdep_chains", (*Validator).procChains},
		{"lockdep_stats", (*Validator).procStats}, {"lock_stat", (*Validator).procLockStat},
	}
	for _, f := range files {
		if f.name != name {
			continue
		}
		var b bytes.Buffer
		if !v.cfg.Off {
			f.write(v, &b)
		}
		_, err := w.Write(b.Bytes())
		return err
	}
	return fmt.Errorf("/proc/%s: lockdep writes lockdep, lockdep_stats, lockdep_chains and lock_stat", name)
}

// procClasses is /proc/lockdep: every class, with how many classes can be
// reached from it and can reach it, itself included, and what was taken
// directly above it.
//
//kernel:fn l_show kernel/locking/lockdep_proc.c
func (v *Validator) procClasses(b *bytes.Buffer) {
	b.WriteString("all lock classes:\n")
	for n := v.base + 1; int(n) < len(v.classes); n++ {
		c := &v.g.verts[n]
		fmt.Fprintf(b, "%016x OPS:%8d FD:%5d BD:%5d %s: %s\n", v.keyAddr(n), c.ops,
			v.g.reach(n, forwards), v.g.reach(n, backwards), v.usageChars(c.usage), v.className(n))
		for e := c.after.first; e != 0; e = v.g.edges[e].next {
			if d := &v.g.edges[e]; d.near {
				fmt.Fprintf(b, " -> [%016x] %s\n", v.keyAddr(d.to), v.className(d.to))
			}
		}
		b.WriteByte('\n')
	}
}

// procChains is /proc/lockdep_chains. A chain whose classes found no room in
// v4.4's table is printed without them.
//
//kernel:fn lc_show kernel/locking/lockdep_proc.c
func (v *Validator) procChains(b *bytes.Buffer) {
	names := [...]string{"0", "softirq", "hardirq", "hardirq|softirq"}
	b.WriteString("all lock chains:\n")
	for _, c := range v.chains.list {
		if v.strict {
			fmt.Fprintf(b, "irq_context: %s\n", names[c.irq])
		} else {
			fmt.Fprintf(b, "irq_context: %d\n", c.irq)
		}
		if c.base >= 0 {
			for _, id := range v.chains.ids[c.base : int(c.base)+int(c.depth)] {
				n := int32(id) + v.base
				fmt.Fprintf(b, "[%016x] %s\n", v.keyAddr(n), v.className(n))
			}
		}
		b.WriteByte('\n')
	}
}
