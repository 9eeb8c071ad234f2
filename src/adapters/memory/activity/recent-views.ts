import type { Page } from '../../../domain/page.ts';
import { compareText } from '../../../domain/text.ts';
import type { RecentPosition, RecentView, View } from '../../../ports/activity-store.ts';
import { RECENT_VIEWS_KEPT } from '../../../ports/activity-store.ts';

interface Kept {
  readonly programId: string;
  readonly viewedAtMs: number;
  readonly positionSeconds: number | null;
}

/** What each viewer saw last. */
export function createRecentViews() {
  const byUser = new Map<string, Map<string, Kept>>();

  return {
    add({ userId, programId, occurredAt, positionSeconds }: View): void {
      if (userId === undefined) return;
      const kept = byUser.get(userId) ?? new Map<string, Kept>();
      byUser.set(userId, kept);
      const view = { programId, viewedAtMs: occurredAt.getTime(), positionSeconds: positionSeconds ?? null };
      const before = kept.get(programId);
      if (before === undefined || isNewer(view, before)) kept.set(programId, view);
      if (kept.size > RECENT_VIEWS_KEPT) dropOldest(kept);
    },

    page(userId: string, limit: number, after: RecentPosition | undefined): Page<RecentView, RecentPosition> {
      const all = [...(byUser.get(userId)?.values() ?? [])].sort(newestFirst);
      const rest = after === undefined ? all : all.filter((view) => isAfter(view, after));
      const shown = rest.slice(0, limit);
      const last = shown.at(-1);
      const isEnd = rest.length <= limit || last === undefined;
      return {
        items: shown.map(({ programId, viewedAtMs, positionSeconds }) => ({
          programId,
          viewedAt: new Date(viewedAtMs),
          positionSeconds,
        })),
        next: isEnd ? undefined : [last.viewedAtMs, last.programId],
      };
    },

    forget(userId: string, programId: string | undefined): void {
      if (programId !== undefined) byUser.get(userId)?.delete(programId);
      if (programId === undefined || byUser.get(userId)?.size === 0) byUser.delete(userId);
    },
  };
}

function isNewer(view: Kept, before: Kept): boolean {
  if (view.viewedAtMs !== before.viewedAtMs) return view.viewedAtMs > before.viewedAtMs;
  return (view.positionSeconds ?? -1) > (before.positionSeconds ?? -1);
}

function newestFirst(a: Kept, b: Kept): number {
  return b.viewedAtMs - a.viewedAtMs || compareText(a.programId, b.programId);
}

function isAfter(view: Kept, [viewedAtMs, programId]: RecentPosition): boolean {
  if (view.viewedAtMs !== viewedAtMs) return view.viewedAtMs < viewedAtMs;
  return compareText(view.programId, programId) > 0;
}

function dropOldest(kept: Map<string, Kept>): void {
  const oldest = [...kept.values()].reduce((a, b) => (newestFirst(a, b) > 0 ? a : b));
  kept.delete(oldest.programId);
}
