import type { Fault } from '../errors.ts';
import { dateFault } from '../program/check-values.ts';
import { isId, PROGRAM_LIMITS } from '../program/program.ts';
import { textFault } from '../text.ts';

/** A view as a client reports it. */
export interface ViewInput {
  readonly programId: string;
  readonly userId?: string;
  readonly eventId?: string;
  /** 0 to {@link VIEW_LIMITS.seconds}. */
  readonly positionSeconds?: number;
  readonly durationSeconds?: number;
  /** RFC 3339, UTC or with an offset; the time of arrival when left out. */
  readonly occurredAt?: string;
}

export const VIEW_LIMITS = {
  userId: { min: 1, max: 128 },
  eventId: { min: 1, max: 128 },
  /** A year: longer than any program. */
  seconds: 31_536_000,
  batch: 1000,
  /** Clocks of clients run ahead: so much is forgiven. */
  futureMs: 5 * 60_000,
  /** Views from before this are refused as mistaken. */
  earliest: '2000-01-01T00:00:00Z',
} as const;

const RFC_3339 = /^\d{4}-\d{2}-\d{2}[Tt](?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d{1,9})?([Zz]|[+-]\d{2}:\d{2})$/;

/** Everything that is wrong with a view. */
export function viewFaults(view: ViewInput, nowMs: number): readonly Fault[] {
  const faults: (Fault | undefined)[] = [
    isId(view.programId) ? undefined : fault('programId', `must match ${PROGRAM_LIMITS.programId.pattern}`),
    optionalText('userId', view.userId),
    optionalText('eventId', view.eventId),
    secondsFault('positionSeconds', view.positionSeconds),
    secondsFault('durationSeconds', view.durationSeconds),
    view.occurredAt === undefined ? undefined : timeFault(view.occurredAt, nowMs),
  ];
  return faults.filter((found) => found !== undefined);
}

function optionalText(name: 'userId' | 'eventId', value: string | undefined): Fault | undefined {
  const message = value === undefined ? undefined : textFault(value, VIEW_LIMITS[name]);
  return message === undefined ? undefined : fault(name, message);
}

function secondsFault(name: string, value: number | undefined): Fault | undefined {
  if (value === undefined || (value >= 0 && value <= VIEW_LIMITS.seconds)) return undefined;
  return fault(name, `must be a number of seconds from 0 to ${VIEW_LIMITS.seconds}`);
}

function timeFault(value: string, nowMs: number): Fault | undefined {
  // Date.parse takes 30 February for 2 March.
  const isReal = RFC_3339.test(value) && dateFault(value.slice(0, 10)) === undefined;
  const ms = isReal ? Date.parse(value) : Number.NaN;
  if (Number.isNaN(ms))
    return fault('occurredAt', 'must be an RFC 3339 time, for example 2026-01-31T20:15:00Z');
  if (ms < Date.parse(VIEW_LIMITS.earliest))
    return fault('occurredAt', `must not be before ${VIEW_LIMITS.earliest}`);
  if (ms > nowMs + VIEW_LIMITS.futureMs)
    return fault('occurredAt', 'must not be more than 5 minutes ahead of the service');
  return undefined;
}

function fault(name: string, message: string): Fault {
  return { path: `/${name}`, message };
}
