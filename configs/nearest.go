package configs

// Nearest returns the name that word was probably meant to be: the one with
// the smallest edit distance (swapping two neighbours counts as one edit), if
// that is at most 2 or a third of the word's length, and less than the word's
// length, for a word that shares nothing with a name is no slip. Among equally
// near names the first wins. It returns "" if none is near.
func Nearest(word string, names []string) string {
	w := []rune(word)
	limit := min(max(2, len(w)/3), len(w)-1)
	best, bestDist := "", limit+1
	for _, name := range names {
		if d := editDistance(w, []rune(name), bestDist); d < bestDist {
			best, bestDist = name, d
		}
	}
	return best
}

// editDistance is the optimal string alignment distance of a and b. A result
// of at least bound means only "bound or more".
func editDistance(a, b []rune, bound int) int {
	if len(a)-len(b) >= bound || len(b)-len(a) >= bound {
		return bound
	}
	// Three rows of the table: the row being filled, the one before, and the
	// one before that, which a swap of neighbours refers to.
	two, prev, cur := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range prev {
		prev[j] = j
	}
	for i := 1; i <= len(a); i++ {
		cur[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			d := min(prev[j]+1, cur[j-1]+1, prev[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				d = min(d, two[j-2]+1)
			}
			cur[j] = d
		}
		two, prev, cur = prev, cur, two
	}
	return prev[len(b)]
}
