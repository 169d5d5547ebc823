package panes

import (
	"fmt"
	"strings"

	"lockstep/cpu/workqueue"
	"lockstep/ui/text"
)

var workqueuesView = list("workqueues", "workqueues",
	"Worker pools and who works, flushes, the CPUs' stoppers.",
	workqueuesSum, nil, openWorkqueues)

func workqueuesSum(c *Context) text.Line {
	s := c.now()
	if s.Work == nil && s.Stop == nil {
		return text.Line{{Text: "no workqueues here", Role: text.Dim}}
	}
	waiting, busy := 0, 0
	if s.Work != nil {
		for i := range s.Work.Pools {
			p := &s.Work.Pools[i]
			waiting += len(p.Worklist)
			busy += len(p.Workers) - len(p.Idle)
		}
	}
	l := text.L(fmt.Sprintf("%s at work, %s waiting", count(max(busy, 0), "worker"), count(waiting, "work")))
	if n := stopping(s); n > 0 {
		l = l.Add(text.Plain, ", ").Add(text.Here, count(n, "stopper")+" at work")
	}
	return l
}

// openWorkqueues has the pools that do something and those of the chosen
// processor, then workqueues that somebody flushes or that keep works back,
// then the stoppers.
func openWorkqueues(c *Context) page {
	var rows []row
	s := c.now()
	if s.Work != nil {
		idle := 0
		for i := range s.Work.Pools {
			p := &s.Work.Pools[i]
			if p.CPU != c.CPU && quiet(p) {
				idle++
				continue
			}
			rows = append(rows, poolRows(c, p)...)
		}
		if idle > 0 {
			rows = append(rows, row{text.Line{{Text: count(idle, "idle pool") + " of other CPUs", Role: text.Dim}}, NoTarget})
		}
		for i := range s.Work.Queues {
			rows = append(rows, workqueueRows(c, &s.Work.Queues[i])...)
		}
	}
	if s.Stop != nil {
		rows = append(rows, stopRows(c, s.Stop)...)
	}
	return pageOf(rows, -1)
}

// quiet reports whether nothing goes on in a pool.
func quiet(p *workqueue.PoolView) bool {
	return len(p.Worklist) == 0 && len(p.Idle) == len(p.Workers) && p.Manager == 0
}

// poolRows are a pool with its works that wait, and its workers that are not
// idle.
func poolRows(c *Context, p *workqueue.PoolView) []row {
	where := text.Span{Text: "unbound", Role: text.Plain}
	to := NoTarget
	if p.CPU >= 0 {
		where, to.CPU = text.Span{Text: cpuName(p.CPU), Role: ofCPU(p.CPU)}, p.CPU
	}
	workers := count(len(p.Workers), "worker")
	if len(p.Workers) > 0 {
		workers = fmt.Sprintf("%d of %s idle", len(p.Idle), workers)
	}
	facts := []text.Line{{{Text: fmt.Sprintf("pool %d nice %d", p.ID, p.Nice), Role: text.Plain}},
		{{Text: fmt.Sprintf("%d running", p.Running), Role: text.Plain}}, {{Text: workers, Role: text.Dim}}}
	if p.Manager != 0 {
		facts = append(facts, text.Line{{Text: "manager " + c.commOfPID(p.Manager), Role: text.Here}})
	}
	if len(p.Worklist) > 0 {
		facts = append(facts, text.Line{{Text: "worklist ", Role: text.Dim}, {Text: strings.Join(p.Worklist, ", "), Role: text.Wait}})
	}
	var rows []row
	for _, l := range factLines(c, where, facts) {
		rows = append(rows, row{l, to})
	}
	for i := range p.Workers {
		if w := &p.Workers[i]; w.Work != "" || !strings.Contains(w.Flags, "IDLE") {
			rows = append(rows, workerRows(c, w)...)
		}
	}
	return rows
}

// workerRows are a worker: what it runs, and how far its thread is.
func workerRows(c *Context, w *workqueue.WorkerView) []row {
	to := NoTarget
	facts := []text.Line{{{Text: fmt.Sprintf("%s/%d", w.Comm, w.PID), Role: text.Strong}}}
	if w.Work != "" {
		facts = append(facts, text.L("runs ").Add(text.Here, w.Work).Add(text.Dim, " of "+w.Queue))
	}
	if len(w.Scheduled) > 0 {
		facts = append(facts, text.L("then "+strings.Join(w.Scheduled, ", ")))
	}
	if t := c.taskOfPID(w.PID); t != nil {
		to.Task = t.ID
		word, role := taskState(t)
		facts = append(facts, text.Line{{Text: word, Role: role}})
		if t.OnCPU {
			to.CPU = t.CPU
		}
	}
	if w.Flags != "" {
		facts = append(facts, text.Line{{Text: w.Flags, Role: text.Dim}})
	}
	facts = append(facts, text.Line{{Text: fmt.Sprintf("%d done", w.Done), Role: text.Dim}})
	return indented(c, facts, to)
}

// indented are facts as rows that belong to what stands above them.
func indented(c *Context, facts []text.Line, to Target) []row {
	var rows []row
	for _, l := range factLines(c, text.Span{}, facts) {
		rows = append(rows, row{l, to})
	}
	return rows
}

// workqueueRows are a workqueue in which something is flushed or kept back.
func workqueueRows(c *Context, q *workqueue.QueueView) []row {
	var facts []text.Line
	if q.First != "" {
		facts = append(facts, text.Line{{Text: q.First + " flushes", Role: text.Wait}, {Text: fmt.Sprintf(" colour %d", q.FlushColor), Role: text.Dim}})
	}
	if len(q.Queue) > 0 {
		facts = append(facts, text.L("then ").Add(text.Wait, strings.Join(q.Queue, ", ")))
	}
	if len(q.Overflow) > 0 {
		facts = append(facts, text.L("without a colour ").Add(text.Wait, strings.Join(q.Overflow, ", ")))
	}
	for i := range q.PWQs {
		p := &q.PWQs[i]
		if len(p.Delayed) > 0 {
			facts = append(facts, text.L(fmt.Sprintf("pool %d keeps back ", p.Pool)).Add(text.Wait, strings.Join(p.Delayed, ", ")))
		}
		if p.FlushColor >= 0 && p.FlushColor < len(p.InFlight) {
			facts = append(facts, text.L(fmt.Sprintf("pool %d has %d of that colour in flight", p.Pool, p.InFlight[p.FlushColor])))
		}
	}
	if strings.Contains(q.Words, "DRAINING") {
		facts = append(facts, text.Line{{Text: "draining", Role: text.Warn}})
	}
	if len(facts) == 0 {
		return nil
	}
	head := []text.Line{{{Text: q.Name, Role: text.Strong}}, {{Text: strings.TrimSpace(fmt.Sprintf("max_active %d %s", q.MaxActive, q.Words)), Role: text.Dim}}}
	var rows []row
	for _, l := range factLines(c, text.Span{Text: "wq", Role: text.Dim}, append(head, facts...)) {
		rows = append(rows, row{l, NoTarget})
	}
	return rows
}
