package main

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"lockstep/configs"
)

func (a *app) configCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use: "config", Short: "Check or print scenarios",
		Long: `Check scenario files, or print a scenario with every setting it has.`,
		Args: unknownCommand,
		RunE: func(*cobra.Command, []string) error { return errors.New("say which: check or print") },
	}
	cmd.AddCommand(a.configCheckCommand(), a.configPrintCommand())
	return cmd
}

func (a *app) configCheckCommand() *cobra.Command {
	return &cobra.Command{
		Use: "check FILE...", Short: "Check scenario files",
		Long: `Check scenario files: keys and values, the Starlark bodies of the tasks, and the
names in them. Nothing is run. All problems are shown, each with its place:

  file:line:column: error: what is wrong (what may have been meant)`,
		Example: `  lockstep config check mine.toml
  lockstep config check scenarios/*.toml`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return errors.New("FILE is missing")
			}
			return nil
		},
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			return []string{"toml"}, cobra.ShellCompDirectiveFilterFileExt
		},
		RunE: func(_ *cobra.Command, args []string) error {
			var all configs.Diagnostics
			for _, name := range args {
				s, diags := configs.Open(name)
				if len(diags) == 0 {
					_, diags = configs.Prepare(s)
				}
				if len(diags) == 0 {
					fmt.Fprintf(a.out, "%s: ok\n", name)
				}
				all = append(all, diags...)
			}
			return diagnosed(all)
		},
	}
}

func (a *app) configPrintCommand() *cobra.Command {
	return &cobra.Command{
		Use: "print NAME|FILE", Short: "Print a scenario with every setting it has",
		Long: `Print a scenario as TOML, with every default filled in and each key explained.
The output is a scenario itself: a good start for one of your own.`,
		Example:           "  lockstep config print abba > mine.toml",
		Args:              exactArgs(1, "NAME|FILE"),
		ValidArgsFunction: scenarioNames,
		RunE: func(_ *cobra.Command, args []string) error {
			s, diags := configs.Open(args[0])
			if err := diagnosed(diags); err != nil {
				return err
			}
			return configs.Print(a.out, s)
		},
	}
}
