/** The groups of nodes that can reach each other (Tarjan's strongly connected components of two or more), sorted. */
export function cyclesOf(graph: ReadonlyMap<string, ReadonlySet<string>>): readonly (readonly string[])[] {
  const order = new Map<string, number>();
  const lowest = new Map<string, number>();
  const stack: string[] = [];
  const onStack = new Set<string>();
  const cycles: string[][] = [];

  const lower = (node: string, to: number): void => {
    lowest.set(node, Math.min(lowest.get(node) ?? to, to));
  };

  const visit = (node: string): void => {
    const number = order.size;
    order.set(node, number);
    lower(node, number);
    stack.push(node);
    onStack.add(node);
    for (const next of graph.get(node) ?? []) {
      const seen = order.get(next);
      if (seen === undefined) {
        visit(next);
        lower(node, lowest.get(next) ?? number);
      } else if (onStack.has(next)) {
        lower(node, seen);
      }
    }
    if (lowest.get(node) !== number) return;
    const group = stack.splice(stack.indexOf(node));
    for (const member of group) onStack.delete(member);
    if (group.length > 1) cycles.push(group.sort());
  };

  for (const node of graph.keys()) if (!order.has(node)) visit(node);
  return cycles;
}
