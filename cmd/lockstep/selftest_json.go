package main

import "lockstep/configs/selftest"

// jsonSelftest is the schema lockstep.selftest/1.
type jsonSelftest struct {
	Schema      string         `json:"schema"`
	Rules       string         `json:"rules"`
	Total       int            `json:"total"` // that were run
	Passed      int            `json:"passed"`
	Failed      int            `json:"failed"`
	Interrupted bool           `json:"interrupted,omitempty"` // there are more that were not
	Cases       []jsonSelfcase `json:"cases"`
}

// jsonSelfcase is one case of it. Kinds and operations are null where there is
// no report.
type jsonSelfcase struct {
	ID         string  `json:"id"`
	Expect     string  `json:"expect"`
	Got        string  `json:"got"`
	ReportKind *string `json:"report_kind"`
	ReportOp   *int    `json:"report_op"`
	ExpectKind *string `json:"expect_kind"`
	ExpectOp   *int    `json:"expect_op"`
	OK         bool    `json:"ok"`
	Difference string  `json:"difference,omitempty"`
	Reason     string  `json:"reason,omitempty"`    // for the difference
	Instances  string  `json:"instances,omitempty"` // verdict on these locks, of the exact rules
	Report     string  `json:"report,omitempty"`    // with -v
}

// selftestJSON makes the JSON object of a run of all self-tests, or of as many
// as were run before somebody interrupted.
func selftestJSON(f *selftestFlags, outcomes []selftest.Outcome, all int) *jsonSelftest {
	out := &jsonSelftest{Schema: "lockstep.selftest/1", Rules: f.rules.value, Total: len(outcomes), Cases: []jsonSelfcase{}}
	out.Failed = failures(outcomes, f.verdictOnly)
	out.Passed = out.Total - out.Failed
	out.Interrupted = out.Total < all
	for i := range outcomes {
		o := &outcomes[i]
		c := jsonSelfcase{
			ID: o.Case.Label.ID, Expect: o.Want.Verdict(), Got: o.Got.Verdict(),
			OK: !failed(o, f.verdictOnly), Difference: o.Difference(), Reason: o.Reason(), Instances: o.Got.Instances.String(), Report: o.Got.Text,
		}
		c.ReportKind, c.ReportOp = kindAndOp(o.Got.Expectation)
		c.ExpectKind, c.ExpectOp = kindAndOp(o.Want)
		out.Cases = append(out.Cases, c)
	}
	return out
}

// kindAndOp are those of a report, nil if there is none.
func kindAndOp(e selftest.Expectation) (*string, *int) {
	if !e.Report {
		return nil, nil
	}
	return &e.Kind, &e.Op
}
