package main

import (
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"
)

const shortHelp = `lockstep runs Linux v4.4's locking, RCU and perf paths on a virtual SMP machine.

  lockstep list                        the scenarios that come with it
  lockstep run abba                    one run, with the kernel's log
  lockstep run abba --seeds 1..1000    many runs: which verdicts come, and how often
  lockstep step abba                   walk through one, forwards and backwards

"lockstep --help" shows all commands.
`

const longHelp = `lockstep runs Linux v4.4's locking, RCU and perf paths on a virtual SMP machine
and says which interleavings can happen, what they do to the locks, and which
fix really removes the bug.

Results go to standard output, all else to standard error.

Exit status:
  0    the verdict is one that the scenario expects for its settings
  1    it is not
  2    wrong usage, a wrong scenario, or a file that cannot be read or written
  3    a limit ended a run, where that is not expected
  4    a replay took another way than its token
  5    an error of lockstep itself
  130  interrupted: the runs in hand were finished and reported`

// rootCommand makes the tree of commands.
func (a *app) rootCommand() *cobra.Command {
	root := &cobra.Command{
		Use: "lockstep", Long: longHelp, Args: unknownCommand,
		SilenceErrors: true, SilenceUsage: true,
		RunE: func(*cobra.Command, []string) error {
			_, err := fmt.Fprint(a.out, shortHelp)
			return err
		},
	}
	root.SetOut(a.out)
	root.SetErr(a.err)
	root.SetFlagErrorFunc(flagError)
	root.AddCommand(a.runCommand(), a.replayCommand(), a.stepCommand(), a.selftestCommand(), a.exportCommand(), a.listCommand(), a.apiCommand(), a.configCommand(), a.versionCommand())
	root.SetHelpCommand(helpCommand(root))
	root.InitDefaultCompletionCmd()
	for _, c := range root.Commands() {
		if c.Name() == "completion" { // cobra's own shows its help for a shell it does not know
			c.Args = unknownCommand
			c.RunE = func(*cobra.Command, []string) error { return errors.New("say which shell") }
		}
	}
	return root
}

// helpCommand is cobra's, but an unknown topic is an error.
func helpCommand(root *cobra.Command) *cobra.Command {
	return &cobra.Command{
		Use: "help [COMMAND]", Short: "Show the help of a command",
		Long:    "Show the help of a command, or of lockstep itself.",
		Example: "  lockstep help run",
		RunE: func(_ *cobra.Command, args []string) error {
			cmd, rest, err := root.Find(args)
			if err == nil && len(rest) > 0 {
				err = unknownCommand(cmd, rest)
			}
			if err != nil {
				return err
			}
			cmd.InitDefaultHelpFlag()
			return cmd.Help()
		},
	}
}

// flagError is the error of a flag that does not exist or has a wrong value.
func flagError(cmd *cobra.Command, err error) error {
	name, unknown := strings.CutPrefix(err.Error(), "unknown flag: --")
	if !unknown {
		return err
	}
	name, _, _ = strings.Cut(name, "=")
	return fmt.Errorf("there is no flag --%s%s", name, nearestOf("--"+name, flagNames(cmd)))
}

// flagNames lists the long flags of a command, from its own help text: so it
// needs no package but cobra.
func flagNames(cmd *cobra.Command) []string {
	cmd.InitDefaultHelpFlag()
	var names []string
	for _, w := range strings.Fields(cmd.Flags().FlagUsages()) {
		if strings.HasPrefix(w, "--") {
			names = append(names, w)
		}
	}
	return names
}
