package main

import (
	"errors"
	"fmt"
	"io"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"lockstep/configs/selftest"
	"lockstep/cpu/lockdep"
)

// selftestFlags are the flags of selftest.
type selftestFlags struct {
	rules       oneOf
	all         bool
	cases       string
	list        bool
	verbose     bool
	verdictOnly bool
	output      oneOf
}

// ruleSets are the validator's, by the names of the flag.
var ruleSets = map[string]lockdep.Rules{"v4.4": lockdep.RulesV44, "new": lockdep.RulesNew, "exact": lockdep.RulesExact}

func (a *app) selftestCommand() *cobra.Command {
	f := &selftestFlags{rules: oneOf{"v4.4", []string{"v4.4", "new", "exact"}}}
	cmd := &cobra.Command{
		Use: "selftest", Short: "Run the kernel's own locking self-tests",
		Long: `Run the kernel's own locking self-tests through the locks of a booted machine,
each case on a machine of its own, and print the kernel's table.

--rules says by whose rules the validator judges, and so which of the two suites
runs: v4.4's 253 cases, or those of the newest kernel for new and for exact.

The kernel compares verdicts: has some lock report switched the validator off, or
not. Here the kind of the first report and the operation in which it comes are
compared too; what differs is listed below the table and is a failure, unless
--verdict-only says otherwise. With --rules exact each report has a second
verdict, on the very locks of the case and not on their classes; where that is
another it is said too, but is no failure.

The exit status is 0 if all went as expected and 1 if not.`,
		Example: `  lockstep selftest
  lockstep selftest --rules new
  lockstep selftest --rules v4.4 --all
  lockstep selftest --list
  lockstep selftest --cases mine.json -v
  lockstep selftest --rules exact -o json`,
		Args: exactArgs(0, ""),
		RunE: func(*cobra.Command, []string) error { return a.selftest(f) },
	}
	flags := cmd.Flags()
	flags.SortFlags = false
	addOneOf(cmd, &f.rules, "rules", "", "by whose rules the validator judges")
	flags.BoolVar(&f.all, "all", false, "run the cases of both suites by these rules")
	flags.StringVar(&f.cases, "cases", "", "run the cases of `FILE`, in the same JSON format, in place of the kernel's")
	flags.BoolVar(&f.list, "list", false, "list the cases and what is expected of them; run none")
	flags.BoolVarP(&f.verbose, "verbose", "v", false, "print each case's report too")
	flags.BoolVar(&f.verdictOnly, "verdict-only", false, "compare verdicts only, as the kernel does")
	outputFlag(cmd, &f.output)
	return cmd
}

// selftest lists the cases or runs them.
func (a *app) selftest(f *selftestFlags) error {
	if f.list && (f.verbose || f.verdictOnly || f.output.value == "json") {
		return errors.New("--list runs nothing: it goes with --rules, --all and --cases only")
	}
	cases, err := f.open()
	if err != nil {
		return err
	}
	rules := ruleSets[f.rules.value]
	if cases = selftest.Select(cases, rules, f.all); len(cases) == 0 {
		return fmt.Errorf("%s has no case for --rules %s; --all runs those of the other suite", f.cases, f.rules.value)
	}
	if f.list {
		return listCases(a.out, cases, rules)
	}
	outcomes, err := selftest.Run(a.ctx, cases, selftest.Options{Rules: rules, Text: f.verbose})
	if err != nil {
		return runError(err)
	}
	if f.output.value == "json" {
		if err := writeJSON(a.out, selftestJSON(f, outcomes, len(cases))); err != nil {
			return err
		}
	} else {
		writeSelftest(a.out, f, outcomes, len(cases))
	}
	switch {
	case a.ctx.Err() != nil:
		return statusError(exitInterrupted)
	case failures(outcomes, f.verdictOnly) > 0:
		return statusError(exitFinding)
	}
	return nil
}

// open reads the cases that are asked for.
func (f *selftestFlags) open() ([]*selftest.Case, error) {
	if f.cases == "" {
		return selftest.Bundled(), nil
	}
	cases, diags, err := selftest.Open(f.cases)
	if err != nil {
		return nil, err
	}
	return cases, diagnosed(diags)
}

// listCases writes a line for each case.
func listCases(out io.Writer, cases []*selftest.Case, rules lockdep.Rules) error {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	for _, c := range cases {
		want, _ := c.Want(rules)
		line := want.Verdict()
		if want.Report {
			line = fmt.Sprintf("%s at op %d", want.Kind, want.Op)
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", c.Label.ID, c.Label.Row, c.Label.Variant, line)
	}
	return w.Flush()
}

// failed tells whether an outcome is a failure.
func failed(o *selftest.Outcome, verdictOnly bool) bool {
	if verdictOnly {
		return !o.VerdictOK()
	}
	return !o.OK()
}

func failures(outcomes []selftest.Outcome, verdictOnly bool) int {
	n := 0
	for i := range outcomes {
		if failed(&outcomes[i], verdictOnly) {
			n++
		}
	}
	return n
}

// writeSelftest writes the kernel's table, then what it does not say. Of all
// cases those that were not run, since somebody interrupted, have no outcome.
func writeSelftest(w io.Writer, f *selftestFlags, outcomes []selftest.Outcome, all int) {
	selftest.WriteTable(w, outcomes)
	if len(outcomes) < all {
		fmt.Fprintf(w, "\ninterrupted: %d of %s done\n", len(outcomes), count(uint64(all), "case"))
	}
	writeNotes(w, outcomes, "Otherwise than expected:", func(o *selftest.Outcome) string {
		if r := o.Reason(); r != "" {
			return o.Difference() + "\n    because " + r
		}
		return o.Difference()
	})
	writeNotes(w, outcomes, "Verdicts on these locks that differ from those on their classes:", (*selftest.Outcome).OnInstances)
	if !f.verbose {
		return
	}
	for i := range outcomes {
		o := &outcomes[i]
		fmt.Fprintf(w, "\n=== %s: %s\n", o.Case.Label.ID, o.Describe())
		for k, op := range o.Case.Script.Ops {
			fmt.Fprintf(w, "%4d  %s\n", k, op)
		}
		fmt.Fprint(w, o.Got.Text)
	}
}

// writeNotes writes, below a title, what there is to say of some outcomes.
func writeNotes(w io.Writer, outcomes []selftest.Outcome, title string, note func(*selftest.Outcome) string) {
	for i := range outcomes {
		text := note(&outcomes[i])
		if text == "" {
			continue
		}
		if title != "" {
			fmt.Fprintf(w, "\n%s\n", title)
			title = ""
		}
		fmt.Fprintf(w, "  %s: %s\n", outcomes[i].Case.Label.ID, text)
	}
}
