package sim

import (
	"bufio"
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// TokenVersion is raised whenever the same choices would give another run:
// when operations are split, costs drawn differently, or the engine's rules
// change. A token of another version is refused.
const TokenVersion = 3

// Token is a run: a scenario, the settings that differ from its own, and the
// choices. For the timed and random choosers the seed is the choices; a run
// whose choices came from elsewhere carries them as picks, in the file form.
type Token struct {
	Version     int      // [TokenVersion]
	Scenario    string   // bundled name or path
	Fingerprint uint64   // of the scenario as it was run
	Settings    []string // key=value overrides, in the order given
	Chooser     string   // "timed" or "random": costs, and choices without picks
	Seed        uint64   // of the run's random streams
	Picks       []Pick   // choices to repeat in place of the chooser's own
	Steer       []Steer  // choices made by hand, the rest being the chooser's
	// Hash and Steps are what the run came to, for a replay to compare. Only
	// the file form has them; Steps is 0 if they are not known, for no run is
	// without a step.
	Hash  Hash
	Steps uint64 // see Hash
}

const tokenTag = "lockstep"

// String returns the short form, one word without spaces:
//
//	lockstep/3/abba/timed/7/4be1c0ffee123456
//	lockstep/3/abba/timed/7/4be1c0ffee123456?params.order=same
//	lockstep/3/abba/timed+31p1+40d2/7/4be1c0ffee123456
//
// The last has two choices made by hand: behind 31 choices processor 1 is
// next, behind 40 the earliest event of source 2.
func (t Token) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s/%d/%s/%s/%d/%016x", tokenTag, t.Version, escape(t.Scenario), t.chooser(), t.Seed, t.Fingerprint)
	for i, s := range t.Settings {
		b.WriteString([]string{"?", "&"}[min(i, 1)] + escape(s))
	}
	return b.String()
}

// chooser is the chooser with the choices made by hand.
func (t Token) chooser() string {
	var b strings.Builder
	b.WriteString(t.Chooser)
	for _, c := range t.Steer {
		if c.Pick.Device > 0 {
			fmt.Fprintf(&b, "+%dd%d", c.At, c.Pick.Device)
		} else {
			fmt.Fprintf(&b, "+%dp%d", c.At, c.Pick.Proc)
		}
	}
	return b.String()
}

// parseChooser undoes chooser.
func (t *Token) parseChooser(s string) error {
	f := strings.Split(s, "+")
	if t.Chooser = f[0]; t.Chooser != "timed" && t.Chooser != "random" {
		return fmt.Errorf("replay token names the chooser %q; there are timed and random", t.Chooser)
	}
	for _, w := range f[1:] {
		c, ok := parseSteer(w)
		if !ok {
			return fmt.Errorf("replay token has the choice %q; 31p2 (behind 31 choices processor 2) or 40d3 (source 3) are choices", w)
		}
		if n := len(t.Steer); n > 0 && t.Steer[n-1].At >= c.At {
			return fmt.Errorf("replay token has the choice %q out of order", w)
		}
		t.Steer = append(t.Steer, c)
	}
	return nil
}

// parseSteer reads one choice made by hand.
func parseSteer(w string) (Steer, bool) {
	i := strings.IndexAny(w, "pd")
	if i < 0 {
		return Steer{}, false
	}
	at, err1 := strconv.ParseUint(w[:i], 10, 64)
	n, err2 := strconv.ParseUint(w[i+1:], 10, 31)
	c := Steer{At: at, Pick: Pick{Proc: int(n)}}
	if w[i] == 'd' {
		c.Pick = Pick{Device: int(n)}
	}
	return c, err1 == nil && err2 == nil && (w[i] == 'p' || n > 0)
}

// escape replaces what has a meaning in a token, and what is no single word,
// by %xx for each byte.
func escape(s string) string {
	var b strings.Builder
	for len(s) > 0 {
		r, size := utf8.DecodeRuneInString(s)
		if strings.ContainsRune("%/?&", r) || unicode.IsSpace(r) || unicode.IsControl(r) || r == utf8.RuneError {
			for _, c := range []byte(s[:size]) {
				fmt.Fprintf(&b, "%%%02x", c)
			}
		} else {
			b.WriteString(s[:size])
		}
		s = s[size:]
	}
	return b.String()
}

// unescape undoes escape.
func unescape(s string) (string, error) {
	var b strings.Builder
	for {
		plain, rest, found := strings.Cut(s, "%")
		b.WriteString(plain)
		if !found {
			return b.String(), nil
		}
		if len(rest) < 2 {
			return "", fmt.Errorf("replay token ends within %q", "%"+rest)
		}
		c, err := strconv.ParseUint(rest[:2], 16, 8)
		if err != nil {
			return "", fmt.Errorf("replay token has %q, where two hexadecimal digits follow a %%", "%"+rest[:2])
		}
		b.WriteByte(byte(c))
		s = rest[2:]
	}
}

