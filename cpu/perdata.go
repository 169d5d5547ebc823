package cpu

// PerCPU is data of which each CPU has its own.
type PerCPU[T any] struct{ v []T }

// Init makes one value per CPU.
func (p *PerCPU[T]) Init(m *Machine) { p.v = make([]T, len(m.CPUs)) }

// This returns the value of the CPU x runs on now.
func (p *PerCPU[T]) This(x *Exec) *T { return &p.v[x.cpu.ID] }

// Of returns the value of CPU id.
func (p *PerCPU[T]) Of(id int) *T { return &p.v[id] }

// PerTask is data of which each task has its own; a package above the
// scheduler keeps its fields of a task in one.
type PerTask[T any] struct{ v []*T }

// Of returns x's value, its zero value at first use.
func (p *PerTask[T]) Of(x *Exec) *T {
	if x.ID < len(p.v) {
		if t := p.v[x.ID]; t != nil {
			return t
		}
	}
	return p.grow(x)
}

// Peek returns x's value, nil if it never had one: for views, which must not
// make any.
func (p *PerTask[T]) Peek(x *Exec) *T {
	if x.ID < len(p.v) {
		return p.v[x.ID]
	}
	return nil
}

func (p *PerTask[T]) grow(x *Exec) *T {
	if x.ID >= len(p.v) {
		p.v = append(p.v, make([]*T, len(x.m.execs)-len(p.v))...)
	}
	p.v[x.ID] = new(T)
	return p.v[x.ID]
}
