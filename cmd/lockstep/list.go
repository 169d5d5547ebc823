package main

import (
	"fmt"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"lockstep/configs"
)

func (a *app) listCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use: "list", Short: "List the scenarios that come with lockstep, or the mutations",
		Long: `List the scenarios that come with lockstep: the name that run takes, and the title.
"lockstep list mutations" lists what run --mutate takes.`,
		Example: "  lockstep list\n  lockstep list mutations",
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) > 0 {
				return fmt.Errorf("there is no list of %q%s", args[0], nearestOf(args[0], []string{"mutations"}))
			}
			return nil
		},
		RunE: func(*cobra.Command, []string) error {
			w := tabwriter.NewWriter(a.out, 0, 0, 2, ' ', 0)
			for _, info := range configs.Bundled() {
				fmt.Fprintf(w, "%s\t%s\n", info.Name, info.Title)
			}
			return w.Flush()
		},
	}
	cmd.AddCommand(a.listMutationsCommand())
	return cmd
}

// jsonMutations is the schema lockstep.mutations/1.
type jsonMutations struct {
	Schema    string         `json:"schema"`
	Mutations []jsonMutation `json:"mutations"` // by name
}

// jsonMutation is one of them; the texts are sentences for people.
type jsonMutation struct {
	Name   string `json:"name"`
	Breaks string `json:"breaks"`
	Oracle string `json:"oracle"` // begins with the verdict
}

func (a *app) listMutationsCommand() *cobra.Command {
	var output oneOf
	cmd := &cobra.Command{
		Use: "mutations", Short: "List the paths of the kernel that can be broken on purpose",
		Long: `List the mutations: ways to break a path of the kernel on purpose, which show that
the oracle that watches it can fail. Each with the name that run --mutate takes,
what it breaks, and the verdict with which an oracle notices, and why. It is
noticed where a scenario goes that way, often in some seeds only.`,
		Example: `  lockstep list mutations
  lockstep list mutations -o json
  lockstep run rcutorture --mutate rcu.sync-returns-at-once`,
		Args: exactArgs(0, ""),
		RunE: func(*cobra.Command, []string) error {
			if output.value == "json" {
				out := jsonMutations{Schema: "lockstep.mutations/1"}
				for _, m := range configs.Mutations() {
					out.Mutations = append(out.Mutations, jsonMutation{m.Name, m.Doc, m.Oracle})
				}
				return writeJSON(a.out, out)
			}
			for _, m := range configs.Mutations() {
				if _, err := fmt.Fprintf(a.out, "%s\n    %s\n    %s\n", m.Name, m.Doc, m.Oracle); err != nil {
					return err
				}
			}
			return nil
		},
	}
	outputFlag(cmd, &output)
	return cmd
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