// ParseToken reads the short form.
func ParseToken(s string) (Token, error) {
	body, query, has := strings.Cut(strings.TrimSpace(s), "?")
	f := strings.Split(body, "/")
	if len(f) < 2 || f[0] != tokenTag {
		return Token{}, fmt.Errorf("not a replay token: it does not begin with %q", tokenTag+"/")
	}
	version, err := strconv.Atoi(f[1])
	if err != nil {
		return Token{}, fmt.Errorf("not a replay token: %q is no version number", f[1])
	}
	if version != TokenVersion {
		return Token{}, fmt.Errorf("replay token is of version %d, this program replays version %d: the same choices would give another run", version, TokenVersion)
	}
	if len(f) != 6 {
		return Token{}, fmt.Errorf("replay token has %d parts where 6 are needed: it is cut or has something added", len(f))
	}
	t := Token{Version: version}
	if t.Scenario, err = unescape(f[2]); err != nil {
		return Token{}, err
	}
	if err := t.parseChooser(f[3]); err != nil {
		return Token{}, err
	}
	if t.Seed, err = strconv.ParseUint(f[4], 10, 64); err != nil {
		return Token{}, fmt.Errorf("replay token has the seed %q, which is no number", f[4])
	}
	if t.Fingerprint, err = strconv.ParseUint(f[5], 16, 64); err != nil || len(f[5]) != 16 {
		return Token{}, fmt.Errorf("replay token has the fingerprint %q, which is not 16 hexadecimal digits", f[5])
	}
	if has {
		for _, kv := range strings.Split(query, "&") {
			setting, err := unescape(kv)
			if err != nil {
				return Token{}, err
			}
			t.Settings = append(t.Settings, setting)
		}
	}
	return t, nil
}

// Write writes the file form: the short form, then, if it is known, a comment
// that says what the run came to, then the choices, twelve a line.
func (t Token) Write(w io.Writer) error {
	b := bufio.NewWriter(w)
	fmt.Fprintln(b, t)
	if t.Steps > 0 {
		fmt.Fprintf(b, "# hash %s steps %d\n", t.Hash, t.Steps)
	}
	for i, p := range t.Picks {
		sep := " "
		if i%12 == 11 || i == len(t.Picks)-1 {
			sep = "\n"
		}
		if p.Device > 0 {
			fmt.Fprintf(b, "d%d%s", p.Device, sep)
		} else {
			fmt.Fprintf(b, "p%dx%d%s", p.Proc, p.Steps, sep)
		}
	}
	return b.Flush()
}

// ReadToken reads the file form. Lines that begin with '#' are comments; one
// that begins with "# hash " says what the run came to. An error names the
// line.
func ReadToken(r io.Reader) (Token, error) {
	sc := bufio.NewScanner(r)
	sc.Buffer(nil, 1<<26)
	if !sc.Scan() {
		if err := sc.Err(); err != nil {
			return Token{}, err
		}
		return Token{}, fmt.Errorf("line 1: no replay token")
	}
	t, err := ParseToken(sc.Text())
	if err != nil {
		return Token{}, fmt.Errorf("line 1: %w", err)
	}
	for line := 2; sc.Scan(); line++ {
		if strings.HasPrefix(sc.Text(), "#") {
			if err := t.parseComment(sc.Text()); err != nil {
				return Token{}, fmt.Errorf("line %d: %w", line, err)
			}
			continue
		}
		for _, w := range strings.Fields(sc.Text()) {
			p, err := parsePick(w)
			if err != nil {
				return Token{}, fmt.Errorf("line %d: %w", line, err)
			}
			t.Picks = append(t.Picks, p)
		}
	}
	return t, sc.Err()
}

// parseComment takes the run's hash from the comment that has it.
func (t *Token) parseComment(text string) error {
	f := strings.Fields(strings.TrimPrefix(text, "#"))
	if len(f) == 0 || f[0] != "hash" {
		return nil
	}
	if len(f) == 4 && len(f[1]) == 16 && f[2] == "steps" {
		hash, err1 := strconv.ParseUint(f[1], 16, 64)
		steps, err2 := strconv.ParseUint(f[3], 10, 64)
		if err1 == nil && err2 == nil && steps > 0 {
			t.Hash, t.Steps = Hash(hash), steps
			return nil
		}
	}
	return fmt.Errorf("%q does not say a hash; \"# hash 0123456789abcdef steps 4567\" does", text)
}

func parsePick(w string) (Pick, error) {
	if n, ok := strings.CutPrefix(w, "d"); ok {
		if d, err := strconv.Atoi(n); err == nil && d > 0 {
			return Pick{Device: d}, nil
		}
	} else if n, ok := strings.CutPrefix(w, "p"); ok {
		proc, steps, _ := strings.Cut(n, "x")
		p, err1 := strconv.ParseUint(proc, 10, 12)
		s, err2 := strconv.ParseUint(steps, 10, 64)
		if err1 == nil && err2 == nil {
			return Pick{Proc: int(p), Steps: s}, nil
		}
	}
	return Pick{}, fmt.Errorf("%q is no choice; p2x15 (processor 2, 15 steps) or d3 (source 3) are", w)
}
