import type { GroupCommit } from '../../../domain/group-commit.ts';
import { createGroupCommit } from '../../../domain/group-commit.ts';
import type { View } from '../../../ports/activity-store.ts';
import type { Call } from '../../../ports/call.ts';
import { withStoreErrors } from '../store-errors.ts';
import type { ActivityTable } from './activity-table.ts';
import type { Known } from './count-views.ts';
import { actionsOf, countViews, MOST_VIEW_ACTIONS } from './count-views.ts';
import { packed } from './packed.ts';
import { createSlots } from './slots.ts';

/** Views of one program that a call brought. */
interface Request {
  readonly views: readonly View[];
  readonly known: Known | undefined;
  readonly call: Call;
}

export interface ProgramViews {
  readonly programId: string;
  readonly views: readonly View[];
  /** Spares a read where nothing else of this process is before it. */
  readonly known: Known | undefined;
}

type Counted = ReadonlySet<View>;
type Settled = PromiseSettledResult<Counted>;
type Queue = GroupCommit<Request, Settled>;

/** Connections are shared with everything else that asks DynamoDB. */
const TRANSACTIONS_AT_ONCE = 16;
const MOST_REQUESTS = 1000;
/** Longer than any attempts take together: the last resort against a transaction that hangs. */
const TIMEOUT_MS = 30_000;

/**
 * Counts views, those of one program one transaction after the other: at once they would only refuse each other. What
 * comes in meanwhile shares the next transaction, so a program's views per second are not bound by its transactions. Calls
 * that share one share its failure.
 */
export function createProgramQueues(table: ActivityTable) {
  const queues = new Map<string, { readonly queue: Queue; waiting: number }>();
  const inSlot = createSlots(TRANSACTIONS_AT_ONCE);

  function queueOf(programId: string) {
    const found = queues.get(programId);
    if (found !== undefined) return found;
    const queue = createGroupCommit<Request, Settled>({
      commit: (requests, call) => countRequests(requests, programId, call),
      maxBatch: MOST_REQUESTS,
      timeoutMs: TIMEOUT_MS,
    });
    const made = { queue, waiting: 0 };
    queues.set(programId, made);
    return made;
  }

  async function countRequests(
    requests: readonly Request[],
    programId: string,
    shared: Call,
  ): Promise<readonly Settled[]> {
    const settled = new Map<Request, Settled>();
    for (const group of packed(requests.filter(isAwaited), MOST_VIEW_ACTIONS, sizeOf)) {
      await inSlot(async () => {
        // All callers may have left while it waited for the slot.
        if (!group.some(isAwaited)) return;
        const result = await settle(() => countTogether(table, programId, group, shared), shared);
        for (const request of group) settled.set(request, result);
      });
    }
    return requests.map((request) => settled.get(request) ?? rejected(request.call.signal.reason));
  }

  return {
    /** The views that were counted. A view that is in more than one call must not be the same object in both. */
    async count({ programId, views, known }: ProgramViews, call: Call): Promise<Counted> {
      const entry = queueOf(programId);
      const isNext = entry.waiting === 0;
      entry.waiting += 1;
      const result = await entry.queue
        .submit({ views, known: isNext ? known : undefined, call })
        .finally(() => {
          entry.waiting -= 1;
          if (entry.waiting === 0) queues.delete(programId);
        });
      if (result.status === 'rejected') throw result.reason;
      return result.value;
    },
  };
}

function isAwaited({ call }: Request): boolean {
  return !call.signal.aborted;
}

function sizeOf({ views }: Request): number {
  return views.reduce((sum, view) => sum + actionsOf(view), 0);
}

async function countTogether(
  table: ActivityTable,
  programId: string,
  requests: readonly Request[],
  call: Call,
): Promise<Counted> {
  const views = firstOfEvents(requests.flatMap((request) => request.views));
  const counted = new Set<View>();
  for (const [index, part] of packed(views, MOST_VIEW_ACTIONS, actionsOf).entries()) {
    const known = index === 0 ? requests[0]?.known : undefined;
    for (const view of await countViews(table, programId, part, known, call)) counted.add(view);
  }
  return counted;
}

/** The views without those whose event an earlier one of them has. */
export function firstOfEvents(views: readonly View[]): readonly View[] {
  const eventIds = new Set<string>();
  return views.filter(({ eventId }) => {
    if (eventId === undefined) return true;
    const isFirst = !eventIds.has(eventId);
    eventIds.add(eventId);
    return isFirst;
  });
}

async function settle(count: () => Promise<Counted>, shared: Call): Promise<Settled> {
  const [result] = await Promise.allSettled([withStoreErrors(count, shared)]);
  return result;
}

function rejected(reason: unknown): Settled {
  return { status: 'rejected', reason };
}
