package model

import (
	"fmt"
	"strings"
)

// KeysMarkdown is docs/KEYS.md: the table of actions in Markdown.
func KeysMarkdown() string {
	var b strings.Builder
	b.WriteString("# Keys and commands of `lockstep step`\n\n" +
		"Made from the table in `ui/model`; `go test ./ui/model -update` writes it anew.\n\n" +
		"Every action in the first parts is also a command: `:` opens the line for it, Tab completes, and the start of a\n" +
		"name is enough where it is clear. A number alone goes to that step; `rev` before a command is its twin backwards.\n")
	group := ""
	for _, a := range table() {
		if a.Group != group {
			group = a.Group
			fmt.Fprintf(&b, "\n## %s\n\n| key | command | what it does |\n|---|---|---|\n", group)
		}
		fmt.Fprintf(&b, "| %s | %s | %s |\n", a.markdownKeys(), a.markdownCommand(), cell(a.Help))
	}
	return b.String()
}

// markdownKeys are the keys of an action in a cell.
func (a *Action) markdownKeys() string {
	if a.byKey {
		return "`0` to `9`"
	}
	var keys []string
	for _, k := range a.Keys {
		keys = append(keys, "`"+cell(k)+"`")
	}
	return strings.Join(keys, " ")
}

// markdownCommand is the command of an action in a cell, with its other names.
func (a *Action) markdownCommand() string {
	if !a.command() {
		return ""
	}
	s := "`" + cell(strings.TrimSpace(":"+a.Name+" "+a.Args)) + "`"
	for _, n := range a.also {
		s += ", `:" + n + "`"
	}
	return s
}

// cell is a text that does not end a cell of a table.
func cell(s string) string { return strings.ReplaceAll(s, "|", "\\|") }
