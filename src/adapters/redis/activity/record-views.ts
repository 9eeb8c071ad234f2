import { viewScore } from '../../../domain/discovery/trend-score.ts';
import type { View, ViewOutcome } from '../../../ports/activity-store.ts';
import { EVENT_MEMORY_MS, RECENT_VIEWS_KEPT } from '../../../ports/activity-store.ts';
import type { Call } from '../../../ports/call.ts';
import type { RedisClient } from '../client.ts';
import type { RedisKeys } from '../keys.ts';
import { defineScript } from '../script.ts';
import { RECORD_VIEWS } from './record-script.ts';

const DAY_MS = 86_400_000;

/** What the script is given, as JSON. Texts are listed once and meant by their number from 1 on; 0: there is none. */
interface RecordCall {
  readonly now: number;
  readonly memory: number;
  /** Redis drops an event after so long, by its own clock: later than `memory`, so that clocks a little apart do no harm. */
  readonly collectAfter: number;
  readonly kept: number;
  readonly events: readonly string[];
  readonly programs: readonly string[];
  readonly attributes: readonly string[];
  readonly users: readonly string[];
  /** `[event, program, attributes, user, at, position (-1: none), score 1h, score 24h, score 7d]` */
  readonly views: readonly (readonly number[])[];
}

const record = defineScript({ name: 'record-views', lua: RECORD_VIEWS, keys: 1 });

/** One script, which Redis runs alone: a call counts all of its views or none. */
export async function recordViews(
  client: RedisClient,
  keys: RedisKeys,
  views: readonly View[],
  nowMs: number,
  call: Call,
): Promise<readonly ViewOutcome[]> {
  const digits = await record(client, [keys.activity('')], [toRecordCall(views, nowMs)], call);
  return Array.from(String(digits), (digit) => (digit === '1' ? 'counted' : 'duplicate'));
}

function toRecordCall(views: readonly View[], nowMs: number): string {
  const events = createNumbering();
  const programs = createNumbering();
  const attributes = createNumbering();
  const users = createNumbering();
  const rows = views.map((view) => {
    const { category, language, contentType } = view.attributes;
    const atMs = view.occurredAt.getTime();
    return [
      events.numberOf(view.eventId),
      programs.numberOf(view.programId),
      attributes.numberOf(JSON.stringify([category, language, contentType])),
      users.numberOf(view.userId),
      atMs,
      view.positionSeconds ?? -1,
      viewScore('1h', atMs),
      viewScore('24h', atMs),
      viewScore('7d', atMs),
    ];
  });
  const call: RecordCall = {
    now: nowMs,
    memory: EVENT_MEMORY_MS,
    collectAfter: EVENT_MEMORY_MS + DAY_MS,
    kept: RECENT_VIEWS_KEPT,
    events: events.texts(),
    programs: programs.texts(),
    attributes: attributes.texts(),
    users: users.texts(),
    views: rows,
  };
  return JSON.stringify(call);
}

/** Gives each text a number, from 1 on. */
function createNumbering() {
  const numbers = new Map<string, number>();
  return {
    numberOf(text: string | undefined): number {
      if (text === undefined) return 0;
      const known = numbers.get(text);
      if (known !== undefined) return known;
      numbers.set(text, numbers.size + 1);
      return numbers.size;
    },
    texts: () => [...numbers.keys()],
  };
}
