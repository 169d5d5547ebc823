package sim

import "testing"

// TestArrivalAtOnce: an interrupt that takes the shortest latency comes before
// what an open processor does locally at the same time, ahead or not.
func TestArrivalAtOnce(t *testing.T) {
	for _, stepped := range []bool{false, true} {
		e := New(Config{Procs: 2, MinLatency: 100, NoRunAhead: stepped})
		p, q := e.Proc(0), e.Proc(1)
		ipi := e.NewSource("ipi", func(uint64) { p.SetPending(true, false) })
		p.Bind(e.NewFiber(func() {
			p.SetOpen(true)
			if rest, ok := perform(p, p.Local(Op{Kind: KindUser}, 110)); ok || rest != 0 {
				t.Errorf("stepped %v: performed %v with %d to go", stepped, ok, rest)
			}
			p.SetPending(false, false)
			p.Park()
		}))
		q.Bind(e.NewFiber(func() {
			perform(q, q.Global(Op{Kind: KindUser, Obj: 1}, 10))
			e.At(ipi, q.Now()+100, 0)
			q.Park()
		}))
		e.Run()
		e.Close()
	}
}

// TestTraceInterrupts: what a trace makes pending comes behind the operation
// that it is told of, which happens once.
func TestTraceInterrupts(t *testing.T) {
	var did []bool
	e := toy(Config{Procs: 1}, func(p *Proc) {
		p.SetOpen(true)
		for range 2 {
			_, ok := perform(p, p.Global(Op{Kind: KindUser, Obj: 1}, 10))
			did = append(did, ok)
		}
		p.SetPending(false, false)
	})
	defer e.Close()
	e.OnOp(func(p *Proc, _ Op) { p.SetPending(true, false) })
	if e.Run(); len(did) != 2 || !did[0] || did[1] || e.Steps() != 1 {
		t.Errorf("performed %v, %d steps; want the first of two", did, e.Steps())
	}
}

// TestToldFromThenOn: who asks for picks or a recording while the machine runs
// misses none of the processors that come next.
func TestToldFromThenOn(t *testing.T) {
	picks, rec := 0, (*Recording)(nil)
	e := toy(Config{Procs: 2}, func(p *Proc) {
		for i := range 10 {
			if perform(p, p.Global(Op{Kind: KindUser, Obj: 1}, 10)); p.ID() == 0 && i == 4 {
				p.Engine().OnPick(func(*Proc, *Source) { picks++ })
				rec = p.Engine().Record()
			}
		}
	})
	defer e.Close()
	if e.Run(); picks != 11 || len(rec.Picks) != 11 {
		t.Errorf("told of %d picks, %d recorded; want 11", picks, len(rec.Picks))
	}
}
