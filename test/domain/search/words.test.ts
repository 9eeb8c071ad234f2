import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lineOf, wordsOf } from '../../../src/domain/search/words.ts';

describe('wordsOf', () => {
  it.each([
    ['The Godfather, Part II', 'the godfather part ii'],
    ['Léon – Der Profi', 'leon der profi'],
    ["Schindler's List", 'schindlers list'],
    ['Spider-Man: Far from Home', 'spider man far from home'],
    ['WALL·E', 'wall e'],
    ['Fast & Furious', 'fast and furious'],
    ['AT&T', 'at t'],
    ['霸王别姬 1993', '霸 王 别 姬 1993'],
    ['iPhone手机', 'iphone 手 机'],
    ['¿Qué?', 'que'],
    ['한국 영화', '한국 영화'],
    ['हिन्दी', 'हिन्दी'],
    ['𝓐𝓑 Ⅷ', 'ab viii'],
    ['ΟΔΟΣ', 'οδοσ'],
    ['İstanbul', 'istanbul'],
    ['... !? \u0301', ''],
  ])('reads %s as "%s"', (text, line) => expect(lineOf(wordsOf(text))).toBe(line));

  it.each([
    ['S.W.A.T.', ['swat']],
    ['spider-man', ['spiderman']],
    ["l'amour", ['amour']],
    ["don't", []],
    ['The End', []],
  ])('knows what else %s may be written as', (text, forms) => {
    expect([...new Set(wordsOf(text).flatMap((word) => word.forms))]).toEqual(forms);
  });

  it('says where each word stands, whatever the text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 60 }), (text) => {
        let end = 0;
        for (const word of wordsOf(text)) {
          expect(word.start).toBeGreaterThanOrEqual(end);
          expect(word.end).toBeGreaterThan(word.start);
          expect(word.text).toMatch(/^[\p{L}\p{N}\p{M}]+$/u);
          expect(word.text.isWellFormed()).toBe(true);
          end = word.end;
        }
        expect(end).toBeLessThanOrEqual(text.length);
      }),
      { numRuns: 2000 },
    );
  });

  it('cuts words of any length', () => {
    for (const text of ['x'.repeat(10_000), '𝒳'.repeat(5_000), 'ﷺ'.repeat(500), "a'".repeat(5_000)]) {
      for (const word of wordsOf(text)) expect(word.text.length).toBeLessThanOrEqual(64);
    }
  });

  it('reads its own line as the same words', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        // As NFKC, in which no character stands for several words.
        const line = lineOf(wordsOf(text.normalize('NFKC')));
        expect(lineOf(wordsOf(line))).toBe(line);
      }),
      { numRuns: 2000 },
    );
  });
});
