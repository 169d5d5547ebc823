package configs

import (
	"fmt"
	"strings"

	"lockstep/sim"
)

// OpenToken makes ready what a replay token stands for: the scenario with the
// token's settings, and the options of its run. It refuses a scenario that has
// changed since, for the same choices would give another run.
func OpenToken(t sim.Token) (*Program, Options, Diagnostics) {
	opt := Options{Seed: t.Seed, Chooser: t.Chooser, Picks: t.Picks, Steer: t.Steer}
	s, diags := Open(t.Scenario)
	if len(diags) > 0 {
		return nil, opt, diags
	}
	var kvs []KV
	for _, setting := range t.Settings {
		if name, ok := strings.CutPrefix(setting, mutatePrefix); ok {
			opt.Mutations = append(opt.Mutations, name)
			continue
		}
		key, value, ok := strings.Cut(setting, "=")
		if !ok {
			return nil, opt, Diagnostics{{File: t.Scenario, Msg: "the token has a setting without a value: " + quoteBasic(setting)}}
		}
		kvs = append(kvs, KV{key, value})
	}
	diags = append(s.Override(kvs), CheckMutations(opt.Mutations)...)
	if len(diags) > 0 {
		return nil, opt, diags
	}
	if now := s.Fingerprint(); now != t.Fingerprint {
		msg := fmt.Sprintf("the scenario has changed since the token was made: fingerprint %016x, now %016x", t.Fingerprint, now)
		return nil, opt, Diagnostics{{File: s.File(), Msg: msg}}
	}
	p, diags := Prepare(s)
	return p, opt, diags
}
