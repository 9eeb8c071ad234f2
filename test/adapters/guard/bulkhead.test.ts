import { describe, expect, test } from 'vitest';
import { createBulkhead } from '../../../src/adapters/guard/bulkhead.ts';
import { StoreUnavailable } from '../../../src/domain/errors.ts';

/** Work that ends when the test says so, and a list of what has begun. */
function someWork() {
  const begun: string[] = [];
  const ends = new Map<string, PromiseWithResolvers<string>>();
  const work = (name: string) => () => {
    begun.push(name);
    const end = Promise.withResolvers<string>();
    ends.set(name, end);
    return end.promise;
  };
  return { begun, work, end: (name: string) => ends.get(name)?.resolve(name), ends };
}

describe('the bulkhead', () => {
  test('refuses what is past its bound, with what was full, and takes more when a place is free', async () => {
    const bulkhead = createBulkhead({ store: 'Postgres', maxConcurrent: 2 });
    const { begun, work, end } = someWork();
    const first = bulkhead.run(work('a'));
    const second = bulkhead.run(work('b'));
    const refused: unknown = await bulkhead.run(work('c')).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(StoreUnavailable);
    expect(refused).toMatchObject({ cause: { message: 'the bulkhead is full: 2 calls run' } });
    end('a');
    expect(await first).toBe('a');
    const third = bulkhead.run(work('d'));
    end('b');
    end('d');
    expect(await Promise.all([second, third])).toEqual(['b', 'd']);
    expect(begun).toEqual(['a', 'b', 'd']);
    expect(bulkhead.load()).toEqual({ running: 0, queued: 0 });
  });

  test('gives its place back also when the work fails, or throws at once', async () => {
    const bulkhead = createBulkhead({ store: 'Postgres', maxConcurrent: 1 });
    const rejected = new Error('rejected');
    await expect(bulkhead.run(() => Promise.reject(rejected))).rejects.toBe(rejected);
    const thrown = new Error('thrown');
    const work = () => {
      throw thrown;
    };
    await expect(bulkhead.run(work)).rejects.toBe(thrown);
    expect(await bulkhead.run(async () => 'there')).toBe('there');
  });

  test('lets so many wait, first come, first served', async () => {
    const bulkhead = createBulkhead({ store: 'Postgres', maxConcurrent: 1, maxQueued: 2 });
    const { begun, work, end } = someWork();
    const runs = ['a', 'b', 'c'].map((name) => bulkhead.run(work(name)));
    await expect(bulkhead.run(work('d'))).rejects.toMatchObject({
      cause: { message: 'the bulkhead is full: 1 calls run and 2 wait' },
    });
    expect(begun).toEqual(['a']);
    expect(bulkhead.load()).toEqual({ running: 1, queued: 2 });
    for (const [index, name] of ['a', 'b', 'c'].entries()) {
      end(name);
      expect(await runs[index]).toBe(name);
    }
    expect(begun).toEqual(['a', 'b', 'c']);
  });

  test('a caller that goes leaves the queue, and its place is for the next', async () => {
    const bulkhead = createBulkhead({ store: 'Postgres', maxConcurrent: 1, maxQueued: 1 });
    const { begun, work, end } = someWork();
    const first = bulkhead.run(work('a'));
    const gone = new AbortController();
    const second = bulkhead.run(work('b'), gone.signal);
    const reason = new Error('gone');
    gone.abort(reason);
    await expect(second).rejects.toBe(reason);
    const third = bulkhead.run(work('c'));
    await expect(bulkhead.run(work('d'), gone.signal)).rejects.toBe(reason);
    end('a');
    await first;
    end('c');
    expect(await third).toBe('c');
    expect(begun).toEqual(['a', 'c']);
  });
});
