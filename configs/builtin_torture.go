package configs

import (
	"errors"
	"fmt"
	"slices"

	"go.starlark.net/starlark"

	"lockstep/rcu/torture"
)

// tortureParams translates the [rcutorture] table.
func (m *Machine) tortureParams() torture.Params {
	s := &m.prog.scenario.RCUTorture
	return torture.Params{
		TortureType: s.TortureType, NReaders: s.NReaders, NFakewriters: s.NFakewriters, StatInterval: s.StatInterval,
		Stutter: s.Stutter, ShuffleInterval: s.ShuffleInterval, TestNoIdleHZ: s.TestNoIdleHZ, Irqreader: s.Irqreader,
		GpCond: s.GpCond, GpExp: s.GpExp, GpNormal: s.GpNormal, GpSync: s.GpSync,
		FqsDuration: s.FqsDuration, FqsHoldoff: s.FqsHoldoff, FqsStutter: s.FqsStutter,
		TestBoost: s.TestBoost, TestBoostDuration: s.TestBoostDuration, TestBoostInterval: s.TestBoostInterval,
		StallCPU: s.StallCPU, StallCPUHoldoff: s.StallCPUHoldoff, NBarrierCbs: s.NBarrierCbs,
		OnoffInterval: s.OnoffInterval, OnoffHoldoff: s.OnoffHoldoff,
		CbfloodNBurst: s.CbfloodNBurst, CbfloodNPerBurst: s.CbfloodNPerBurst,
		CbfloodIntraHoldoff: s.CbfloodIntraHoldoff, CbfloodInterHoldoff: s.CbfloodInterHoldoff,
		ShutdownSecs: s.ShutdownSecs, Verbose: s.Verbose, SecondMs: s.SecondMs, Pace: s.Pace, Seed: m.opt.Seed,
		CanBoost: m.prog.scenario.Machine.RCU.Boost && s.OnoffInterval == 0,
	}
}

var tortureBuiltins = []Builtin{
	{Name: "rcu_torture_init", Args: "torture_type", Group: "rcutorture", Doc: "Load rcutorture with the parameters of [rcutorture], and perhaps another torture_type; its threads run until rcu_torture_cleanup.",
		min: 0, needs: partTorture,
		fn: func(b *body, a args) (starlark.Value, error) {
			if b.m.Torture != nil {
				return nil, errors.New("rcu_torture_init: rcutorture is loaded already")
			}
			p := b.m.tortureParams()
			if len(a.tuple) > 0 {
				name, err := a.text(0)
				if err == nil && !slices.Contains(torture.Flavours(), name) {
					err = fmt.Errorf("%s: there is no torture_type %q%s", a.name, name, hintOf(name, torture.Flavours()))
				}
				if err != nil {
					return nil, err
				}
				p.TortureType = name
			}
			b.m.Torture = torture.Load(b.x, torture.Parts{CPU: b.m.CPU, Sched: b.m.Sched, Timers: b.m.Timers, RCU: b.m.RCU, Stop: b.m.Stop}, p)
			return nil, nil
		}},
	{Name: "rcu_torture_cleanup", Group: "rcutorture", Doc: "Stop rcutorture, print its verdict and unload it.", min: -1, needs: partTorture,
		fn: func(b *body, _ args) (starlark.Value, error) {
			t := b.m.Torture
			if t == nil {
				return nil, errors.New("rcu_torture_cleanup: rcutorture is not loaded")
			}
			t.Unload(b.x)
			b.m.Torture = nil
			return nil, nil
		}},
}
