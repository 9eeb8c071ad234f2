import type { View } from '../../../ports/activity-store.ts';
import type { Call } from '../../../ports/call.ts';
import { untilDone } from '../retry.ts';
import type { ActivityTable } from './activity-table.ts';
import type { ProgramTrend } from './program-trend.ts';
import { readTrend, withView } from './program-trend.ts';
import type { Action, Refusal } from './view-transaction.ts';
import { listView, MOST_ACTIONS, rememberEvent, replaceTrend, transact } from './view-transaction.ts';

/** How many actions the views of one transaction may take, beside the program's own. */
export const MOST_VIEW_ACTIONS = MOST_ACTIONS - 1;

/** What was read of a program; `undefined`: nothing is kept of it. */
export interface Known {
  readonly trend: ProgramTrend | undefined;
}

/** How many actions a view takes at most. */
export function actionsOf({ eventId, userId }: View): number {
  return (eventId === undefined ? 0 : 1) + (userId === undefined ? 0 : 1);
}

/**
 * Counts views of one program, all or none of those whose event was not seen before, and answers these. No event may come
 * twice in `views`, and they must fit into a transaction. `known` is what was read of the program a moment ago.
 *
 * A view's event, its place in the viewer's list and its share of the program's total and scores are one transaction. So an
 * acknowledged view is nowhere missing, and one whose call failed is either counted in full, and then its event makes the
 * repeat a duplicate, or left no trace.
 */
export async function countViews(
  table: ActivityTable,
  programId: string,
  views: readonly View[],
  known: Known | undefined,
  call: Call,
): Promise<ReadonlySet<View>> {
  const seen = new Set<string>();
  const ahead = new Set<string>();
  const nowMs = table.clock.now();
  let before = known === undefined ? await readTrend(table, programId, call) : known.trend;

  async function attempt(): Promise<readonly View[] | undefined> {
    const counted = views.filter(({ eventId }) => eventId === undefined || !seen.has(eventId));
    const [first, ...more] = counted;
    if (first === undefined) return counted;
    const after = more.reduce(withView, withView(before, first));
    const actions = [
      replaceTrend(table, programId, before, after, nowMs),
      ...viewActions(table, counted, ahead, nowMs),
    ];
    const refusals = await transact(table, actions, call);
    if (refusals.length === 0) return counted;
    return (await isSettled(refusals)) ? attempt() : undefined;
  }

  /** Whether the next attempt knows all that stood in the way of this one; another instance's views mean a race with it. */
  async function isSettled(refusals: readonly Refusal[]): Promise<boolean> {
    for (const refusal of refusals) {
      if (refusal.kind === 'seen') seen.add(refusal.eventId);
      if (refusal.kind === 'newer') ahead.add(refusal.userId);
    }
    const hasGrown = refusals.some(({ kind }) => kind === 'grown');
    if (hasGrown) before = await readTrend(table, programId, call);
    return !hasGrown;
  }

  return new Set(await untilDone(table.pause, call.signal, attempt));
}

function viewActions(
  table: ActivityTable,
  views: readonly View[],
  ahead: ReadonlySet<string>,
  nowMs: number,
): readonly Action[] {
  const eventIds = views.map(({ eventId }) => eventId).filter((eventId) => eventId !== undefined);
  const newest = newestByViewer(views).filter(({ userId }) => !ahead.has(userId));
  return [
    ...eventIds.map((eventId) => rememberEvent(table, eventId, nowMs)),
    ...newest.map((view) => listView(table, view)),
  ];
}

type ViewerView = View & { readonly userId: string };

function newestByViewer(views: readonly View[]): readonly ViewerView[] {
  const newest = new Map<string, ViewerView>();
  for (const view of views) {
    const { userId } = view;
    if (userId === undefined) continue;
    const before = newest.get(userId);
    if (before === undefined || isNewer(view, before)) newest.set(userId, { ...view, userId });
  }
  return [...newest.values()];
}

function isNewer(view: View, before: View): boolean {
  const laterMs = view.occurredAt.getTime() - before.occurredAt.getTime();
  if (laterMs !== 0) return laterMs > 0;
  return (view.positionSeconds ?? -1) > (before.positionSeconds ?? -1);
}
