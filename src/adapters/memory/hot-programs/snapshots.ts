import type { ProgramCard } from '../../../domain/program/program-card.ts';
import type { ListQuery, ListSlice } from '../../../ports/hot-program-store.ts';
import type { Ids } from '../../../ports/ids.ts';

interface Snapshot {
  readonly name: string;
  readonly cards: readonly ProgramCard[];
  readonly builtAtMs: number;
  readonly expiresAtMs: number;
}

/** Ranked lists, each save a snapshot of its own. The expired are dropped when a list is saved. */
export function createSnapshots(ids: Ids) {
  const byId = new Map<string, Snapshot>();
  const current = new Map<string, string>();
  const dropExpired = (nowMs: number): void => {
    for (const [snapshotId, { name, expiresAtMs }] of byId) {
      if (expiresAtMs > nowMs) continue;
      byId.delete(snapshotId);
      if (current.get(name) === snapshotId) current.delete(name);
    }
  };
  return {
    save: (name: string, cards: readonly ProgramCard[], ttlMs: number, nowMs: number): void => {
      dropExpired(nowMs);
      const snapshotId = ids.next();
      const copies = cards.map((card) => ({ ...card }));
      byId.set(snapshotId, { name, cards: copies, builtAtMs: nowMs, expiresAtMs: nowMs + ttlMs });
      current.set(name, snapshotId);
    },
    slice: (name: string, query: ListQuery, nowMs: number): ListSlice | undefined => {
      const snapshotId = query.snapshotId ?? current.get(name) ?? '';
      const snapshot = byId.get(snapshotId);
      if (snapshot?.name !== name || snapshot.expiresAtMs <= nowMs) return undefined;
      const cards = snapshot.cards.slice(query.offset, query.offset + query.limit);
      return {
        snapshotId,
        builtAt: new Date(snapshot.builtAtMs),
        size: snapshot.cards.length,
        cards: cards.map((card) => ({ ...card })),
      };
    },
  };
}
