import type { Call } from '../../ports/call.ts';
import type { HotProgramStore, ListSlice } from '../../ports/hot-program-store.ts';
import type { Leases } from '../../ports/leases.ts';
import type { ProgramCatalog } from '../../ports/program-catalog.ts';
import type { PopularFilter } from '../discovery/popular-lists.ts';
import type { ProgramCard } from '../program/program-card.ts';
import { toCard } from '../program/program-card.ts';
import { RANKED_LIMIT } from '../ranked-paging.ts';
import { stableHash } from '../stable-hash.ts';

/** Keeps the popular lists of the hot store current. */
export interface HotLists {
  /** A list was read; one that is old or missing is built in a coming round. */
  asked(filter: PopularFilter, slice: ListSlice | undefined): void;
  /** Builds what is due; answers how many lists it saved. */
  round(call: Call): Promise<number>;
}

export interface HotListsDeps {
  readonly catalog: Pick<ProgramCatalog, 'top'>;
  readonly hot: Pick<HotProgramStore, 'saveList' | 'topByCategory'>;
  readonly leases: Leases;
  readonly instanceId: string;
  /** A list that is older is built anew. Milliseconds. */
  readonly freshMs: number;
  readonly now: () => number;
}

/** A list outlives an outage of the catalogue for so long, and its pages the one that replaced it. */
const LIST_TTL_MS = 3_600_000;
/** Lists that wait to be built; more than that are asked for again anyway. */
const MOST_WAITING = 100;

/** What a list is filed under in the hot store; `undefined`: the hot store has no such list. */
export function popularListName({ category, language }: PopularFilter): string | undefined {
  if (language !== undefined) return undefined;
  return category === undefined ? 'popular' : `popular:${category}`;
}

/**
 * The list of all programs is built from the catalogue, by one instance at a time; that of a category from the hot store itself, when
 * somebody has asked for it.
 */
export function createHotLists(deps: HotListsDeps): HotLists {
  const waiting = new Map<string, PopularFilter>();
  const saved = new Map<string, Saved>();
  return {
    asked(filter, slice) {
      const name = popularListName(filter);
      if (name === undefined || waiting.size >= MOST_WAITING) return;
      if (slice === undefined || deps.now() - slice.builtAt.getTime() >= deps.freshMs)
        waiting.set(name, filter);
    },
    async round(call) {
      waiting.set('popular', {});
      const due = [...waiting];
      waiting.clear();
      let built = 0;
      for (const [name, filter] of due) {
        if (await build(deps, name, filter, saved, call)) built += 1;
      }
      return built;
    },
  };
}

interface Saved {
  readonly tag: string;
  readonly at: number;
}

async function build(
  deps: HotListsDeps,
  name: string,
  filter: PopularFilter,
  saved: Map<string, Saved>,
  call: Call,
): Promise<boolean> {
  if (!(await deps.leases.acquire(`hot-list:${name}`, deps.instanceId, deps.freshMs, call))) return false;
  const cards = await cardsOf(deps, filter, call);
  const tag = stableHash(cards.map(({ programId, version }) => `${programId} ${version}`).join('\n'));
  const before = saved.get(name);
  const isCurrent = before?.tag === tag && deps.now() - before.at < LIST_TTL_MS / 2;
  // An empty list of a category is one that nobody has: the names are the callers' to make up.
  if (isCurrent || (cards.length === 0 && filter.category !== undefined)) return false;
  await deps.hot.saveList(name, cards, LIST_TTL_MS, call);
  saved.set(name, { tag, at: deps.now() });
  return true;
}

async function cardsOf(
  { catalog, hot }: HotListsDeps,
  { category }: PopularFilter,
  call: Call,
): Promise<readonly ProgramCard[]> {
  if (category !== undefined) return (await hot.topByCategory(category, RANKED_LIMIT, undefined, call)).items;
  const query = { filter: {}, sort: '-popularityScore', limit: RANKED_LIMIT, idLimit: RANKED_LIMIT } as const;
  return (await catalog.top(query, call)).programs.map(toCard);
}
