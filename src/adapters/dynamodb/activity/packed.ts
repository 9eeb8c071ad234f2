/** Deals items out, in order, to groups whose sizes add up to at most `room`. One that is larger than that is alone. */
export function packed<Item>(
  items: readonly Item[],
  room: number,
  sizeOf: (item: Item) => number,
): readonly (readonly Item[])[] {
  const groups: Item[][] = [];
  let left = 0;
  for (const item of items) {
    const size = sizeOf(item);
    const group = groups.at(-1);
    if (group === undefined || size > left) {
      groups.push([item]);
      left = room - size;
    } else {
      group.push(item);
      left -= size;
    }
  }
  return groups;
}
