package perf
import ("testing";"lockstep/cpu";"lockstep/sim";"fmt")
var dbg func(m *cpu.Machine)
func TestDbg(t *testing.T){
	var tr [2][3][]string
	for k:=range 2 {
		e := sim.Config{Seed: 166, Jitter: 0.3, Stalls: true, NoRunAhead: k==1}
		dbg = func(m *cpu.Machine){ m.E.OnOp(func(p *sim.Proc, op sim.Op){ tr[k][p.ID()] = append(tr[k][p.ID()], fmt.Sprint(int64(p.Now())," ", m.CPUs[p.ID()].Current().Comm, " ", cpu.KindName(op.Kind)," ", m.ObjName(op.Obj))) }) }
		runChurn(t, LockIrqsOff, e)
	}
	for i:=range 3 {
		for j := range tr[0][i] {
			if j>=len(tr[1][i]) || tr[0][i][j]!=tr[1][i][j] {
				for k := max(0,j-30); k<j+3; k++ { fmt.Println(i, tr[0][i][k], "|", tr[1][i][k]) }
				break
			}
		}
	}
}
