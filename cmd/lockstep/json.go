package main

import (
	"encoding/json"
	"io"
	"strings"

	"lockstep/configs"
	"lockstep/cpu"
)

// jsonRun is the schema lockstep.run/1.
type jsonRun struct {
	Schema    string            `json:"schema"`
	Scenario  string            `json:"scenario"`
	Seed      uint64            `json:"seed"`
	Chooser   string            `json:"chooser"`
	Settings  map[string]string `json:"settings"` // notable ones, as --set takes them
	Mutations []string          `json:"mutations"`
	Verdict   string            `json:"verdict"`
	Expected  bool              `json:"expected"`
	Unmet     string            `json:"unmet,omitempty"` // why it is not
	Findings  []jsonFinding     `json:"findings"`
	Steps     uint64            `json:"steps"`
	TimeNs    int64             `json:"time_ns"`
	Hash      string            `json:"hash"`
	Token     string            `json:"token"`
	Replays   *jsonReplays      `json:"replays,omitempty"`
	Console   []string          `json:"console"`        // the lines of the log
	Proc      map[string]string `json:"proc,omitempty"` // files of /proc by name, with --proc
}

// jsonFinding is one finding of a run.
type jsonFinding struct {
	Kind    string   `json:"kind"`
	Report  string   `json:"report"`  // its title
	Classes []string `json:"classes"` // lock classes or locks, in cycle order
	CPUs    []int    `json:"cpus"`
	Step    uint64   `json:"step"`
	TimeNs  int64    `json:"time_ns"`
	Text    string   `json:"text"` // the whole report, or the cycle
}

// jsonReplays says what replaying several times came to.
type jsonReplays struct {
	Times int  `json:"times"`
	Agree bool `json:"agree"`
}

// jsonRuns is the schema lockstep.runs/1.
type jsonRuns struct {
	Schema    string            `json:"schema"`
	Scenario  string            `json:"scenario"`
	FirstSeed uint64            `json:"first_seed"`
	LastSeed  uint64            `json:"last_seed"`
	Chooser   string            `json:"chooser"`
	Settings  map[string]string `json:"settings"`
	Mutations []string          `json:"mutations"`
	Done      uint64            `json:"done"`
	Verdicts  []jsonVerdict     `json:"verdicts"` // gravest first
	Expected  bool              `json:"expected"` // of all
}

// jsonVerdict counts the runs with one verdict.
type jsonVerdict struct {
	Verdict      string `json:"verdict"`
	Expected     bool   `json:"expected"`
	Count        uint64 `json:"count"`
	MedianTimeNs int64  `json:"median_time_ns"`
	FirstToken   string `json:"first_token"`
}

// json makes a run's JSON object.
func (e *execution) json() *jsonRun {
	r := e.result
	out := &jsonRun{
		Schema: "lockstep.run/1", Scenario: r.Scenario, Seed: r.Seed, Chooser: e.options.Chooser,
		Settings: settingsMap(e.scenario), Mutations: notNil(e.options.Mutations),
		Verdict: r.Verdict, Expected: r.Expected, Unmet: r.Unmet, Findings: []jsonFinding{},
		Steps: r.Steps, TimeNs: int64(r.Time), Hash: r.Hash.String(), Token: r.Token.String(), Console: []string{},
		Proc: procJSON(e.proc),
	}
	for _, f := range r.Findings {
		out.Findings = append(out.Findings, jsonFinding{
			Kind: f.Kind, Report: f.Title, Classes: notNil(cycleOrder(f)), CPUs: notNil(f.CPUs),
			Step: f.Step, TimeNs: int64(f.Time), Text: e.findingText(f),
		})
	}
	for _, rec := range r.Dmesg {
		out.Console = append(out.Console, strings.Split(rec.String(), "\n")...)
	}
	return out
}

// findingText is all that a finding's oracle says.
func (e *execution) findingText(f *cpu.Finding) string {
	if f.Report != nil {
		return e.machine.CPU.ReportText(f.Report)
	}
	return f.Text
}

// tallyJSON makes the JSON object of a batch.
func tallyJSON(s *configs.Scenario, opt configs.Options, t *configs.Tally) *jsonRuns {
	out := &jsonRuns{
		Schema: "lockstep.runs/1", Scenario: t.Scenario, FirstSeed: t.First, LastSeed: t.Last, Chooser: opt.Chooser,
		Settings: settingsMap(s), Mutations: notNil(opt.Mutations),
		Done: t.Done, Verdicts: []jsonVerdict{}, Expected: t.Expected,
	}
	for _, c := range t.Counts {
		out.Verdicts = append(out.Verdicts, jsonVerdict{c.Verdict, c.Expected, c.Count, int64(c.Median), c.First.String()})
	}
	return out
}

// settingsMap is the notable settings by key.
func settingsMap(s *configs.Scenario) map[string]string {
	m := map[string]string{}
	for _, kv := range notableSettings(s) {
		m[kv.Key] = kv.Value
	}
	return m
}

// notNil makes an absent list an empty one, which JSON can tell apart.
func notNil[T any](s []T) []T {
	if s == nil {
		return []T{}
	}
	return s
}

// writeJSON writes an object for programs and people alike: indented, and with
// the arrows of lock names left as they are.
func writeJSON(w io.Writer, v any) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(v)
}
