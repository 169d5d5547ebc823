package panes

import (
	"strconv"

	"lockstep/ui/snapshot"
	"lockstep/ui/text"
)

var varsView = list("vars", "shared variables",
	"The scenario's shared variables; * changed in this step.",
	varsSum, nil, openVars)

func varsSum(c *Context) text.Line {
	changed := 0
	for _, v := range c.now().Vars {
		if v.Changed {
			changed++
		}
	}
	l := text.L(count(len(c.now().Vars), "variable"))
	if changed > 0 {
		l = l.Add(text.Plain, ", ").Add(text.Changed, strconv.Itoa(changed)+" changed *")
	}
	return l
}

func openVars(c *Context) page {
	vars := c.now().Vars
	name := widest(4, max(c.W/2-2, 4), len(vars), func(i int) string { return vars[i].Name })
	return page{
		n:    len(vars),
		look: -1,
		row:  func(i int) text.Line { return varLine(c, &vars[i], name) },
		to: func(i int) Target {
			to := NoTarget
			to.Var = vars[i].Name
			return to
		},
	}
}

func varLine(c *Context, v *snapshot.Var, name int) text.Line {
	mark, role, was := " ", text.Plain, ""
	if v.Changed {
		mark, role = "*", text.Changed
		if before, ok := before(c, v); ok && before != v.Value {
			was = "was " + before
		}
	}
	return cols(c, []int{1, name, max(width(v.Value), 8), c.W}, cell{Text: mark, Role: role}, cell{Text: v.Name, Role: text.Strong},
		cell{Text: v.Value, Role: role}, cell{Text: was, Role: text.Dim})
}

// before is a variable's value one step earlier.
func before(c *Context, v *snapshot.Var) (string, bool) {
	if c.Before == nil {
		return "", false
	}
	for i := range c.Before.Vars {
		if old := &c.Before.Vars[i]; old.Name == v.Name {
			return old.Value, true
		}
	}
	return "", false
}
