package perf
import ("testing";"lockstep/cpu";"lockstep/sim";"fmt")
func TestDbg(t *testing.T){
	b := newBox(1, LockIrqsOff, sim.Config{Seed: 1,TimeLimit: 40*sim.Millisecond})
	n:=0
	b.m.E.OnOp(func(p *sim.Proc, op sim.Op){ if p.Now()>20*sim.Millisecond {n++; if n<160 {fmt.Println(p.ID(),int64(p.Now()),b.m.CPUs[p.ID()].Current().Comm, cpu.KindName(op.Kind), b.m.ObjName(op.Obj))} }})
	b.run(t, b.task("t",0,func(x *cpu.Exec){ e,_ := b.p.EventOpen(x, b.s.Task(x)); b.p.Close(x,e) }))
}
