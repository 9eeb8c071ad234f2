/** The most units that one client asked for, admitted or not, in one window: a limit of so many denies nobody under fixed-window. */
export interface Peak {
  readonly client: string;
  readonly units: number;
}

export interface PeakWatch {
  /** Times never go backwards. */
  add(atMs: number, client: string, cost: number): void;
  /** `undefined`: nobody asked. */
  peak(): Peak | undefined;
}

/**
 * Windows begin at multiples of their length since the epoch, so all clients begin anew together, and only one window is kept. Clients
 * that come when it has `maxClients` are passed over.
 */
export function createPeakWatch(windowMs: number, maxClients: number): PeakWatch {
  const asked = new Map<string, number>();
  let current = Number.NEGATIVE_INFINITY;
  let peak: Peak | undefined;
  return {
    add(atMs, client, cost) {
      const window = Math.floor(atMs / windowMs);
      if (window !== current) asked.clear();
      current = window;
      const before = asked.get(client);
      if (before === undefined && asked.size >= maxClients) return;
      const units = (before ?? 0) + cost;
      asked.set(client, units);
      if (units > (peak?.units ?? 0)) peak = { client, units };
    },
    peak: () => peak,
  };
}
