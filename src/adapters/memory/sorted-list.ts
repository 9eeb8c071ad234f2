/** Past so many changes, sorting the whole list once is cheaper than moving its tail for each of them. */
const FEW_CHANGES = 64;

/** Items in a total order, no two of them equal in it. */
export interface SortedList<Item> {
  add(item: Item): void;
  /** Takes out an item that was added: the same object. */
  remove(item: Item): void;
  /** All items in order; not to be changed, and not to be kept past the next `add` or `remove`. */
  items(): readonly Item[];
}

/**
 * A sorted list that reads without sorting: changes are kept aside until the next read and then put in place, a few by
 * binary search, many by one sort (which, for a list in order but for its end, is a merge).
 */
export function createSortedList<Item>(compare: (a: Item, b: Item) => number): SortedList<Item> {
  let sorted: Item[] = [];
  const added = new Set<Item>();
  const removed = new Set<Item>();

  const settle = (): void => {
    if (added.size + removed.size <= FEW_CHANGES) {
      for (const item of removed)
        sorted.splice(
          firstNotBefore(sorted, (other) => compare(other, item)),
          1,
        );
      for (const item of added)
        sorted.splice(
          firstNotBefore(sorted, (other) => compare(other, item)),
          0,
          item,
        );
    } else {
      sorted = [...sorted.filter((item) => !removed.has(item)), ...added].sort(compare);
    }
    added.clear();
    removed.clear();
  };

  return {
    add: (item) => void added.add(item),
    remove: (item) => void (added.delete(item) || removed.add(item)),
    items: () => {
      if (added.size + removed.size > 0) settle();
      return sorted;
    },
  };
}

/** The index of the first item that `order` does not put before the place sought (by a negative number). */
export function firstNotBefore<Item>(items: readonly Item[], order: (item: Item) => number): number {
  let low = 0;
  let high = items.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const item = items[middle];
    if (item !== undefined && order(item) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}
