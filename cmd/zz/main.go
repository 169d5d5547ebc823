package main

import (
	"fmt"
	"os"
	"sort"
	"strconv"
	"strings"

	"lockstep/configs"
)

func main() {
	s, ds := configs.Open(os.Args[1])
	if ds != nil {
		panic(ds.String())
	}
	for _, kv := range os.Args[3:] {
		k, v, _ := strings.Cut(kv, "=")
		if ds := s.Set(k, v); len(ds) > 0 {
			panic(ds.String())
		}
	}
	p, ds := configs.Prepare(s)
	if len(ds) > 0 {
		panic(ds.String())
	}
	n, _ := strconv.Atoi(os.Args[2])
	count := map[string]int{}
	first := map[string]int{}
	for seed := 1; seed <= n; seed++ {
		r, err := p.Boot(configs.Options{Seed: uint64(seed)}).Run()
		if err != nil {
			panic(err)
		}
		k := r.Verdict
		for _, f := range r.Findings {
			k += " | " + f.Kind
			for _, e := range f.Cycle {
				k += " " + e.Kind.String() + ":" + e.On
			}
			if f.Report != nil {
				k += fmt.Sprint(f.Classes)
			}
			if f.Kind == "warn" {
				k += f.Title
			}
		}
		count[k]++
		if first[k] == 0 {
			first[k] = seed
		}
	}
	var ks []string
	for k := range count {
		ks = append(ks, k)
	}
	sort.Strings(ks)
	for _, k := range ks {
		fmt.Println(count[k], "first", first[k], k)
	}
}
