package main

import (
	"fmt"
	"runtime/debug"

	"github.com/spf13/cobra"

	"lockstep/sim"
)

func (a *app) versionCommand() *cobra.Command {
	return &cobra.Command{
		Use: "version", Short: "Show the versions of lockstep, its tokens and Go",
		Long: `Show the version of lockstep, the version of the replay tokens that it makes and
takes, and the version of Go that it was built with.`,
		Example: "  lockstep version",
		Args:    exactArgs(0, ""),
		RunE: func(*cobra.Command, []string) error {
			version, goVersion := "(unknown)", "(unknown)"
			if info, ok := debug.ReadBuildInfo(); ok {
				version, goVersion = info.Main.Version, info.GoVersion
			}
			_, err := fmt.Fprintf(a.out, "lockstep %s\ntoken    %d\ngo       %s\n", version, sim.TokenVersion, goVersion)
			return err
		},
	}
}
