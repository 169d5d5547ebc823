package lockstep_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// A rule is one statement about the whole tree. It sees a tree of parsed files, not the disk, so that
// TestTidyRulesCanFail can feed it a bad one: a rule that cannot fail is worth nothing.
type rule struct {
	name  string
	check func(*tree) []violation
}

// rules lists every rule of the tree; each has bad examples of its own in tidyCases.
var rules = []rule{
	{"imports-go-down", importsGoDown},
	{"test-support-for-tests", testSupportForTests},
	{"deterministic-core", deterministicCore},
	{"no-map-order", noMapOrder},
	{"recover-at-fiber-top", recoverAtFiberTop},
	{"short-files", shortFiles},
	{"short-functions", shortFunctions},
	{"package-says-its-model", packageSaysItsModel},
	{"exported-is-documented", exportedIsDocumented},
	{"package-has-a-real-name", packageHasARealName},
	{"kernel-directive-form", kernelDirectiveForm},
	{"kernel-directive-present", kernelDirectivePresent},
	{"nothing-points-outside", nothingPointsOutside},
	{"nothing-left-to-do", nothingLeftToDo},
}

// A violation is one place where a rule does not hold.
type violation struct {
	file string // path from the module root, with slashes
	line int    // 1-based; 0 speaks of the whole file
	text string
}

func (v violation) String() string {
	if v.line == 0 {
		return v.file + ": " + v.text
	}
	return fmt.Sprintf("%s:%d: %s", v.file, v.line, v.text)
}

// A tree is the module as the rules see it: parsed Go files and the other text files.
type tree struct {
	fset  *token.FileSet
	files []*goFile         // sorted by path
	text  map[string]string // every text file, Go files too, by path
}

// A goFile is one parsed Go file.
type goFile struct {
	*ast.File
	path string // from the module root, e.g. "cpu/lock/spin.go"
	dir  string // package directory, "" at the module root
	test bool   // a _test.go file
}

// textExtensions are the kinds of files that nothing-points-outside reads.
var textExtensions = []string{".go", ".md", ".toml", ".sh", ".star", ".txt", ".txtar", ".mod"}

// parseTree builds a tree from sources by path; a file that does not parse is an error.
func parseTree(sources map[string]string) (*tree, error) {
	t := &tree{fset: token.NewFileSet(), text: sources}
	for name, src := range sources {
		if path.Ext(name) != ".go" || strings.Contains("/"+name, "/testdata/") {
			continue
		}
		f, err := parser.ParseFile(t.fset, name, src, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			return nil, err
		}
		dir := path.Dir(name)
		if dir == "." {
			dir = ""
		}
		t.files = append(t.files, &goFile{f, name, dir, strings.HasSuffix(name, "_test.go")})
	}
	slices.SortFunc(t.files, func(a, b *goFile) int { return strings.Compare(a.path, b.path) })
	return t, nil
}

// readTree reads the text files below root. Hidden directories other than .ci are not part of the tree.
func readTree(root string) (map[string]string, error) {
	sources := map[string]string{}
	err := filepath.WalkDir(root, func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name := d.Name()
		if d.IsDir() {
			if p != root && strings.HasPrefix(name, ".") && name != ".ci" {
				return fs.SkipDir
			}
			return nil
		}
		rel, err := filepath.Rel(root, p)
		if err != nil {
			return err
		}
		rel = filepath.ToSlash(rel)
		if !strings.HasPrefix(rel, ".ci/") && !slices.Contains(textExtensions, path.Ext(name)) {
			return nil
		}
		src, err := os.ReadFile(p)
		sources[rel] = string(src)
		return err
	})
	return sources, err
}

// line is the line of a position in one of the tree's files.
func (t *tree) line(p token.Pos) int { return t.fset.Position(p).Line }

// at makes a violation at a node's first line.
func (t *tree) at(f *goFile, n ast.Node, format string, args ...any) violation {
	return violation{f.path, t.line(n.Pos()), fmt.Sprintf(format, args...)}
}

// top is the first element of a package directory: cpu for cpu/lock, "" for the module root.
func top(dir string) string {
	first, _, _ := strings.Cut(dir, "/")
	return first
}

// TestTidy holds the tree to its rules.
func TestTidy(t *testing.T) {
	sources, err := readTree(".")
	if err != nil {
		t.Fatal(err)
	}
	tree, err := parseTree(sources)
	if err != nil {
		t.Fatal(err)
	}
	lengths := tree.fileLengths()
	t.Logf("%d Go files, median %d lines, longest %d", len(lengths), lengths[len(lengths)/2], lengths[len(lengths)-1])
	for _, r := range rules {
		t.Run(r.name, func(t *testing.T) {
			for _, v := range r.check(tree) {
				t.Error(v)
			}
		})
	}
}
