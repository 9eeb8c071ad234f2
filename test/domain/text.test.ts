import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cleanTextFault, compareText, textFault } from '../../src/domain/text.ts';
import { anyText } from '../support/any-text.ts';

describe('textFault', () => {
  const rule = { min: 1, max: 5 };

  it.each([
    ['a', undefined],
    ['', 'must have at least 1 character'],
    ['abcdef', 'must have at most 5 characters, had 6'],
    [7, 'must be a string, was number'],
    [null, 'must be a string, was null'],
    [['a'], 'must be a string, was array'],
    ['a\u0000b', 'must not have control characters'],
    ['a\u0085b', 'must not have control characters'],
    ['a\nb', 'must not have control characters'],
    ['a\ud800', 'must be well-formed Unicode: it has a lone surrogate'],
  ])('says of %j: %s', (value, fault) => {
    expect(textFault(value, rule)).toBe(fault);
  });

  it('takes line breaks and tabs where lines are allowed, and no other control character', () => {
    expect(textFault('a\r\n\tb', { min: 0, max: 9, multiline: true })).toBeUndefined();
    expect(cleanTextFault('a\u0007', true)).toBe('must not have control characters');
  });
});

describe('compareText', () => {
  it('orders by code point, as UTF-8 bytes do', () => {
    const text = anyText({ maxLength: 6 });
    fc.assert(
      fc.property(text, text, (a, b) => {
        expect(Math.sign(compareText(a, b))).toBe(Buffer.compare(Buffer.from(a), Buffer.from(b)));
      }),
    );
  });

  it('puts characters past U+FFFF after those below, where UTF-16 does not', () => {
    expect('\u{1f600}' < '\uff5e').toBe(true);
    expect(compareText('\u{1f600}', '\uff5e')).toBeGreaterThan(0);
  });
});
