package rcu

import (
	"testing"

	"pgregory.net/rapid"
)

// leafTwin is the dumb twin of a leaf's list and its two pointers: which
// tasks must block what, in sets, without any order.
type leafTwin struct{ gp, exp map[*Task]bool }

// TestCtxtQueueTable queues and dequeues tasks in any order under any masks.
// What the pointers say must cover what must block; the expedited set must be
// covered exactly, except for tasks put at the tail for the normal one's sake.
func TestCtxtQueueTable(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var l blkdList
		var gp, exp *Task
		twin := leafTwin{map[*Task]bool{}, map[*Task]bool{}}
		var queued []*Task
		for range rapid.IntRange(1, 40).Draw(t, "steps") {
			switch rapid.IntRange(0, 4).Draw(t, "step") {
			default:
				task := &Task{}
				state := rapid.IntRange(0, 3).Draw(t, "owed")
				owed := state
				if gp != nil {
					state |= haveGP
				}
				if exp != nil {
					state |= haveExp
				}
				setGP, setExp := l.queueBlocked(task, gp, exp, state)
				if setGP {
					gp = task
				}
				if setExp {
					exp = task
				}
				queued = append(queued, task)
				if owed&oweGP != 0 {
					twin.gp[task] = true
				}
				if owed&oweExp != 0 {
					twin.exp[task] = true
				}
			case 3:
				if len(queued) == 0 {
					continue
				}
				i := rapid.IntRange(0, len(queued)-1).Draw(t, "leaves")
				task := queued[i]
				queued = append(queued[:i], queued[i+1:]...)
				np := l.remove(task)
				if gp == task {
					gp = np
				}
				if exp == task {
					exp = np
				}
				delete(twin.gp, task)
				delete(twin.exp, task)
			case 4: // a grace period starts: everybody queued blocks it
				if kind := rapid.Bool().Draw(t, "expedited"); kind && exp == nil {
					exp = l.first
					for _, q := range queued {
						twin.exp[q] = true
					}
				} else if !kind && gp == nil {
					gp = l.first
					for _, q := range queued {
						twin.gp[q] = true
					}
				}
			}
			checkTail(t, &l, queued, gp, twin.gp, "normal")
			checkTail(t, &l, queued, exp, twin.exp, "expedited")
		}
	})
}

// checkTail: the list has exactly the queued tasks, and those that must block
// lie at or behind the pointer.
func checkTail(t *rapid.T, l *blkdList, queued []*Task, from *Task, must map[*Task]bool, kind string) {
	n, blocking, found := 0, false, 0
	var prev *Task
	for p := l.first; p != nil; prev, p = p, p.next {
		n++
		blocking = blocking || p == from
		if p.prev != prev || !p.linked {
			t.Fatalf("links of element %d are wrong", n)
		}
		if must[p] {
			found++
			if !blocking {
				t.Fatalf("%s: element %d must block and lies in front of the pointer", kind, n)
			}
		}
	}
	if n != len(queued) || l.last != prev || found != len(must) || from != nil && !blocking {
		t.Fatalf("%s: %d in the list of %d queued, %d of %d blockers, pointer in it: %t", kind, n, len(queued), found, len(must), blocking)
	}
}

// TestCtxtTableIsMinimal: where nothing is owed, nothing new blocks; where
// only one kind is owed and only its pointer exists, only that grows.
func TestCtxtTableIsMinimal(t *testing.T) {
	for state, p := range ctxtPlace {
		owed := state & (oweGP | oweExp)
		switch {
		case owed == 0 && p != atHead:
			t.Errorf("state %04b owes nothing and is not put at the head", state)
		case owed&oweExp != 0 && p == atHead, owed&oweExp == 0 && state&haveExp != 0 && p == atTail:
			t.Errorf("state %04b: wrong for the expedited grace period", state)
		case owed != 0 && state&(haveGP|haveExp) == 0 && p != atTail:
			t.Errorf("state %04b: a new pointer would take in tasks that need not block", state)
		case state&(haveGP|oweGP) == haveGP|oweGP && p == atHead:
			t.Errorf("state %04b: must block the normal grace period and does not", state)
		}
	}
}
