package configs

import "slices"

// Verdicts lists the names of all verdicts a run can have, gravest first. A run
// with several findings has the gravest as its verdict. DESIGN.md §4.
var Verdicts = []string{
	"bug",
	"use-after-free",
	"gp-too-short",
	"deadlock",
	"hang",
	"hard-lockup",
	"soft-lockup",
	"hung-task",
	"rcu-stall",
	"sleep-in-atomic",
	"warn",
	"assert",
	"lockdep",
	"limit",
	"clean",
}

// gravity is the place of a verdict in Verdicts; smaller is graver. A name
// that is no verdict is a bug of the caller: files are checked when loaded.
func gravity(v string) int {
	i := slices.Index(Verdicts, v)
	if i < 0 {
		panic("configs: " + v + " is not a verdict")
	}
	return i
}

// Gravest returns the graver of two verdicts. It panics if either is not one
// of [Verdicts].
func Gravest(a, b string) string {
	if gravity(b) < gravity(a) {
		return b
	}
	return a
}
