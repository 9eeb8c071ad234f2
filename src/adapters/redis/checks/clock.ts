import type { Redis } from 'ioredis';
import type { Finding } from '../../../domain/finding.ts';
import type { Call } from '../../../ports/call.ts';
import type { Clock } from '../../../ports/clock.ts';
import { untilAborted } from '../until-aborted.ts';
import { ALLOW } from './access.ts';
import { unlessForbidden } from './server-info.ts';

const TOLERATED_MS = 1_000;

/** How far the server's clock, which times counters, is from ours, which says what has expired. */
export async function clockFinding(node: Redis, clock: Clock, call: Call): Promise<Finding> {
  const before = clock.now();
  const answer = await unlessForbidden(untilAborted(call, () => node.time()));
  const after = clock.now();
  if (answer === undefined)
    return { level: 'fault', text: 'TIME is not allowed: rate limits go by its clock', mend: ALLOW };
  const [seconds, microseconds] = answer;
  const theirs = Number(seconds) * 1_000 + Number(microseconds) / 1_000;
  // It was read somewhere between the two.
  const offMs = theirs < before ? theirs - before : Math.max(0, theirs - after);
  return Math.abs(offMs) <= TOLERATED_MS
    ? { level: 'ok', text: `its clock agrees with ours to ${TOLERATED_MS} ms` }
    : {
        level: 'warning',
        text: `its clock is ${Math.round(Math.abs(offMs))} ms ${offMs > 0 ? 'ahead of' : 'behind'} ours`,
        mend: 'let NTP set the clocks of both machines',
      };
}
