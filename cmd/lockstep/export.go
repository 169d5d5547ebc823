package main

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"lockstep/configs"
	"lockstep/configs/lockgraph"
	"lockstep/cpu/lockdep"
)

// exportFlags are the flags of export; run's are those that change the run.
type exportFlags struct {
	run    runFlags
	format oneOf
	around string
	file   string
}

// exports are what can be exported.
var exports = []string{"lockdep"}

func (a *app) exportCommand() *cobra.Command {
	f := &exportFlags{run: runFlags{chooser: oneOf{"timed", []string{"timed", "random"}}}, format: oneOf{"svg", []string{"dot", "svg"}}}
	cmd := &cobra.Command{
		Use: "export lockdep NAME|FILE", Short: "Draw what a run has taught the validator",
		Long: fmt.Sprintf(`Run a scenario and draw what the validator has learned by the end: the graph of
lock classes, whoever was held first above, each edge with the function that took
the second lock. What the validator reported stands out: the cycle is thick and
red, the order that closes it dashed, an interrupt that does dotted.

svg is a picture for the browser, made without Graphviz, of at most %d classes; of
a larger graph it is what is around the reported cycle. --around cuts out what is
around one class. dot is for Graphviz and has no limit.`, lockgraph.MaxClasses),
		Example: `  lockstep export lockdep perf-lockdep -o graph.svg
  lockstep export --format dot lockdep abba | dot -Tpdf -o abba.pdf
  lockstep export lockdep perf-lockdep --variant both-cycles --around '(console_sem).lock' -o sem.svg`,
		Args:              exportArgs,
		ValidArgsFunction: exportNames,
		RunE:              func(_ *cobra.Command, args []string) error { return a.export(args[1], f) },
	}
	flags := cmd.Flags()
	flags.SortFlags = false
	addOneOf(cmd, &f.format, "format", "", "form of the drawing")
	flags.StringVar(&f.around, "around", "", "draw only what is around the lock class `LOCK`: its cycles and neighbours")
	flags.StringVarP(&f.file, "output", "o", "", "write to `FILE`, not to standard output")
	flags.Uint64Var(&f.run.seed, "seed", 1, "seed of all that is left to chance")
	addOneOf(cmd, &f.run.chooser, "chooser", "", "what is next: timed, the earliest due; random, so too, but CPUs stall now and then")
	flags.StringArrayVar(&f.run.settings, "set", nil, "change a setting: `KEY=VALUE`, as in machine.cpus=4 (repeatable)")
	flags.StringVar(&f.run.variant, "variant", "", "apply the scenario's variant `NAME`, before --set")
	if err := cmd.RegisterFlagCompletionFunc("variant", func(cmd *cobra.Command, args []string, word string) ([]string, cobra.ShellCompDirective) {
		return variantNames(cmd, args[min(1, len(args)):], word)
	}); err != nil {
		panic(err) // the flag was added above
	}
	return cmd
}

// exportArgs checks what is to be exported before the number of arguments: it
// is the word that one does not know.
func exportArgs(cmd *cobra.Command, args []string) error {
	if len(args) > 0 && !slices.Contains(exports, args[0]) {
		return fmt.Errorf("there is no export of %q%s: want %s", args[0], nearestOf(args[0], exports), strings.Join(exports, " or "))
	}
	if len(args) == 0 {
		return errors.New("lockdep is missing, and NAME|FILE")
	}
	return exactArgs(2, "NAME|FILE")(cmd, args)
}

// exportNames completes the arguments: what, then the scenario.
func exportNames(cmd *cobra.Command, args []string, word string) ([]string, cobra.ShellCompDirective) {
	if len(args) == 0 {
		return []string{cobra.CompletionWithDesc("lockdep", "the graph of lock classes")}, cobra.ShellCompDirectiveNoFileComp
	}
	return scenarioNames(cmd, args[1:], word)
}

// export makes a run and draws its graph.
func (a *app) export(name string, f *exportFlags) error {
	p, err := f.run.prepare(name)
	if err != nil {
		return err
	}
	if p.Scenario().Lockdep.Off {
		return errors.New("export needs the validator, which is off: lockdep.off=true")
	}
	e, err := execute(p, configs.Options{Seed: f.run.seed, Chooser: f.run.chooser.value}, "")
	if err != nil {
		return err
	}
	g := e.graph()
	if f.around != "" {
		i := slices.Index(g.Names(), f.around)
		if i < 0 {
			return fmt.Errorf("--around %s: no lock class has this name%s", f.around, nearestOf(f.around, g.Names()))
		}
		g = g.Around(i)
	}
	if f.format.value == "dot" {
		return a.writeDrawing(g.DOT(), f.file)
	}
	small := a.small(g)
	if small == nil {
		fmt.Fprintf(a.err, "lockstep export: error: %d classes are too many for a drawing without Graphviz, at most %d are readable: use dot,\n  %s\nor cut a part out with --around LOCK\n",
			len(g.Classes), lockgraph.MaxClasses, f.dotCommand(name))
		return statusError(exitUsage)
	}
	return a.writeDrawing(small.SVG(), f.file)
}

// graph is the validator's graph at the end of the run.
func (e *execution) graph() *lockgraph.Graph {
	var reports []*lockdep.Report
	for _, f := range e.result.Findings {
		if f.Report != nil {
			reports = append(reports, f.Report)
		}
	}
	tr := e.result.Tracer
	function := func(s lockdep.Stack) string {
		name, _, _ := strings.Cut(tr.Site(s), "+0x")
		return name
	}
	return lockgraph.New(fmt.Sprintf("%s, seed %d: lock classes at the end of the run", e.result.Scenario, e.result.Seed),
		e.machine.CPU.Lockdep.View(), reports,
		lockgraph.Labels{Stack: function, Site: func(s lockdep.Site) string { return function(lockdep.Stack(s)) }})
}

// small is the graph, or of one that is too large what is around its cycles,
// which is said; nil if that is too large too, or if there are none.
func (a *app) small(g *lockgraph.Graph) *lockgraph.Graph {
	if len(g.Classes) <= lockgraph.MaxClasses {
		return g
	}
	cyclic := g.Cyclic()
	part := g.Around(cyclic...)
	if len(cyclic) == 0 || len(part.Classes) > lockgraph.MaxClasses {
		return nil
	}
	fmt.Fprintf(a.err, "lockstep export: %d of %d classes drawn, those around the reported cycle\n", len(part.Classes), len(g.Classes))
	return part
}

// dotCommand is the command line that draws the same with Graphviz.
func (f *exportFlags) dotCommand(name string) string {
	words := []string{"lockstep", "export", "--format", "dot", "lockdep", name, "--seed", fmt.Sprint(f.run.seed)}
	if f.run.chooser.value != "timed" {
		words = append(words, "--chooser", f.run.chooser.value)
	}
	if f.run.variant != "" {
		words = append(words, "--variant", f.run.variant)
	}
	for _, s := range f.run.settings {
		words = append(words, "--set", s)
	}
	if f.around != "" {
		words = append(words, "--around", f.around)
	}
	file := "graph.svg"
	if f.file != "" {
		file = f.file
	}
	for i := range words {
		words[i] = shellWord(words[i])
	}
	return strings.Join(words, " ") + " | dot -Tsvg -o " + shellWord(file)
}

// writeDrawing writes to the file, or to standard output if it has no name.
func (a *app) writeDrawing(text, file string) error {
	if file == "" || file == "-" {
		_, err := io.WriteString(a.out, text)
		return err
	}
	out, err := createFile(file)
	if err != nil {
		return err
	}
	_, err = out.WriteString(text)
	return errors.Join(err, out.close())
}
