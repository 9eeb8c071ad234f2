import type { Call } from '../../ports/call.ts';
import type { Leases } from '../../ports/leases.ts';
import type { Outbox } from '../../ports/outbox.ts';
import type { CopiedSet } from './copied-set.ts';

export interface RenewalDeps<Value> {
  readonly set: Pick<CopiedSet<Value>, 'dataSet' | 'scanTruth' | 'mustHave'>;
  readonly outbox: Pick<Outbox, 'mark'>;
  readonly leases: Pick<Leases, 'acquire'>;
  readonly instanceId: string;
}

/** Often enough that a copy is renewed many times before its 30 days are over, whatever becomes of single rounds. */
export const RENEWAL_MS = 24 * 3_600_000;
const PAGE = 500;

/**
 * Has the relay write anew every copy that must be there, once a day and by one instance: a popular program that nobody writes
 * would otherwise expire. Answers how many it marked.
 */
export async function renewCopies<Value>(
  { set, outbox, leases, instanceId }: RenewalDeps<Value>,
  call: Call,
): Promise<number> {
  // An hour less, so that the rounds of a loop do not find the lease of the one before.
  if (!(await leases.acquire(`${set.dataSet}.renewal`, instanceId, RENEWAL_MS - 3_600_000, call))) return 0;
  let marked = 0;
  let after: string | undefined;
  for (;;) {
    const states = await set.scanTruth(after === undefined ? {} : { after }, PAGE, call);
    const marks = states
      .filter(({ value }) => value !== undefined && set.mustHave(value))
      .map(({ key, version }) => ({ key, version }));
    if (marks.length > 0) await outbox.mark(set.dataSet, marks, call);
    marked += marks.length;
    after = states.at(-1)?.key;
    if (states.length < PAGE) return marked;
  }
}
