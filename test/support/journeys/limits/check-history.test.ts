import { describe, expect, it } from 'vitest';
import type { Policy } from '../../../../src/domain/limits/policy.ts';
import { checkHistory } from './check-history.ts';
import { LATEST_MS } from './counter-history.ts';
import type { Operation } from './history.ts';
import { toOperations } from './history.ts';

const FIXED: Policy = { algorithm: 'fixed-window', limit: 3, windowMs: 1000 };
const SLIDING: Policy = { ...FIXED, algorithm: 'sliding-window' };
const BUCKET: Policy = { ...FIXED, algorithm: 'token-bucket' };

type Changes = Partial<Operation> & { readonly permitId?: string };

let operations = 0;

/** An operation on the counter of one key that was allowed all it asked for. */
function allowed(policy: Policy, begun: number, ended: number, cost = 1, changes: Changes = {}): Operation {
  operations += 1;
  const { permitId, ...others } = changes;
  const asked = { key: 'k', policy, cost, ...(permitId !== undefined && { permitId }) };
  const told = [{ allowed: true, units: cost }];
  const id = `op-${operations}`;
  return {
    id,
    worker: 'w',
    kind: 'consume',
    asked: [asked],
    begun,
    ended,
    outcome: 'allowed',
    told,
    ...others,
  };
}

const denied = (policy: Policy, begun: number, ended: number, cost = 1): Operation =>
  allowed(policy, begun, ended, cost, { outcome: 'denied', told: [{ allowed: false, units: 0 }] });

function unknown(...args: Parameters<typeof allowed>): Operation {
  const { told: _, ...operation } = allowed(...args);
  return { ...operation, outcome: 'unknown' };
}

function refund(
  policy: Policy,
  begun: number,
  cost: number,
  changes: Changes = { permitId: 'p' },
): Operation {
  return allowed(policy, begun, begun + 1, cost, { kind: 'refund', told: [], ...changes });
}

const faultsOf = (...history: readonly Operation[]) => checkHistory(history).faults;
const OVER = [
  expect.stringMatching(/^k .*: \d+ of at most \d+ were admitted from \d+ to \d+, op-\d+ to op-\d+$/),
];
const UNREASONED = [expect.stringMatching(/were denied though at most \d+ of 3 were taken/)];

describe('more than the limit', () => {
  it.each([FIXED, SLIDING, BUCKET])('is found in one moment: %j', (policy) => {
    expect(faultsOf(allowed(policy, 5, 10, 3))).toEqual([]);
    expect(faultsOf(allowed(policy, 5, 10, 3), allowed(policy, 10, 10))).toEqual(OVER);
    expect(faultsOf(allowed(policy, 5, 10, 2), allowed(policy, 10, 10, 2))).toEqual(OVER);
  });

  it('may be in two windows that are fixed, if it may be that not all was in one', () => {
    expect(faultsOf(allowed(FIXED, 990, 999, 3), allowed(FIXED, 1000, 1001, 3))).toEqual([]);
    expect(faultsOf(allowed(FIXED, 990, 1000, 3), allowed(FIXED, 1001, 1002, 3))).toEqual([]);
    expect(faultsOf(allowed(FIXED, 1000, 1010, 3), allowed(FIXED, 1998, 1999))).toEqual(OVER);
    const three = [allowed(FIXED, 990, 1000, 3), allowed(FIXED, 999, 1002, 3), allowed(FIXED, 995, 1003)];
    expect(faultsOf(...three)).toEqual(OVER);
  });

  it('may not be within one sliding window, both ends included', () => {
    expect(faultsOf(allowed(SLIDING, 500, 510, 3), allowed(SLIDING, 1490, 1500))).toEqual(OVER);
    expect(faultsOf(allowed(SLIDING, 500, 510, 3), allowed(SLIDING, 1490, 1501))).toEqual([]);
  });

  it('may be by what a bucket has got back, and no more', () => {
    expect(faultsOf(allowed(BUCKET, 0, 5, 3), allowed(BUCKET, 990, 1000, 3))).toEqual([]);
    expect(faultsOf(allowed(BUCKET, 0, 5, 3), allowed(BUCKET, 990, 999, 3))).toEqual(OVER);
  });

  it('is not what nobody knows', () => {
    expect(faultsOf(allowed(FIXED, 5, 10, 3), unknown(FIXED, 5, 10))).toEqual([]);
    expect(faultsOf(allowed(FIXED, 5, 10, 3), denied(FIXED, 5, 10))).toEqual([]);
  });

  it('is not what other counters admit', () => {
    const other = { key: 'other', policy: FIXED, cost: 3 };
    const others = [
      allowed(FIXED, 5, 10, 3, { asked: [other] }),
      allowed({ ...FIXED, windowMs: 2000 }, 5, 10, 3),
      allowed(SLIDING, 5, 10, 3),
    ];
    expect(faultsOf(allowed(FIXED, 5, 10, 3), ...others)).toEqual([]);
    const both = { asked: [other, { key: 'k', policy: FIXED, cost: 1 }] };
    const told = [
      { allowed: true, units: 3 },
      { allowed: true, units: 1 },
    ];
    expect(faultsOf(allowed(FIXED, 5, 10, 3), allowed(FIXED, 5, 10, 0, { ...both, told }))).toEqual(OVER);
  });

  it('counts what was told, not what was asked', () => {
    const some = { kind: 'consume-up-to', told: [{ allowed: true, units: 1 }] } as const;
    expect(faultsOf(allowed(FIXED, 5, 10, 2), allowed(FIXED, 5, 10, 9, some))).toEqual([]);
    expect(faultsOf(allowed(FIXED, 5, 10, 3), allowed(FIXED, 5, 10, 9, some))).toEqual(OVER);
  });
});

