import { describe, expect, it } from 'vitest';
import { failsIfMatch, isNotModified, writeCondition } from '../../src/http/etags.ts';

describe('If-None-Match on a read', () => {
  it.each(['"v3"', 'W/"v3"', '*', '"a", "v3"', '"a" , W/"v3",', ', "v3"', '"a,b", "v3"'])(
    'matches %s',
    (value) => {
      expect(isNotModified({ 'if-none-match': value }, '"v3"')).toBe(true);
    },
  );

  it.each(['"v4"', 'W/"v4"', '"V3"'])('does not match %s', (value) => {
    expect(isNotModified({ 'if-none-match': value }, '"v3"')).toBe(false);
  });

  it.each(['v3', '"v3', '"a" "b"', '', ',', '"v 3"', `"${'x'.repeat(5000)}"`, 'w/"v3"'])(
    'refuses %s',
    (value) => {
      expect(() => isNotModified({ 'if-none-match': value }, '"v3"')).toThrow('If-None-Match must be');
    },
  );

  it('reads a hostile list in no time', () => {
    const begun = performance.now();
    expect(() => isNotModified({ 'if-none-match': `"a"${' ,'.repeat(2000)}x` }, '"v3"')).toThrow('must be');
    expect(performance.now() - begun).toBeLessThan(50);
  });
});

describe('If-Match on a read', () => {
  it('compares strongly', () => {
    expect(failsIfMatch({}, '"v3"')).toBe(false);
    expect(failsIfMatch({ 'if-match': '"v3"' }, '"v3"')).toBe(false);
    expect(failsIfMatch({ 'if-match': '*' }, '"v3"')).toBe(false);
    expect(failsIfMatch({ 'if-match': 'W/"v3"' }, '"v3"')).toBe(true);
    expect(failsIfMatch({ 'if-match': '"v2"' }, '"v3"')).toBe(true);
  });
});

describe('the condition of a write', () => {
  it.each([
    [{}, { kind: 'any' }],
    [{ 'if-match': '*' }, { kind: 'present' }],
    [{ 'if-match': '"v3"' }, { kind: 'version', versions: [3] }],
    [{ 'if-match': '"v3", "v12"' }, { kind: 'version', versions: [3, 12] }],
    [{ 'if-match': 'W/"v3"' }, { kind: 'version', versions: [] }],
    [{ 'if-match': '"v0", "v01", "v99999999999999999", "abc"' }, { kind: 'version', versions: [] }],
    [{ 'if-none-match': '*' }, { kind: 'absent' }],
  ])('of %o is %o', (headers, condition) => {
    expect(writeCondition(headers, true)).toEqual(condition);
  });

  it.each([
    [{ 'if-none-match': '"v3"' }, true, 'must be \\* on a write'],
    [{ 'if-none-match': '*', 'if-match': '*' }, true, 'exclude each other'],
    [{ 'if-none-match': '*' }, false, 'takes If-Match'],
    [{ 'if-match': 'v3' }, true, 'list of entity tags'],
  ])('refuses %o', (headers, createOnly, message) => {
    expect(() => writeCondition(headers, createOnly)).toThrow(new RegExp(message));
  });
});
