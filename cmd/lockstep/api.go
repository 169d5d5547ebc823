package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"lockstep/configs"
)

func (a *app) apiCommand() *cobra.Command {
	return &cobra.Command{
		Use: "api", Short: "List the functions that task bodies can call",
		Long: `List the functions that the Starlark body of a task can call: by group, with
arguments and meaning. Most are the kernel's own, under the kernel's names.`,
		Example: "  lockstep api",
		Args:    exactArgs(0, ""),
		RunE: func(*cobra.Command, []string) error {
			group := ""
			for _, b := range configs.Builtins() {
				if b.Group != group {
					if group != "" {
						fmt.Fprintln(a.out)
					}
					group = b.Group
					fmt.Fprintln(a.out, group)
				}
				fmt.Fprintf(a.out, "  %s(%s)\n      %s\n", b.Name, b.Args, b.Doc)
			}
			return nil
		},
	}
}
