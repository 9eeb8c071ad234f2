import { compareText } from '../../domain/text.ts';
import type { Call } from '../../ports/call.ts';
import type { Clock } from '../../ports/clock.ts';
import type {
  Comparisons,
  Difference,
  DifferenceClass,
  FoundDifference,
  Tally,
} from '../../ports/comparisons.ts';
import { DIFFERENCE_CLASSES, DIFFERENCES_KEPT, PATHS_KEPT } from '../../ports/comparisons.ts';
import type { Migrated } from '../../ports/phase-store.ts';

/** By key and finder. */
type Entries = Map<string, Difference>;

/** Differences of each data set and class. */
type Shelf = (dataSet: Migrated, kind: DifferenceClass) => Entries;

/** What comparisons came to, in this process. */
export function createMemoryComparisons({ clock }: { readonly clock: Clock }): Comparisons {
  const tallies = new Map<string, Tally>();
  const shelf = createShelf();
  return {
    add: (dataSet, epoch, tally, call) =>
      on(call, () => {
        const name = `${dataSet} ${epoch}`;
        tallies.set(name, sum(tallies.get(name) ?? {}, tally));
      }),
    tally: (dataSet, epoch, call) => on(call, () => ({ ...tallies.get(`${dataSet} ${epoch}`) })),
    report: (dataSet, differences, call) =>
      on(call, () => {
        const now = new Date(clock.now());
        for (const found of differences) keep(shelf(dataSet, found.class), found, now);
        for (const kind of new Set(differences.map((found) => found.class))) cut(shelf(dataSet, kind));
      }),
    differences: (dataSet, filter, limit, call) =>
      on(call, () => {
        const kinds = filter.class === undefined ? DIFFERENCE_CLASSES : [filter.class];
        const all = kinds.flatMap((kind) => [...shelf(dataSet, kind).values()]);
        const found = all.filter((each) => filter.foundBy === undefined || each.foundBy === filter.foundBy);
        return structuredClone(found.sort(lastSeenFirst).slice(0, limit));
      }),
    forget: (dataSet, foundBy, call) =>
      on(call, () => {
        for (const kind of DIFFERENCE_CLASSES) drop(shelf(dataSet, kind), foundBy);
      }),
  };
}

async function on<Result>(call: Call, run: () => Result): Promise<Result> {
  call.signal.throwIfAborted();
  return run();
}

function createShelf(): Shelf {
  const shelf = new Map<string, Entries>();
  return (dataSet, kind) => {
    const name = `${dataSet} ${kind}`;
    const entries = shelf.get(name) ?? new Map<string, Difference>();
    shelf.set(name, entries);
    return entries;
  };
}

function sum(tally: Tally, more: Tally): Tally {
  const classes = ['match', ...DIFFERENCE_CLASSES] as const;
  const totals = classes.map((name) => [name, (tally[name] ?? 0) + (more[name] ?? 0)] as const);
  return Object.fromEntries(totals.filter(([, total]) => total > 0));
}

function keep(entries: Entries, found: FoundDifference, now: Date): void {
  const name = JSON.stringify([found.key, found.foundBy]);
  const before = entries.get(name);
  entries.set(name, {
    ...found,
    paths: found.paths.slice(0, PATHS_KEPT),
    firstSeen: before?.firstSeen ?? now,
    lastSeen: now,
    times: (before?.times ?? 0) + 1,
  });
}

function cut(entries: Entries): void {
  if (entries.size <= DIFFERENCES_KEPT) return;
  const sorted = [...entries].sort(([, a], [, b]) => lastSeenFirst(a, b));
  for (const [name] of sorted.slice(DIFFERENCES_KEPT)) entries.delete(name);
}

function drop(entries: Entries, foundBy: string | undefined): void {
  for (const [name, entry] of entries) {
    if (foundBy === undefined || entry.foundBy === foundBy) entries.delete(name);
  }
}

function lastSeenFirst(a: Difference, b: Difference): number {
  return (
    b.lastSeen.valueOf() - a.lastSeen.valueOf() ||
    compareText(a.key, b.key) ||
    compareText(a.class, b.class) ||
    compareText(a.foundBy, b.foundBy)
  );
}
