package torture

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestReportLines: the four lines are the kernel's, letter by letter
// (docs/kernel/rcutorture.md §7).
func TestReportLines(t *testing.T) {
	r := &Report{
		Current: "ffffffffa0004038", Version: 12, Empty: true, Alloc: 13, AllocFail: 1, Free: 4, MbError: 0,
		BoostKthread: 0, BoostRT: 0, BoostFailure: 0, Boosts: 7, Timers: 99, HZ: 1000,
		Online: direction{3, 2, 5, 9, 14}, Offline: direction{4, 4, 1, 8, 17},
		BarrierOK: 5, Barriers: 6, Floods: 2,
	}
	r.Pipe[0], r.Pipe[1], r.Batch[0], r.Batch[2] = 1000, 3, 900, 1
	for i := range 10 {
		r.FreeBlockCirc[i] = int64(12 - i)
	}
	want := []string{
		"rcu-torture: rtc: ffffffffa0004038 ver: 12 tfle: 1 rta: 13 rtaf: 1 rtf: 4 rtmbe: 0 rtbke: 0 rtbre: 0 rtbf: 0 rtb: 7 nt: 99 " +
			"onoff: 2/3:4/4 5,9:1,8 14:17 (HZ=1000) barrier: 5/6:0 cbflood: 2",
		"rcu-torture: Reader Pipe:  1000 3 0 0 0 0 0 0 0 0 0",
		"rcu-torture: Reader Batch:  900 0 1 0 0 0 0 0 0 0 0",
		"rcu-torture: Free-Block Circulation:  12 11 10 9 8 7 6 5 4 3 0",
	}
	if diff := cmp.Diff(want, r.Lines("rcu")); diff != "" {
		t.Errorf("lines (-want +got):\n%s", diff)
	}
}

// TestReportFails: each of the conditions alone, and none but those.
func TestReportFails(t *testing.T) {
	for name, c := range map[string]struct {
		set  func(r *Report)
		want bool
	}{
		"nothing":            {func(*Report) {}, false},
		"age 1":              {func(r *Report) { r.Pipe[1] = 5 }, false},
		"age 2":              {func(r *Report) { r.Pipe[2] = 1 }, true},
		"age 9":              {func(r *Report) { r.Pipe[9] = 1 }, true},
		"age 10, not looked": {func(r *Report) { r.Pipe[10] = 1 }, false},
		"close calls":        {func(r *Report) { r.Batch[5] = 100 }, false},
		"rtmbe":              {func(r *Report) { r.MbError = 1 }, true},
		"rtbke":              {func(r *Report) { r.BoostKthread = 1 }, true},
		"rtbre":              {func(r *Report) { r.BoostRT = 1 }, true},
		"rtbf":               {func(r *Report) { r.BoostFailure = 1 }, true},
		"barrier":            {func(r *Report) { r.BarrierErrors = 1 }, true},
	} {
		var r Report
		c.set(&r)
		if r.Failed() != c.want {
			t.Errorf("%s: failed is %t", name, r.Failed())
		}
		if marked := strings.HasPrefix(r.Lines("rcu")[1], "rcu-torture: !!! Reader Pipe: "); marked != c.want {
			t.Errorf("%s: marked is %t", name, marked)
		}
	}
}

// TestParms: the line of start and end (docs/kernel/rcutorture.md §7).
func TestParms(t *testing.T) {
	p := Params{NFakewriters: 4, StatInterval: 60, Verbose: true, TestNoIdleHZ: true, ShuffleInterval: 3, Stutter: 5, Irqreader: true,
		FqsStutter: 3, TestBoost: 1, TestBoostInterval: 7, TestBoostDuration: 4, StallCPUHoldoff: 10, NBarrierCbs: 2}
	want := "nreaders=7 nfakewriters=4 stat_interval=60 verbose=1 test_no_idle_hz=1 shuffle_interval=3 stutter=5 irqreader=1 " +
		"fqs_duration=0 fqs_holdoff=0 fqs_stutter=3 test_boost=1/0 test_boost_interval=7 test_boost_duration=4 shutdown_secs=0 " +
		"stall_cpu=0 stall_cpu_holdoff=10 n_barrier_cbs=2 onoff_interval=0 onoff_holdoff=0"
	if got := p.parms(7, false); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

// TestRandom: the congruence and the swapped halves, by hand, and that streams
// are stirred after ten thousand draws and differ.
func TestRandom(t *testing.T) {
	r := random{state: 1, count: 1}
	// 39916801 + 479001701 = 518918502 = 0x1eee0966
	if got := r.next(); r.state != 518918502 || got != 518918502>>16|518918502&0xffff<<16 {
		t.Errorf("state %d, drawn %#x", r.state, got)
	}
	one, two := (&Torture{}).newRandom(1), (&Torture{}).newRandom(2)
	same := 0
	for range randomRefresh + 1 { // the first draw refreshes, too
		if one.next() == two.next() {
			same++
		}
	}
	before := one.seed
	if one.next(); one.seed == before || same > 10 {
		t.Errorf("stirred: %t, equal draws: %d", one.seed != before, same)
	}
}