describe('a permit', () => {
  it('makes room by what it gives back, from when that was asked for', () => {
    const taken = allowed(FIXED, 5, 10, 3, { permitId: 'p' });
    expect(faultsOf(taken, refund(FIXED, 20, 2), allowed(FIXED, 20, 30, 2))).toEqual([]);
    expect(faultsOf(taken, refund(FIXED, 20, 2), allowed(FIXED, 20, 30, 3))).toEqual(OVER);
    expect(faultsOf(taken, refund(FIXED, 20, 2), allowed(FIXED, 11, 19))).toEqual(OVER);
    expect(faultsOf(taken, refund(FIXED, 20, 2), allowed(FIXED, 11, 20, 2))).toEqual([]);
    expect(faultsOf(taken, refund(FIXED, 20, 9), allowed(FIXED, 20, 30, 3))).toEqual([]);
    const two = allowed(FIXED, 5, 10, 2, { permitId: 'p' });
    expect(faultsOf(allowed(FIXED, 1, 2), two, refund(FIXED, 20, 9), allowed(FIXED, 20, 30, 3))).toEqual(
      OVER,
    );
    expect(faultsOf(taken, refund(FIXED, 20, 9, { permitId: 'q' }), allowed(FIXED, 20, 30))).toEqual(OVER);
  });

  it('may have taken its units by an attempt that nobody knew of', () => {
    const first = unknown(FIXED, 990, 995, 3, { permitId: 'p' });
    const second = allowed(FIXED, 1000, 1005, 3, { permitId: 'p' });
    expect(faultsOf(first, second, allowed(FIXED, 1000, 1005, 3))).toEqual([]);
    expect(faultsOf(second, allowed(FIXED, 1000, 1005, 3))).toEqual(OVER);
    const others = [allowed(FIXED, 990, 995), allowed(FIXED, 1000, 1005, 3)];
    expect(faultsOf(...others, allowed(FIXED, 1006, 1007))).toEqual(OVER);
  });

  it('takes nothing by giving back', () => {
    const lost = { ...refund(FIXED, 5, 3), outcome: 'unknown' } as const;
    expect(faultsOf(allowed(FIXED, 5, 10), lost, denied(FIXED, 20, 30, 2))).toEqual(UNREASONED);
  });
});

