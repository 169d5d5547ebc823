package main

import (
	"fmt"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"lockstep/configs"
)

func (a *app) listCommand() *cobra.Command {
	return &cobra.Command{
		Use: "list", Short: "List the scenarios that come with lockstep",
		Long:    `List the scenarios that come with lockstep: the name that run takes, and the title.`,
		Example: "  lockstep list",
		Args:    exactArgs(0, ""),
		RunE: func(*cobra.Command, []string) error {
			w := tabwriter.NewWriter(a.out, 0, 0, 2, ' ', 0)
			for _, info := range configs.Bundled() {
				fmt.Fprintf(w, "%s\t%s\n", info.Name, info.Title)
			}
			return w.Flush()
		},
	}
}

// scenarioNames completes the first argument: a bundled scenario or a file.
func scenarioNames(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
	if len(args) > 0 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	var names []string
	for _, info := range configs.Bundled() {
		names = append(names, cobra.CompletionWithDesc(info.Name, info.Title))
	}
	return names, cobra.ShellCompDirectiveDefault
}
