package torture

import (
	"fmt"
	"strings"
)

// Report is what a report of statistics says (docs/kernel/rcutorture.md §7).
type Report struct {
	Current                string    // rtc: the pointer, as %p prints it
	Version                uint64    // ver
	Empty                  bool      // tfle: no element is free
	Alloc, AllocFail, Free int64     // rta, rtaf, rtf
	MbError                int64     // rtmbe
	BoostKthread, BoostRT  int64     // rtbke, rtbre
	BoostFailure, Boosts   int64     // rtbf, rtb
	Timers                 int64     // nt
	Online, Offline        direction // onoff
	HZ                     int       // ticks a second
	BarrierOK, Barriers    int64     // barrier: successes and attempts
	BarrierErrors          int64     // and errors
	Floods                 int64     // cbflood
	// Pipe counts the ages that readers saw, Batch the grace periods that ended
	// inside of them, FreeBlockCirc the ages that elements have left.
	Pipe, Batch, FreeBlockCirc [pipeLen + 1]int64
}

// Failed reports whether what the report says is an error: the last of the
// pipe's numbers is not asked, and close calls never decide.
func (r *Report) Failed() bool {
	if r.MbError != 0 || r.BarrierErrors != 0 || r.BoostKthread != 0 || r.BoostRT != 0 || r.BoostFailure != 0 {
		return true
	}
	for i := pipeLen - 1; i > 1; i-- {
		if r.Pipe[i] != 0 {
			return true
		}
	}
	return false
}

// Lines returns the four lines of a report, for the module of the given name.
func (r *Report) Lines(name string) []string {
	flag := name + "-torture: "
	bad := ""
	if r.Failed() {
		bad = "!!! "
	}
	on, off := &r.Online, &r.Offline
	return []string{
		flag + fmt.Sprintf("rtc: %s ver: %d tfle: %d rta: %d rtaf: %d rtf: %d ", r.Current, r.Version, bit(r.Empty), r.Alloc, r.AllocFail, r.Free) +
			fmt.Sprintf("rtmbe: %d rtbke: %d rtbre: %d rtbf: %d rtb: %d nt: %d ", r.MbError, r.BoostKthread, r.BoostRT, r.BoostFailure, r.Boosts, r.Timers) +
			fmt.Sprintf("onoff: %d/%d:%d/%d %d,%d:%d,%d %d:%d (HZ=%d) ", on.successes, on.attempts, off.successes, off.attempts,
				on.min, on.max, off.min, off.max, on.sum, off.sum, r.HZ) +
			fmt.Sprintf("barrier: %d/%d:%d cbflood: %d", r.BarrierOK, r.Barriers, r.BarrierErrors, r.Floods),
		flag + bad + "Reader Pipe: " + numbers(&r.Pipe),
		flag + "Reader Batch: " + numbers(&r.Batch),
		flag + "Free-Block Circulation: " + numbers(&r.FreeBlockCirc),
	}
}

func numbers(n *[pipeLen + 1]int64) string {
	var b strings.Builder
	for _, v := range n {
		fmt.Fprintf(&b, " %d", v)
	}
	return b.String()
}

// bit is how a number is printed of what is a bool here.
func bit(v bool) int {
	if v {
		return 1
	}
	return 0
}

// parms returns the line of start or end without its beginning; can is whether
// the flavour boosts.
func (p *Params) parms(nreaders int, can bool) string {
	return fmt.Sprintf("nreaders=%d nfakewriters=%d stat_interval=%d verbose=%d test_no_idle_hz=%d shuffle_interval=%d stutter=%d irqreader=%d ",
		nreaders, p.NFakewriters, p.StatInterval, bit(p.Verbose), bit(p.TestNoIdleHZ), p.ShuffleInterval, p.Stutter, bit(p.Irqreader)) +
		fmt.Sprintf("fqs_duration=%d fqs_holdoff=%d fqs_stutter=%d test_boost=%d/%d test_boost_interval=%d test_boost_duration=%d ",
			p.FqsDuration, p.FqsHoldoff, p.FqsStutter, p.TestBoost, bit(can), p.TestBoostInterval, p.TestBoostDuration) +
		fmt.Sprintf("shutdown_secs=%d stall_cpu=%d stall_cpu_holdoff=%d n_barrier_cbs=%d onoff_interval=%d onoff_holdoff=%d",
			p.ShutdownSecs, p.StallCPU, p.StallCPUHoldoff, p.NBarrierCbs, p.OnoffInterval, p.OnoffHoldoff)
}
