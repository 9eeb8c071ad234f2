/**
 * A page of a list, and where to go on.
 *
 * `next` is the keyset position after the last item, or `undefined` at the end. It is a plain JSON array so that every
 * back end can serve it; drivers hand it out as an opaque, checked cursor.
 */
export interface Page<Item, Position = ListPosition> {
  readonly items: readonly Item[];
  readonly next: Position | undefined;
}

/** The sort key of the last item seen, with the id last as the tie-break. */
export type ListPosition = readonly (string | number | null)[];

export function isScalarPosition(value: unknown): value is ListPosition {
  return (
    Array.isArray(value) &&
    value.every((part) => part === null || typeof part === 'string' || Number.isFinite(part))
  );
}
