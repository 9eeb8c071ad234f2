/** How many documents matched a query lately; forgets the queries learned first. */
export interface RecentTotals {
  get(query: string): number | undefined;
  learn(query: string, total: number): void;
}

export function createRecentTotals(most: number): RecentTotals {
  const totals = new Map<string, number>();
  return {
    get: (query) => totals.get(query),
    learn(query, total) {
      totals.set(query, total);
      const [first] = totals.keys();
      if (totals.size > most && first !== undefined) totals.delete(first);
    },
  };
}
