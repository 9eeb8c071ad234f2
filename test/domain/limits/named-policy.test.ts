import { describe, expect, it } from 'vitest';
import { PolicySyntaxError, readPolicies, readPolicy } from '../../../src/domain/limits/named-policy.ts';

describe('a policy', () => {
  it('has a name, a limit and a window', () => {
    expect(readPolicy('burst=10/s')).toEqual({
      name: 'burst',
      limit: 10,
      windowMs: 1000,
      algorithm: 'fixed-window',
      onStoreError: undefined,
      isShadow: false,
      routes: [],
    });
  });

  it.each([
    ['a=1/500ms', 500],
    ['a=1/0.5s', 500],
    ['a=1/1.9s', 1900],
    ['a=1/m', 60_000],
    ['a=1/2h', 7_200_000],
    ['a=1/31d', 2_678_400_000],
  ])('%s has a window of %d ms', (text, windowMs) => {
    expect(readPolicy(text).windowMs).toBe(windowMs);
  });

  it('says how it counts, what it does without a store, and which calls it is for', () => {
    const text = 'search=1_000/h:sliding-window:open:shadow:routes=search+suggest';
    expect(readPolicy(text)).toMatchObject({
      limit: 1000,
      algorithm: 'sliding-window',
      onStoreError: 'open',
      isShadow: true,
      routes: ['search', 'suggest'],
    });
  });

  it.each([
    ['', 'needs a name'],
    ['10/s', 'needs a name'],
    ['Burst=10/s', 'needs a name'],
    [`${'x'.repeat(33)}=1/s`, 'needs a name'],
    ['burst', 'needs a limit and a window'],
    ['burst=10', 'needs a limit and a window'],
    ['burst=ten/s', 'needs a limit and a window'],
    ['burst=-1/s', 'needs a limit and a window'],
    ['burst=0/s', 'the limit must be from 1'],
    ['burst=1000000001/s', 'the limit must be from 1 to 1000000000'],
    ['burst=1/0s', 'the window must be from 0.1 s'],
    ['burst=1/32d', 'the window must be from 0.1 s to 31 d'],
    ['burst=1/s:leaky', '"leaky" is no part of a policy'],
    ['burst=1/s:routes=', '"routes=" is no part of a policy'],
    ['burst=1/s:open:closed', 'says twice what its rule for failures is'],
    ['burst=1/s:fixed-window:token-bucket', 'says twice what its algorithm is'],
  ])('%j is refused, and it says why', (text, problem) => {
    expect(() => readPolicy(text)).toThrow(PolicySyntaxError);
    expect(() => readPolicy(text)).toThrow(problem);
  });
});

describe('policies', () => {
  it('have commas between', () => {
    const policies = readPolicies('burst=10/s, hourly=1000/h,');
    expect(policies.map(({ name, limit }) => [name, limit])).toEqual([
      ['burst', 10],
      ['hourly', 1000],
    ]);
    expect(readPolicies('')).toEqual([]);
  });

  it('have names of their own', () => {
    expect(() => readPolicies('a=10/s,a=1000/h')).toThrow('the name a is taken');
  });

  it('count apart: two for every call differ in algorithm or window', () => {
    expect(() => readPolicies('a=10/s,b=20/1000ms')).toThrow('counts the same as a');
    expect(readPolicies('a=10/s,b=20/s:token-bucket,c=5/s:routes=search')).toHaveLength(3);
  });
});
