import { describe, expect, it } from 'vitest';
import { slug } from '../../src/domain/slug.ts';
import { murmur3, stableHash } from '../../src/domain/stable-hash.ts';

describe('slug', () => {
  it.each([
    ['The Third Man', 'the-third-man'],
    ['  Amélie — Le fabuleux destin ', 'amelie-le-fabuleux-destin'],
    ["Don't Look Now", 'dont-look-now'],
    ['Straße & Smørrebrød', 'strasse-and-smorrebrod'],
    ['½ Prince', '1-2-prince'],
    ['2001: A Space Odyssey', '2001-a-space-odyssey'],
    ['羅生門', ''],
    ['', ''],
  ])('of %j is %j', (title, expected) => expect(slug(title)).toBe(expected));
});

describe('murmur3', () => {
  // Vectors of the reference implementation (SMHasher, MurmurHash3_x86_32).
  it.each([
    ['', 0, 0],
    ['', 1, 0x514e28b7],
    ['', 0xffffffff, 0x81f16f39],
    ['a', 0x9747b28c, 0x7fa09ea6],
    ['aaaa', 0x9747b28c, 0x5a97808a],
    ['abc', 0, 0xb3dd93fa],
    ['Hello, world!', 0x9747b28c, 0x24884cba],
    ['The quick brown fox jumps over the lazy dog', 0x9747b28c, 0x2fa826cd],
  ])('of %j with seed %i', (text, seed, expected) => {
    expect(murmur3(new TextEncoder().encode(text), seed)).toBe(expected);
  });
});

describe('stableHash', () => {
  it('is 16 hexadecimal digits and tells 100,000 texts apart', () => {
    const hashes = new Set(Array.from({ length: 100_000 }, (_, index) => stableHash(`film ${index}`)));
    expect(hashes.size).toBe(100_000);
    for (const hash of [...hashes].slice(0, 100)) expect(hash).toMatch(/^[0-9a-f]{16}$/);
  });

  it('never changes: ids are made of it', () => {
    expect(stableHash('Casablanca')).toBe(stableHash('Casablanca'));
    expect(stableHash('羅生門')).not.toBe(stableHash('羅生'));
  });
});
