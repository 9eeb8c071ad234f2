import type { TrendWindow } from '../../../domain/discovery/trend-score.ts';
import { addScores, viewScore } from '../../../domain/discovery/trend-score.ts';
import { compareText } from '../../../domain/text.ts';
import type { View, ViewAttributes } from '../../../ports/activity-store.ts';

/** The views of one program in one call. */
export interface ProgramViews {
  readonly programId: string;
  readonly attributes: ViewAttributes;
  readonly newestMs: number;
  readonly scores: Readonly<Record<TrendWindow, number>>;
  readonly count: number;
}

/** The newest view of one viewer and program in one call. */
export interface ViewerView {
  readonly userId: string;
  readonly programId: string;
  readonly viewedAtMs: number;
  readonly positionSeconds: number | null;
}

/** Views by program, sorted by id: rows are always locked in the same order, so that calls never deadlock. */
export function foldByProgram(views: readonly View[]): readonly ProgramViews[] {
  const folded = new Map<string, ProgramViews>();
  for (const view of views) {
    const before = folded.get(view.programId);
    const one = ofOneView(view);
    folded.set(view.programId, before === undefined ? one : joined(before, one));
  }
  return [...folded.values()].sort((a, b) => compareText(a.programId, b.programId));
}

function ofOneView({ programId, attributes, occurredAt }: View): ProgramViews {
  const newestMs = occurredAt.getTime();
  const scoreOf = (window: TrendWindow) => viewScore(window, newestMs);
  const scores = { '1h': scoreOf('1h'), '24h': scoreOf('24h'), '7d': scoreOf('7d') };
  return { programId, attributes, newestMs, scores, count: 1 };
}

function joined(before: ProgramViews, one: ProgramViews): ProgramViews {
  const newest = one.newestMs >= before.newestMs ? one : before;
  const sumOf = (window: TrendWindow) => addScores(before.scores[window], one.scores[window]);
  return {
    programId: before.programId,
    attributes: newest.attributes,
    newestMs: newest.newestMs,
    scores: { '1h': sumOf('1h'), '24h': sumOf('24h'), '7d': sumOf('7d') },
    count: before.count + one.count,
  };
}

/** The newest view of each viewer and program, sorted for the same reason. Of views at the same time the furthest counts. */
export function foldByViewer(views: readonly View[]): readonly ViewerView[] {
  const programsByUser = new Map<string, Map<string, ViewerView>>();
  for (const { userId, programId, occurredAt, positionSeconds = null } of views) {
    if (userId === undefined) continue;
    const programs = programsByUser.get(userId) ?? new Map<string, ViewerView>();
    programsByUser.set(userId, programs);
    const view = { userId, programId, viewedAtMs: occurredAt.getTime(), positionSeconds };
    const before = programs.get(programId);
    if (before === undefined || isNewer(view, before)) programs.set(programId, view);
  }
  const folded = [...programsByUser.values()].flatMap((programs) => [...programs.values()]);
  return folded.sort((a, b) => compareText(a.userId, b.userId) || compareText(a.programId, b.programId));
}

function isNewer(view: ViewerView, before: ViewerView): boolean {
  if (view.viewedAtMs !== before.viewedAtMs) return view.viewedAtMs > before.viewedAtMs;
  return (view.positionSeconds ?? -1) > (before.positionSeconds ?? -1);
}
