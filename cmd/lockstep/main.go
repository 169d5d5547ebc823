package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"

	"lockstep/sim"
)

func main() { os.Exit(run(os.Args[1:], os.Stdout, os.Stderr)) }

// app is what the commands share.
type app struct {
	out *bufio.Writer   // results
	err io.Writer       // progress and errors
	ctx context.Context // done when the user interrupts
}

// run is the program: arguments in, exit status out.
func run(args []string, stdout, stderr io.Writer) (status int) {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	// The first interrupt lets the runs in hand come to their end; from then
	// on the signal does what it always does, so that a second one kills.
	defer context.AfterFunc(ctx, stop)()
	a := &app{out: bufio.NewWriter(stdout), err: stderr, ctx: ctx}
	defer func() {
		if v := recover(); v != nil {
			status = a.report("lockstep", &sim.PanicError{Value: v, Stack: debug.Stack()})
		}
		if err := a.out.Flush(); err != nil && status != exitInternal {
			fmt.Fprintln(stderr, "lockstep: error: writing the results:", err)
			status = exitUsage
		}
	}()
	root := a.rootCommand()
	root.SetArgs(args)
	cmd, err := root.ExecuteC()
	return a.report(cmd.CommandPath(), err)
}
