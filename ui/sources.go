package ui

import (
	"strings"

	"lockstep/configs"
)

// sources gives the text of the port and of the scenario, a file read once.
type sources struct {
	scenario *configs.Scenario
	lines    map[string][]string
}

// Lines implements panes.Sources.
func (s *sources) Lines(name string) []string {
	if lines, ok := s.lines[name]; ok {
		return lines
	}
	text := ""
	if name == s.scenario.File() {
		text = s.scenario.Text()
	} else if src, err := configs.ReadSource(name); err == nil {
		text = string(src)
	}
	var lines []string
	if text != "" {
		lines = strings.Split(strings.TrimSuffix(text, "\n"), "\n")
	}
	s.lines[name] = lines
	return lines
}
