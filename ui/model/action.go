package model

import "slices"

// Scope is who has the keys.
type Scope int

// Scopes.
const (
	Always  Scope = iota // whoever has the keys
	Main                 // the panes
	List                 // a list above the panes
	Typing               // a line that is being typed
	nScopes              // how many there are
)

// title is what a scope's keys are listed under.
func (s Scope) title() string {
	return [...]string{"Anywhere", "Panes", "In a list", "While typing"}[s]
}

// Action is something that can be done. The table of them is the only place
// where keys are bound.
type Action struct {
	Scope Scope    // who has to have the keys
	Group string   // heading in lists of keys
	Keys  []string // that do it; none: it is a command only
	Name  string   // as a command, one word
	Args  string   // what the command takes, in words
	Label string   // in the hints of the last line
	Rank  int      // of the hint: 1 is dropped last; 0 is no hint
	Help  string   // what it does, half a sentence

	also     []string                            // other names of the command
	byKey    bool                                // the key is the argument
	possible func(m *Model, arg string) string   // why not; nil or empty: it is possible
	run      func(m *Model, arg string) error    // does it
	complete func(m *Model, arg string) []string // what the argument could be
}

// command reports whether the action can be given as a command. What moves
// within a list or a line that is being typed cannot.
func (a *Action) command() bool { return a.Scope == Main || a.Scope == Always }

// table is every action: first what happens to the machine, then what happens
// on the screen.
func table() []Action {
	return slices.Concat(
		stepActions(), untilActions(), placeActions(), frameActions(), scheduleActions(), stopActions(), noteActions(),
		paneActions(), moveActions(), askActions(), listActions(), typingActions(),
	)
}

// Groups of actions.
const (
	groupStep     = "Step"
	groupUntil    = "Run until"
	groupPlace    = "Go to"
	groupFrame    = "Frames further out"
	groupSchedule = "You are the scheduler"
	groupStop     = "Break points and watches"
	groupNote     = "Marks and tokens"
	groupPane     = "Panes"
	groupMove     = "Move and search"
	groupAsk      = "Ask"
)

// hereOnly does not depend on an argument.
func hereOnly(why func(m *Model) string) func(*Model, string) string {
	return func(m *Model, _ string) string { return why(m) }
}

// plain does not take an argument.
func plain(run func(m *Model)) func(*Model, string) error {
	return func(m *Model, arg string) error {
		if arg != "" {
			return argError{0, "takes no argument"}
		}
		run(m)
		return nil
	}
}

// argError is what is wrong with an argument, and where in it.
type argError struct {
	at   int // the byte
	what string
}

// Error is what is wrong; whoever knows where the argument stands adds that.
func (e argError) Error() string { return e.what }
