package model

import (
	"os"
	"strings"
	"testing"

	"lockstep/configs"
	"lockstep/configs/configstest"
	"lockstep/ui/history"
)

// tree gives the sources of this tree.
type tree struct{}

func (tree) Lines(name string) []string {
	for _, dir := range []string{"../../", "../../configs/"} {
		if b, err := os.ReadFile(dir + name); err == nil {
			return strings.Split(strings.TrimSuffix(string(b), "\n"), "\n")
		}
	}
	return nil
}

// real is a model of a bundled scenario.
func real(t testing.TB, name string, seed uint64, opt Options) *Model {
	t.Helper()
	s, err := history.Open(configstest.Open(t, name), configs.Options{Seed: seed}, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	opt.Sources = tree{}
	return New(Of(s), opt)
}
