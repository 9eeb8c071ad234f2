import type { ActivityStore, RecentPosition, View, ViewOutcome } from '../../ports/activity-store.ts';
import type { Call } from '../../ports/call.ts';
import type { Clock } from '../../ports/clock.ts';
import type { ProgramCatalog } from '../../ports/program-catalog.ts';
import { ValidationFailed } from '../errors.ts';
import type { GroupCommit } from '../group-commit.ts';
import { createGroupCommit } from '../group-commit.ts';
import type { Page } from '../page.ts';
import type { Program } from '../program/program.ts';
import { findPrograms, programNotFound } from '../program/programs.ts';
import type { ViewInput } from './view-input.ts';
import { viewFaults } from './view-input.ts';

/** What viewers do, and what they did last. */
export interface Views {
  /** Counts a view; it is durable when this resolves. @throws {ValidationFailed} @throws {DomainError} `program-not-found` */
  record(view: ViewInput, call: Call): Promise<ViewOutcome>;
  /** Counts those of the views that are right and says what is wrong with the others. */
  recordMany(views: readonly ViewInput[], call: Call): Promise<RecordedViews>;
  /** What a viewer saw last, newest first. Programs deleted since are left out. */
  recentlyViewed(
    userId: string,
    limit: number,
    after: RecentPosition | undefined,
    call: Call,
  ): Promise<RecentlyViewed>;
  /** Forgets one program of a viewer's list, or the whole list. */
  forget(userId: string, programId: string | undefined, call: Call): Promise<void>;
}

export interface RecordedViews {
  readonly accepted: number;
  readonly duplicates: number;
  readonly rejected: readonly { readonly index: number; readonly message: string }[];
}

export type RecentProgram = Program & { readonly viewedAt: Date; readonly positionSeconds: number | null };
export type RecentlyViewed = Page<RecentProgram, RecentPosition>;

export interface ViewsDeps {
  readonly catalog: Pick<ProgramCatalog, 'getMany'>;
  readonly activity: ActivityStore;
  readonly clock: Clock;
}

const MAX_BATCH = 1000;
const BATCH_TIMEOUT_MS = 5000;

export function createViews(deps: ViewsDeps): Views {
  const commits = createGroupCommit<View, ViewOutcome>({
    commit: (views, call) => deps.activity.recordViews(views, call),
    maxBatch: MAX_BATCH,
    timeoutMs: BATCH_TIMEOUT_MS,
  });
  return {
    record: (view, call) => record(deps, commits, view, call),
    recordMany: (views, call) => recordMany(deps, views, call),
    recentlyViewed: (userId, limit, after, call) => recentlyViewed(deps, userId, limit, after, call),
    forget: (userId, programId, call) => deps.activity.forgetRecentlyViewed(userId, programId, call),
  };
}

async function record(
  deps: ViewsDeps,
  commits: GroupCommit<View, ViewOutcome>,
  input: ViewInput,
  call: Call,
): Promise<ViewOutcome> {
  const now = deps.clock.now();
  const faults = viewFaults(input, now);
  if (faults.length > 0) throw new ValidationFailed(faults);
  const [program] = await deps.catalog.getMany([input.programId], call);
  if (program === undefined) throw programNotFound(input.programId);
  return commits.submit(toView(input, program, now));
}

async function recordMany(deps: ViewsDeps, inputs: readonly ViewInput[], call: Call): Promise<RecordedViews> {
  const now = deps.clock.now();
  const checked = inputs.map((input, index) => ({ input, index, fault: faultText(input, now) }));
  const ids = checked.filter(({ fault }) => fault === undefined).map(({ input }) => input.programId);
  const programs = new Map(
    (await findPrograms(deps.catalog, ids, call)).items.map((found) => [found.programId, found]),
  );
  const views: View[] = [];
  const rejected: { index: number; message: string }[] = [];
  for (const { input, index, fault } of checked) {
    const program = programs.get(input.programId);
    if (fault !== undefined) rejected.push({ index, message: fault });
    else if (program === undefined)
      rejected.push({ index, message: programNotFound(input.programId).message });
    else views.push(toView(input, program, now));
  }
  const outcomes = views.length === 0 ? [] : await deps.activity.recordViews(views, call);
  const accepted = outcomes.filter((outcome) => outcome === 'counted').length;
  return { accepted, duplicates: outcomes.length - accepted, rejected };
}

function faultText(input: ViewInput, nowMs: number): string | undefined {
  const faults = viewFaults(input, nowMs);
  return faults.length === 0 ? undefined : new ValidationFailed(faults).message;
}

function toView(input: ViewInput, program: Program, nowMs: number): View {
  const { occurredAt, ...rest } = input;
  const { category, language, contentType } = program;
  return {
    ...rest,
    occurredAt: occurredAt === undefined ? new Date(nowMs) : new Date(occurredAt),
    attributes: { category, language, contentType },
  };
}

async function recentlyViewed(
  deps: ViewsDeps,
  userId: string,
  limit: number,
  after: RecentPosition | undefined,
  call: Call,
): Promise<RecentlyViewed> {
  const page = await deps.activity.recentlyViewed(userId, limit, after, call);
  const seen = new Map(page.items.map((view) => [view.programId, view]));
  const { items } = await findPrograms(deps.catalog, [...seen.keys()], call);
  return {
    items: items.flatMap((program) => withView(program, seen.get(program.programId))),
    next: page.next,
  };
}

function withView(
  program: Program,
  view: { viewedAt: Date; positionSeconds: number | null } | undefined,
): RecentProgram[] {
  if (view === undefined) return [];
  return [{ ...program, viewedAt: view.viewedAt, positionSeconds: view.positionSeconds }];
}
