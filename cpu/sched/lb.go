package sched

import "lockstep/cpu"

// balancing is what of a runqueue belongs to load balancing.
type balancing struct {
	sd *domain // rq->sd, the narrowest domain; nil for a CPU alone
	// states are by [domain.index]; made when the CPU first balances.
	states []domainState
	flags  cpu.Var[uint32] // rq->nohz_flags
}

// domainState is what of a sched_domain is a CPU's own.
type domainState struct {
	last     uint64 // last_balance in jiffies
	interval uint64 // balance_interval in ms
	failed   int    // nr_balance_failed
}
