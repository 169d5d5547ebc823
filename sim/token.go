package sim

import (
	"bufio"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// TokenVersion is raised whenever the same choices would give another run:
// when operations are split, costs drawn differently, or the engine's rules
// change. A token of another version is refused.
const TokenVersion = 1

// Token is a run: a scenario, the settings that differ from its own, and the
// choices. For the timed and random choosers the seed is the choices; a run
// whose choices came from elsewhere carries them as picks, in the file form.
type Token struct {
	Version     int
	Scenario    string   // bundled name or path
	Fingerprint uint64   // of the scenario as it was run
	Settings    []string // key=value overrides, in the order given
	Chooser     string   // "timed" or "random": costs, and choices without picks
	Seed        uint64
	Picks       []Pick
}

const tokenTag = "lockstep"

// String returns the short form, one word without spaces:
//
//	lockstep/1/abba/timed/7/4be1c0ffee123456
//	lockstep/1/abba/timed/7/4be1c0ffee123456?params.order=same
func (t Token) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s/%d/%s/%s/%d/%016x", tokenTag, t.Version, escape(t.Scenario), t.Chooser, t.Seed, t.Fingerprint)
	for i, s := range t.Settings {
		b.WriteString([]string{"?", "&"}[min(i, 1)] + escape(s))
	}
	return b.String()
}

var escaper = strings.NewReplacer("%", "%25", "/", "%2f", "?", "%3f", "&", "%26", " ", "%20", "\n", "%0a", "\t", "%09")
var unescaper = strings.NewReplacer("%2f", "/", "%3f", "?", "%26", "&", "%20", " ", "%0a", "\n", "%09", "\t", "%25", "%")

func escape(s string) string { return escaper.Replace(s) }

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
	t := Token{Version: version, Scenario: unescaper.Replace(f[2]), Chooser: f[3]}
	if t.Chooser != "timed" && t.Chooser != "random" {
		return Token{}, fmt.Errorf("replay token names the chooser %q; there are timed and random", t.Chooser)
	}
	if t.Seed, err = strconv.ParseUint(f[4], 10, 64); err != nil {
		return Token{}, fmt.Errorf("replay token has the seed %q, which is no number", f[4])
	}
	if t.Fingerprint, err = strconv.ParseUint(f[5], 16, 64); err != nil || len(f[5]) != 16 {
		return Token{}, fmt.Errorf("replay token has the fingerprint %q, which is not 16 hexadecimal digits", f[5])
	}
	if has {
		for _, kv := range strings.Split(query, "&") {
			t.Settings = append(t.Settings, unescaper.Replace(kv))
		}
	}
	return t, nil
}

// Write writes the file form: the short form, then the choices, twelve a line.
func (t Token) Write(w io.Writer) error {
	b := bufio.NewWriter(w)
	fmt.Fprintln(b, t)
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

// ReadToken reads the file form.
func ReadToken(r io.Reader) (Token, error) {
	sc := bufio.NewScanner(r)
	sc.Buffer(nil, 1<<20)
	if !sc.Scan() {
		return Token{}, fmt.Errorf("line 1: no replay token")
	}
	t, err := ParseToken(sc.Text())
	if err != nil {
		return Token{}, fmt.Errorf("line 1: %w", err)
	}
	for line := 2; sc.Scan(); line++ {
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
