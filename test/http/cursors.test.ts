import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ListPosition } from '../../src/domain/page.ts';
import { decodeCursor, encodeCursor, MAX_CURSOR_LENGTH, nextCursor } from '../../src/http/cursors.ts';
import { anyText } from '../support/any-text.ts';

const context = { call: 'programs', sort: 'title', category: 'drama' };
const any = (value: ListPosition): value is ListPosition => value.length >= 0;
const position = fc.array(
  fc.oneof(anyText(), fc.double({ noNaN: true, noDefaultInfinity: true }), fc.constant(null)),
  {
    maxLength: 3,
  },
);

describe('cursors', () => {
  it('give back every position, in the same context', () => {
    fc.assert(
      fc.property(position, (value) => {
        const expected: unknown = JSON.parse(JSON.stringify(value));
        expect(decodeCursor(context, encodeCursor(context, value), any)).toEqual(expected);
      }),
    );
  });

  it('do not depend on the order of the context, nor on parameters that were left out', () => {
    const cursor = encodeCursor(context, [1, 'a']);
    const same = { category: 'drama', language: undefined, sort: 'title', call: 'programs' };
    expect(decodeCursor(same, cursor, any)).toEqual([1, 'a']);
  });

  it.each([
    { ...context, call: 'popular' },
    { ...context, sort: '-viewCount' },
    { ...context, category: 'comedy' },
    { call: 'programs', sort: 'title' },
  ])('of another context are refused: %o', (other) => {
    expect(() => decodeCursor(other, encodeCursor(context, ['a', 'b']), any)).toThrow(
      'the cursor was changed',
    );
  });

  it('are refused with any one character changed', () => {
    const cursor = encodeCursor(context, ['The Third Man', 'p-1']);
    for (let index = 0; index < cursor.length; index += 1) {
      const changed = `${cursor.slice(0, index)}${cursor[index] === 'A' ? 'B' : 'A'}${cursor.slice(index + 1)}`;
      expect(() => decodeCursor(context, changed, any)).toThrow('the cursor was changed');
    }
  });

  it('are refused whatever text they are', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 200 }), (text) => {
        expect(() => decodeCursor(context, text, any)).toThrow('the cursor was changed');
      }),
    );
  });

  it('are refused when the position is not one of the list, however well they are made', () => {
    const never = (value: ListPosition): value is ListPosition => value.length > 5;
    const bad = [encodeCursor(context, ['a']), encodeCursor(context, { a: 1 } as never)];
    for (const cursor of bad)
      expect(() => decodeCursor(context, cursor, never)).toThrow('the cursor was changed');
  });

  it('stay under the stated length for the longest title', () => {
    const longest = ['"'.repeat(250) + '\u{1f600}'.repeat(125), 'p'.repeat(100)];
    expect(encodeCursor(context, longest).length).toBeLessThan(MAX_CURSOR_LENGTH);
  });

  it('end with the list', () => {
    expect(nextCursor(context, undefined)).toBeNull();
    expect(nextCursor(context, ['a'])).toBeTypeOf('string');
  });
});
