import type { Page } from '../../../domain/page.ts';
import type { ProgramCard } from '../../../domain/program/program-card.ts';
import { comparePositions } from '../../../domain/program/program-query.ts';
import type { Call } from '../../../ports/call.ts';
import type { CategoryPosition } from '../../../ports/hot-program-store.ts';
import { escaped } from '../keys.ts';
import type { HotPrograms } from './hot-programs.ts';
import { readCard } from './program-text.ts';
import { rankOf } from './rank.ts';
import { topCards } from './scripts.ts';

/** What one shard has of a category, as far as it was read. */
interface ShardOfCategory {
  readonly shard: number;
  /** Read and not yet taken, the last one first. */
  cards: ProgramCard[];
  /** The member to read on after. */
  after: string;
  isAtEnd: boolean;
}

/** A page of a category: each shard is asked for its share, all in one go, and again only when it has more than its share. */
export async function topByCategory(
  store: HotPrograms,
  category: string,
  limit: number,
  from: CategoryPosition | undefined,
  call: Call,
): Promise<Page<ProgramCard, CategoryPosition>> {
  const after = from === undefined ? '' : `${rankOf(from[0])}${from[1]}`;
  const shards = Array.from({ length: store.shards }, (_, shard): ShardOfCategory => {
    return { shard, cards: [], after, isAtEnd: false };
  });
  const share = shareOf(limit + 1, store.shards);
  const readOn = (shard: ShardOfCategory) => readShard(store, category, shard, share, call);
  const cards = await firstOf(shards, limit + 1, readOn);
  const items = cards.slice(0, limit);
  const last = cards.length > limit ? items.at(-1) : undefined;
  return { items, next: last && positionOf(last) };
}

// Mean and three standard deviations of what falls into one of many shards by chance (Poisson).
function shareOf(count: number, shards: number): number {
  const mean = count / shards;
  return shards === 1 ? count : Math.min(count, Math.ceil(mean + 3 * Math.sqrt(mean)));
}

/** K-way merge: which card is the next one is known only when no shard that has more is read to its last card. */
async function firstOf(
  shards: readonly ShardOfCategory[],
  count: number,
  readOn: (shard: ShardOfCategory) => Promise<void>,
): Promise<readonly ProgramCard[]> {
  const taken: ProgramCard[] = [];
  while (taken.length < count) {
    const used = shards.filter(({ cards, isAtEnd }) => cards.length === 0 && !isAtEnd);
    if (used.length > 0) await Promise.all(used.map(readOn));
    else {
      const card = shards.reduce(better, shards[0])?.cards.pop();
      if (card === undefined) break;
      taken.push(card);
    }
  }
  return taken;
}

function better(best: ShardOfCategory | undefined, shard: ShardOfCategory): ShardOfCategory | undefined {
  const [leader, card] = [best?.cards.at(-1), shard.cards.at(-1)];
  if (card === undefined) return best;
  if (leader === undefined) return shard;
  return comparePositions('-popularityScore', positionOf(card), positionOf(leader)) < 0 ? shard : best;
}

function positionOf({ popularityScore, programId }: ProgramCard): CategoryPosition {
  return [popularityScore, programId];
}

async function readShard(
  { client, keys, clock }: HotPrograms,
  category: string,
  shard: ShardOfCategory,
  share: number,
  call: Call,
): Promise<void> {
  const key = keys.category(shard.shard, category);
  const args = [shard.after, share, clock.now(), keys.program(shard.shard, ''), escaped(category)];
  const [next = '', ...texts] = (await topCards(client, [key], args, call)) as string[];
  const cards = texts.map((text) => readCard(`${text}}`)).filter((card) => card !== undefined);
  shard.cards = cards.toReversed();
  shard.after = next;
  shard.isAtEnd = next === '';
}
