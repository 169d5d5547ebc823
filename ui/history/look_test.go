package history

import (
	"testing"
)

// TestLookFollowsChoices: the machine that says what reports say knows of
// choices that were made when it had already been asked something.
func TestLookFollowsChoices(t *testing.T) {
	s := open(t, "abba", 1)
	if err := s.Find(ctx, Forward, OnFinding, nil); err != nil {
		t.Fatal(err)
	}
	s.At()
	first := s.look
	if first == nil {
		t.Fatal("nobody was asked")
	}
	at := steered(t, s)
	s.Goto(ctx, at+5, nil)
	s.At()
	if s.look != first {
		t.Fatal("another was asked: not what this test is about")
	}
	look, live := s.look.M.CPU.E, s.live.M.CPU.E
	if s.look.step != s.live.step || look.Hash() != live.Hash() {
		t.Errorf("at step %d its hash is %s, the session's at %d %s", s.look.step, look.Hash(), s.live.step, live.Hash())
	}
}
