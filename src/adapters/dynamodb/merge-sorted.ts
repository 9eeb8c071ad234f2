/**
 * The first `count` values of several sorted sources together (k-way merge). Every source is asked for its first values at
 * once, and for more only when those it gave are used up.
 */
export async function firstOfMerged<Value>(
  sources: readonly AsyncIterator<Value>[],
  count: number,
  compare: (a: Value, b: Value) => number,
): Promise<readonly Value[]> {
  const heads = await Promise.all(sources.map((source) => source.next()));
  const merged: Value[] = [];
  while (merged.length < count) {
    const best = indexOfFirst(heads, compare);
    const head = heads[best];
    const source = sources[best];
    if (source === undefined || head === undefined || head.done) break;
    merged.push(head.value);
    // The last one is not followed: its source might ask DynamoDB for another page.
    if (merged.length === count) break;
    heads[best] = await source.next();
  }
  return merged;
}

function indexOfFirst<Value>(
  heads: readonly IteratorResult<Value>[],
  compare: (a: Value, b: Value) => number,
): number {
  let best = -1;
  for (const [index, head] of heads.entries()) {
    const leader = heads[best];
    if (head.done) continue;
    if (leader === undefined || leader.done || compare(head.value, leader.value) < 0) best = index;
  }
  return best;
}
