package snapshot

// Chain follows who waits for whom, from CPU cpu on: its wait, that of the one
// it waits for, and so on. closed means that the last one waits for somebody
// whose wait is in the chain already: they wait for ever.
func (s *Snapshot) Chain(cpu int) (chain []*Wait, closed bool) {
	for w := s.CPUs[cpu].Wait; w != nil; w = s.blocked(w) {
		for _, before := range chain {
			if before == w {
				return chain, true
			}
		}
		chain = append(chain, w)
	}
	return chain, false
}

// blocked returns what the holder of w waits for itself.
func (s *Snapshot) blocked(w *Wait) *Wait {
	if w.CPU >= 0 {
		return s.CPUs[w.CPU].Wait
	}
	if w.Task >= 0 {
		return s.Tasks[w.Task].Wait
	}
	return nil
}
