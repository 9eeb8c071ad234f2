import { describe, expect, it } from 'vitest';
import { checkDraft } from '../../../src/domain/program/check-draft.ts';

const RIGHT = {
  programId: 'heat-1995',
  title: 'Heat',
  contentType: 'movie',
  category: 'Crime',
  language: 'en',
};

function faultsOf(overrides: Record<string, unknown>): readonly string[] {
  const { faults = [] } = checkDraft({ ...RIGHT, ...overrides });
  return faults.map(({ path, message }) => `${path} ${message}`);
}

describe('checkDraft', () => {
  it('completes a draft and leaves the measures out when they are not given', () => {
    expect(checkDraft(RIGHT).draft).toEqual({
      ...RIGHT,
      description: '',
      tags: [],
      thumbnailUrl: null,
      metadata: {},
      releaseDate: null,
    });
    expect(checkDraft({ ...RIGHT, viewCount: 3, popularityScore: 0.5 }).draft).toMatchObject({
      viewCount: 3,
      popularityScore: 0.5,
    });
  });

  it('writes the language in its canonical form', () => {
    expect(checkDraft({ ...RIGHT, language: 'PT-br' }).draft?.language).toBe('pt-BR');
  });

  it('reports every fault at once, each with its place', () => {
    const { faults } = checkDraft({
      title: '',
      contentType: 'Movie',
      category: 'Crime',
      language: 'e',
      nope: 1,
    });
    expect(faults?.map(({ path }) => path).sort()).toEqual([
      '/contentType',
      '/language',
      '/nope',
      '/programId',
      '/title',
    ]);
  });

  it.each([
    ['an array', []],
    ['a string', 'x'],
    ['null', null],
  ])('refuses %s', (_name, input) => {
    expect(checkDraft(input).faults).toHaveLength(1);
  });

  it.each([
    [{ programId: 'a/b' }, /programId must match/],
    [{ programId: '#lease' }, /programId must match/],
    [{ programId: 'export' }, /programId must not be batch-get, export, import/],
    [{ programId: 'a'.repeat(101) }, /programId must match/],
    [{ title: 'a\u0000' }, /title must not have control/],
    [{ title: '\udfff' }, /lone surrogate/],
    [{ releaseDate: '2023-02-29' }, /a day that exists/],
    [{ releaseDate: '0000-01-01' }, /a day that exists/],
    [{ releaseDate: '12/15/1995' }, /YYYY-MM-DD/],
    [{ releaseDate: '1995-12-15T00:00:00Z' }, /YYYY-MM-DD/],
    [{ viewCount: 2 ** 53 }, /viewCount must be a whole number/],
    [{ viewCount: -1 }, /viewCount must be a whole number/],
    [{ viewCount: '5' }, /viewCount must be a whole number/],
    [{ popularityScore: Number.NaN }, /popularityScore must be a number/],
    [{ popularityScore: 1e13 }, /popularityScore must be a number/],
    [{ tags: ['a', 'a'] }, /must not repeat/],
    [{ tags: 'a' }, /must be an array/],
    [{ tags: Array.from({ length: 51 }, (_, index) => `t${index}`) }, /at most 50/],
    [{ tags: ['a\u0000'] }, /each tag must not have control/],
    [{ thumbnailUrl: 'javascript:alert(1)' }, /http or https/],
    [{ thumbnailUrl: '/relative' }, /http or https/],
    [{ language: 'english please' }, /BCP 47/],
    [{ metadata: [] }, /metadata must be an object/],
    [{ metadata: { a: { b: 'x\u0000' } } }, /texts in it must not have control/],
    [{ metadata: { 'a\u0000': 1 } }, /names in it must not have control/],
    [{ metadata: { id: 2 ** 53 } }, /past 2\^53-1/],
    [{ metadata: JSON.parse('{"a":{"__proto__":{"x":1}}}') }, /__proto__/],
    [{ metadata: { a: { b: { c: { d: { e: { f: { g: { h: {} } } } } } } } } }, /8 levels/],
    [{ metadata: { a: 'x'.repeat(17_000) } }, /16384 bytes/],
    [{ version: 3 }, /version is not a field/],
  ])('refuses %j', (overrides, message) => {
    const faults = faultsOf(overrides);
    expect(faults).toHaveLength(1);
    expect(faults[0]).toMatch(message);
  });

  it.each([
    [{ releaseDate: '2024-02-29' }],
    [{ releaseDate: '0001-01-01' }],
    [{ releaseDate: '9999-12-31' }],
    [{ releaseDate: null, thumbnailUrl: null }],
    [{ viewCount: Number.MAX_SAFE_INTEGER }],
    [{ description: 'two\nlines' }],
    [{ title: '钟 \u{1f3ac}' }],
    [{ metadata: { rating: 8.3, deep: [[{ a: null }]], none: {} } }],
  ])('takes %j', (overrides) => {
    expect(faultsOf(overrides)).toEqual([]);
  });

  it('survives names and nesting made to break it', () => {
    const deep = JSON.parse(`${'{"a":'.repeat(5000)}1${'}'.repeat(5000)}`);
    expect(faultsOf({ metadata: deep })[0]).toMatch(/8 levels/);
    expect(faultsOf({ constructor: 1 })[0]).toMatch(/constructor is not a field/);
    expect(faultsOf({ toString: 1 })[0]).toMatch(/toString is not a field/);
  });
});
