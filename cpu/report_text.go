package cpu

import (
	"strings"

	"lockstep/cpu/lockdep"
)

// ReportText returns a validator's report as it was printed, but without the
// log's time stamps: also when the log has lost it or other messages came
// between.
func (m *Machine) ReportText(r *lockdep.Report) string {
	var b strings.Builder
	for _, rec := range m.reportRecords(r) {
		b.WriteString(rec.text + "\n")
	}
	return b.String()
}
