package sim

// Steer is a pick made by hand in place of the chooser's: at step At, counted
// in picks from 0, Pick is what happens next.
type Steer struct {
	At   uint64
	Pick Pick // its Steps are ignored
}