describe('a denial', () => {
  it.each([FIXED, SLIDING, BUCKET])('needs a reason: %j', (policy) => {
    expect(faultsOf(denied(policy, 5, 10, 4))).toEqual([]);
    expect(faultsOf(denied(policy, 5, 10, 3))).toEqual(UNREASONED);
    expect(faultsOf(allowed(policy, 5, 10), denied(policy, 10, 10, 3))).toEqual([]);
    expect(faultsOf(allowed(policy, 5, 10), denied(policy, 10, 10, 2))).toEqual(UNREASONED);
    expect(faultsOf(denied(policy, 5, 10, 3), allowed(policy, 11, 12, 3))).toEqual(UNREASONED);
    expect(faultsOf(unknown(policy, 5, 10, 3), denied(policy, 11, 12))).toEqual([]);
  });

  it('may be because of what was taken as long ago as it counts', () => {
    expect(faultsOf(allowed(FIXED, 0, 999, 3), denied(FIXED, 1000, 1001))).toEqual(UNREASONED);
    expect(faultsOf(allowed(FIXED, 0, 999, 3), denied(FIXED, 999, 1001))).toEqual([]);
    expect(faultsOf(allowed(SLIDING, 0, 5, 3), denied(SLIDING, 1106, 1107))).toEqual([]);
    expect(faultsOf(allowed(SLIDING, 0, 5, 3), denied(SLIDING, 1107, 1107))).toEqual(UNREASONED);
    expect(faultsOf(allowed(BUCKET, 0, 5, 3), denied(BUCKET, 1005, 1006))).toEqual([]);
    expect(faultsOf(allowed(BUCKET, 0, 5, 3), denied(BUCKET, 1006, 1006))).toEqual(UNREASONED);
  });

  it('may be because of what came late, but not for ever', () => {
    const lost = unknown(FIXED, 5, 10, 3);
    expect(faultsOf(lost, denied(FIXED, LATEST_MS, LATEST_MS + 1))).toEqual([]);
    expect(faultsOf(lost, denied(FIXED, LATEST_MS + 1000, LATEST_MS + 1001))).toEqual(UNREASONED);
    const { ended: _, ...torn } = lost;
    expect(faultsOf({ ...torn, ended: undefined }, denied(FIXED, LATEST_MS, LATEST_MS + 1))).toEqual([]);
  });

  it('of some units is one of the least that would do', () => {
    const upTo = denied(FIXED, 20, 30, 9);
    const asked = [{ key: 'k', policy: FIXED, cost: 9, least: 1 }];
    expect(faultsOf(allowed(FIXED, 5, 10, 2), { ...upTo, asked })).toEqual(UNREASONED);
    expect(faultsOf(allowed(FIXED, 5, 10, 3), { ...upTo, asked })).toEqual([]);
  });

  it('of several is one of those that say so, and took nothing', () => {
    const asked = ['k', 'other'].map((key) => ({ key, policy: FIXED, cost: 3 }));
    const told = [
      { allowed: true, units: 0 },
      { allowed: false, units: 0 },
    ];
    const both = { ...denied(FIXED, 20, 30), asked, told };
    const other = allowed(FIXED, 5, 10, 1, { asked: [{ key: 'other', policy: FIXED, cost: 1 }] });
    expect(faultsOf(other, both, allowed(FIXED, 20, 30, 3))).toEqual([]);
    expect(faultsOf(both)).toEqual([expect.stringMatching(/^other .*: 3 were denied/)]);
  });
});

describe('a verdict', () => {
  it('names errors that the port does not have', () => {
    const { told: _, ...broken } = allowed(FIXED, 5, 10);
    expect(faultsOf({ ...broken, outcome: 'fault', error: 'TypeError: x' })).toEqual([
      `${broken.id}: consume failed with TypeError: x`,
    ]);
  });

  it('says how much it has seen', () => {
    const { fullest, sharpDenials } = checkHistory([
      allowed(FIXED, 5, 10, 2),
      allowed({ ...FIXED, windowMs: 2000 }, 5, 10, 1),
      allowed(BUCKET, 5, 10, 3),
      denied(FIXED, 11, 12, 2),
      unknown(FIXED, 13, 14, 3),
      denied(FIXED, 14, 15, 1),
    ]);
    expect(fullest).toEqual({ 'fixed-window': 2 / 3, 'token-bucket': 1 });
    expect(sharpDenials).toBe(1);
  });

  it('has operations that were never answered', () => {
    const begin = { event: 'begin', worker: 'w', kind: 'consume', asked: [] } as const;
    expect(
      toOperations([
        { ...begin, id: 'b', at: 2 },
        { event: 'end', id: 'b', at: 3, outcome: 'denied', told: [] },
        { ...begin, id: 'a', at: 1 },
      ]),
    ).toEqual([
      { id: 'a', worker: 'w', kind: 'consume', asked: [], begun: 1, ended: undefined, outcome: 'unknown' },
      { id: 'b', worker: 'w', kind: 'consume', asked: [], begun: 2, ended: 3, outcome: 'denied', told: [] },
    ]);
  });
});
