import fc from 'fast-check';
import { expect, it } from 'vitest';
import { DomainError } from '../../src/domain/errors.ts';
import { readScanCursor, writeScanCursor } from '../../src/domain/scan-cursor.ts';
import { anyText } from '../support/any-text.ts';

const places = fc.array(anyText(), { maxLength: 4 });

it('a cursor of a scan gives back its place, and is plain text', () => {
  fc.assert(
    fc.property(places, (place) => {
      const cursor = writeScanCursor('a shelf', place);
      expect(readScanCursor('a shelf', cursor)).toEqual(place);
      expect(cursor).toMatch(/^[\w.-]+$/);
    }),
  );
});

it('a cursor of another store, a changed one, and any other text are refused', () => {
  const refused = (store: string, cursor: string) => {
    expect(() => readScanCursor(store, cursor)).toThrow(DomainError);
    expect(() => readScanCursor(store, cursor)).toThrow(
      /none of a scan of a shelf|none of a scan of another/,
    );
  };
  fc.assert(
    fc.property(places, fc.string(), fc.nat(), (place, text, at) => {
      const cursor = writeScanCursor('a shelf', place);
      refused('another', cursor);
      refused('a shelf', text);
      const position = at % cursor.length;
      const other = cursor[position] === 'A' ? 'B' : 'A';
      refused('a shelf', cursor.slice(0, position) + other + cursor.slice(position + 1));
    }),
  );
});
