import { describe, expect, it, vi } from 'vitest';
import { createGroupCommit } from '../../src/domain/group-commit.ts';

function gatedCommit() {
  const batches: number[][] = [];
  const gates: PromiseWithResolvers<void>[] = [];
  const commit = async (items: readonly number[]) => {
    batches.push([...items]);
    const gate = Promise.withResolvers<void>();
    gates.push(gate);
    await gate.promise;
    return items.map((item) => item * 10);
  };
  return { batches, gates, commit };
}

describe('createGroupCommit', () => {
  it('writes a lone item at once and gathers the others meanwhile', async () => {
    const { batches, gates, commit } = gatedCommit();
    const group = createGroupCommit({ commit, maxBatch: 100, timeoutMs: 1000 });
    const first = group.submit(1);
    const rest = Promise.all([group.submit(2), group.submit(3)]);
    expect(batches).toEqual([[1]]);
    gates[0]?.resolve();
    expect(await first).toBe(10);
    await vi.waitFor(() => expect(batches).toEqual([[1], [2, 3]]));
    gates[1]?.resolve();
    expect(await rest).toEqual([20, 30]);
  });

  it('never exceeds the largest batch and loses nothing', async () => {
    const sizes: number[] = [];
    const group = createGroupCommit<number, number>({
      commit: async (items) => {
        sizes.push(items.length);
        await Promise.resolve();
        return items;
      },
      maxBatch: 7,
      timeoutMs: 1000,
    });
    const items = Array.from({ length: 100 }, (_, index) => index);
    expect(await Promise.all(items.map((item) => group.submit(item)))).toEqual(items);
    expect(Math.max(...sizes)).toBe(7);
  });

  it('fails the items of a failed batch alone and goes on', async () => {
    let isBroken = true;
    const group = createGroupCommit<number, number>({
      commit: async (items) => {
        if (isBroken) throw new Error('store is down');
        return items;
      },
      maxBatch: 10,
      timeoutMs: 1000,
    });
    await expect(group.submit(1)).rejects.toThrow('store is down');
    isBroken = false;
    expect(await group.submit(2)).toBe(2);
  });

  it('gives each batch a deadline of its own', async () => {
    const group = createGroupCommit<number, number>({
      commit: (_items, { signal }) =>
        new Promise((_resolve, reject) => {
          signal.addEventListener('abort', () => reject(signal.reason));
        }),
      maxBatch: 10,
      timeoutMs: 5,
    });
    await expect(group.submit(1)).rejects.toThrow(/timeout/i);
  });
});
