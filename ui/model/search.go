package model

import (
	"context"
	"fmt"
	"strings"

	"lockstep/ui/history"
	"lockstep/ui/panes"
)

// target is what the selected row of the pane with the keys stands for.
func (m *Model) target() panes.Target {
	s := &m.slots[m.focus]
	c := m.context(m.slotRect(m.focus))
	if s.row >= s.view.Rows(c) {
		return panes.NoTarget
	}
	return s.view.Target(c, s.row)
}

// noSearch says that nothing was searched for, if so.
func (m *Model) noSearch() string {
	if m.search == "" {
		return "nothing is searched for; / does"
	}
	return ""
}

// searchFor begins a search; the selected row counts.
func (m *Model) searchFor(what string) {
	m.search = what
	m.slots[m.focus].row--
	m.match(1)
}

// chunk is how many rows a search draws at a time.
const chunk = 512

// match selects the next row with the searched text, or the one before, and
// begins anew at the other end. Events can be millions, so this is work that
// can be interrupted.
func (m *Model) match(d int) {
	s := &m.slots[m.focus]
	c := m.context(m.slotRect(m.focus))
	c.Search = ""
	n, found := s.view.Rows(c), -1
	err := m.run(func(ctx context.Context, p history.Progress) (err error) {
		found, err = nextMatch(ctx, c, s.view, m.search, s.row, n, d)
		return err
	})
	switch {
	case err != nil:
		s.row = max(s.row, 0)
		m.warn("search interrupted")
	case found < 0:
		s.row = max(s.row, 0)
		m.warn(fmt.Sprintf("%q is not in %s; Tab goes to another pane", m.search, s.view.Name))
	case d > 0 && found <= s.row || d < 0 && found >= s.row:
		s.row = found
		m.say(fmt.Sprintf("%q: began anew from the other end", m.search))
	default:
		s.row = found
		m.say(fmt.Sprintf("%q: row %d of %d; ctrl-n and ctrl-p go on", m.search, found+1, n))
	}
}

// nextMatch is the first of a view's n rows behind row, in a direction and
// around the end, that has the text; -1 if there is none.
func nextMatch(ctx context.Context, c *panes.Context, v *panes.View, what string, row, n, d int) (int, error) {
	if n == 0 {
		return -1, nil
	}
	row = max(row, -1)
	for done := 0; done < n; {
		// The next stretch of rows, in the direction of the search: it ends at
		// the last row, where the search goes on from the first.
		first := ((row+d*(done+1))%n + n) % n
		size := min(chunk, n-done)
		if d > 0 {
			size = min(size, n-first)
		} else {
			size = min(size, first+1)
			first -= size - 1
		}
		lines := v.Draw(c, first, size)
		for i := range lines {
			at := i
			if d < 0 {
				at = len(lines) - 1 - i
			}
			if strings.Contains(lines[at].String(), what) {
				return first + at, nil
			}
		}
		if err := ctx.Err(); err != nil {
			return -1, err
		}
		done += size
	}
	return -1, nil
}
