import fc from 'fast-check';
import { anyText } from '../../support/any-text.ts';

/** What a hostile client puts where a value is expected. */
export const hostileJson: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom<unknown>(
    null,
    true,
    -1,
    0.5,
    2 ** 53,
    -(2 ** 63),
    1e308,
    '',
    ' ',
    '\u0000',
    'a\u0000b',
    '\ud800',
    'x\udfff',
    '\u0007',
    '\u202e\u0301\u200d',
    "'; drop table programs; --",
    '%00',
    '../../etc/passwd',
    '{{7*7}}',
    '0000-00-00',
    '9999-99-99',
    '2023-02-30',
    '-1',
    'NaN',
    'x'.repeat(20_000),
    [],
    {},
    [[]],
    { a: { b: { c: { d: { e: { f: { g: { h: { i: 1 } } } } } } } } },
    Array.from({ length: 1500 }, () => 'x'),
  ),
  fc.jsonValue(),
  anyText(),
);

/** The same, as it goes into an address. */
export const hostileText: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom(
    '',
    '-1',
    '0',
    '1001',
    '99999999999999999999',
    '1e3',
    '1.5',
    'NaN',
    'null',
    'true',
    '[]',
    "'",
    '"',
    '\\',
    '%',
    '\u0000',
    'a/b',
    '..',
    '*',
    ':*&|!()<->',
    'x'.repeat(3000),
    '\u{1f3ac}',
    'AAAA',
    'eyJwIjpbMSwyXX0',
  ),
  fc.string({ unit: 'grapheme', maxLength: 40 }),
  fc.base64String({ maxLength: 200 }),
);

/** Percent-encodes well-formed text; what is not well-formed goes as bytes that are no UTF-8. */
export function encoded(text: string): string {
  return text.isWellFormed() ? encodeURIComponent(text) : `${encodeURIComponent(text.toWellFormed())}%ff`;
}
