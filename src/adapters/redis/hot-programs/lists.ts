import type { ProgramCard } from '../../../domain/program/program-card.ts';
import type { Call } from '../../../ports/call.ts';
import type { ListQuery, ListSlice } from '../../../ports/hot-program-store.ts';
import { escaped } from '../keys.ts';
import { droppedAt, expiryOf } from './expiry.ts';
import type { HotPrograms } from './hot-programs.ts';
import { readSnapshot, saveSnapshot } from './list-scripts.ts';
import { readCard } from './program-text.ts';

/** The first element of a snapshot's Redis list; the cards follow. */
interface SnapshotHead {
  readonly snapshotId: string;
  readonly builtAtMs: number;
  readonly expiresAtMs: number;
}

export async function saveList(
  { client, keys, clock, ids }: HotPrograms,
  name: string,
  cards: readonly ProgramCard[],
  ttlMs: number,
  call: Call,
): Promise<void> {
  const builtAtMs = clock.now();
  const head: SnapshotHead = { snapshotId: ids.next(), builtAtMs, expiresAtMs: expiryOf(builtAtMs, ttlMs) };
  const list = [keys.listPointer(name), keys.listCards(name, head.snapshotId)];
  const texts = [head, ...cards].map((part) => JSON.stringify(part));
  await saveSnapshot(client, list, [escaped(head.snapshotId), droppedAt(head.expiresAtMs), ...texts], call);
}

export async function readList(
  { client, keys, clock }: HotPrograms,
  name: string,
  { snapshotId, offset, limit }: ListQuery,
  call: Call,
): Promise<ListSlice | undefined> {
  if (snapshotId === '') return undefined;
  const args = [escaped(snapshotId ?? ''), keys.listCards(name, ''), offset + 1, offset + limit];
  const answer = await readSnapshot(client, [keys.listPointer(name)], args, call);
  if (answer === null) return undefined;
  const [text, size, texts] = answer as readonly [string, number, readonly string[]];
  const head = JSON.parse(text) as SnapshotHead;
  if (head.expiresAtMs <= clock.now()) return undefined;
  const cards = texts.map(readCard);
  if (!cards.every((card) => card !== undefined)) return undefined;
  return { snapshotId: head.snapshotId, builtAt: new Date(head.builtAtMs), size, cards };
}
