import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createKeyTexts } from '../../../../src/adapters/memory/counters/key-texts.ts';
import { anyText } from '../../../support/any-text.ts';

// Around the 29 code units of a chunk, and any others; lone surrogates, NUL and what is alike at the beginning included.
const aText = fc.oneof(
  anyText({ maxLength: 130 }),
  fc
    .integer({ min: 0, max: 3 })
    .chain((chunks) =>
      fc.integer({ min: -1, max: 1 }).map((more) => 'a'.repeat(Math.max(0, 29 * chunks + more))),
    ),
  fc
    .array(fc.integer({ min: 0xd7ff, max: 0xdfff }), { maxLength: 60 })
    .map((units) => String.fromCharCode(...units)),
);

const anAction = fc.record({ removes: fc.boolean(), pick: fc.nat(), text: aText });

test('each is the text that was kept and no other, whatever was kept and removed', () => {
  fc.assert(
    fc.property(fc.array(anAction, { maxLength: 60 }), (actions) => {
      const texts = createKeyTexts();
      const kept = new Map<number, string>();
      for (const { removes, pick, text } of actions) {
        const [picked] = [...kept.keys()].slice(pick % Math.max(1, kept.size));
        if (removes && picked !== undefined) {
          texts.remove(picked);
          kept.delete(picked);
        } else {
          kept.set(texts.add(text), text);
        }
      }
      for (const [at, text] of kept)
        for (const other of [...kept.values(), `${text}a`, text.slice(0, -1), `b${text.slice(1)}`])
          expect(texts.is(at, other)).toBe(other === text);
    }),
  );
});

test('what goes makes room for what comes, long or short', () => {
  const texts = createKeyTexts();
  const long = 'x'.repeat(128);
  const first = texts.add(long);
  texts.remove(first);
  const shorts = Array.from({ length: 5 }, (_, index) => texts.add(`short ${index}`));
  expect(Math.max(...shorts)).toBeLessThan(5);
  for (const short of shorts) texts.remove(short);
  const again = texts.add(long);
  expect(again).toBeLessThan(5);
  expect(texts.is(again, long)).toBe(true);
  expect(texts.add('one more')).toBe(5);
});
