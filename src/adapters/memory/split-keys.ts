/** Of sorted keys, at most `parts - 1` that cut them into parts of about the same size, each the last of its part. */
export function splitKeys(keys: readonly string[], parts: number): readonly string[] {
  const cuts = Math.min(parts, keys.length) - 1;
  return Array.from({ length: Math.max(0, cuts) }, (_, index) => {
    const place = Math.ceil(((index + 1) * keys.length) / (cuts + 1));
    return keys[place - 1] ?? '';
  });
}
