import { describe, expect, it } from 'vitest';
import type { ProgramDraft } from '../../../src/domain/program/program.ts';
import { createProgramImports } from '../../../src/domain/program/program-imports.ts';
import type { BulkOutcome } from '../../../src/ports/program-catalog.ts';
import { aDraft } from '../../support/builders.ts';
import { aCall } from '../../support/call.ts';

function setUp(outcome: (draft: ProgramDraft) => BulkOutcome = () => 'created') {
  const written: (readonly ProgramDraft[])[] = [];
  const published: string[] = [];
  const imports = createProgramImports({
    catalog: {
      async putMany(drafts) {
        written.push(drafts);
        return drafts.map(outcome);
      },
    },
    clock: { now: () => Date.UTC(2026, 2, 1) },
    changes: { publish: (ids) => void published.push(...ids) },
  });
  const importTexts = async (...texts: string[]) =>
    await imports.importBatch(
      texts.map((text, index) => ({ line: index + 1, text })),
      aCall(),
    );
  return { imports, importTexts, written, published };
}

const messagesOf = async (...texts: string[]) => (await setUp().importTexts(...texts)).rejected;

describe('importBatch', () => {
  it('writes the programs of a batch at once, says which changed and counts what became of them', async () => {
    const outcomes: BulkOutcome[] = ['created', 'unchanged', 'updated'];
    const { importTexts, written, published } = setUp(() => outcomes.shift() ?? 'created');
    const drafts = [aDraft(), aDraft(), aDraft()];
    const result = await importTexts(...drafts.map((draft) => JSON.stringify(draft)));
    expect(result).toEqual({ created: 1, updated: 1, unchanged: 1, rejected: [] });
    expect(written).toEqual([drafts]);
    expect(published).toEqual([drafts[0]?.programId, drafts[2]?.programId]);
  });

  it('tells nobody when nothing changed', async () => {
    const { importTexts, published } = setUp(() => 'unchanged');
    expect(await importTexts(JSON.stringify(aDraft()))).toMatchObject({ unchanged: 1 });
    expect(published).toEqual([]);
  });

  it('takes the other lines when some are wrong, and gives number and reason of each', async () => {
    const { imports, written } = setUp();
    const good = aDraft();
    const result = await imports.importBatch(
      [
        { line: 41, text: '{"programId": ' },
        { line: 42, text: JSON.stringify(good) },
        { line: 43, error: 'must be valid UTF-8' },
        { line: 44, text: '[]' },
      ],
      aCall(),
    );
    expect(written).toEqual([[good]]);
    expect(result.created).toBe(1);
    expect(result.rejected).toEqual([
      { line: 41, message: expect.stringMatching(/^is not valid JSON: /) },
      { line: 43, message: 'must be valid UTF-8' },
      { line: 44, message: 'the line must be an object, was array' },
    ]);
  });

  it('passes over blank lines and counts them nowhere', async () => {
    expect(await setUp().importTexts('', '  \t', '\u00a0')).toEqual({
      created: 0,
      updated: 0,
      unchanged: 0,
      rejected: [],
    });
  });

  it('names each field that is wrong and what would be right', async () => {
    const { viewCount, ...rest } = { ...aDraft(), viewCount: 1 };
    const [rejected] = await messagesOf(
      JSON.stringify({ ...rest, title: 7, releaseDate: '2026-02-30', viewCount: -viewCount }),
    );
    expect(rejected?.message).toBe(
      'title must be a string, was number; releaseDate must be a day that exists, from 0001-01-01 to 9999-12-31; viewCount must be a whole number from 0 to 9007199254740991',
    );
  });

  it('refuses unknown fields by name, and those that the service sets with a word of advice', async () => {
    const draft = aDraft();
    expect(
      await messagesOf(JSON.stringify({ ...draft, rating: 5 }), JSON.stringify({ ...draft, version: 3 })),
    ).toEqual([
      { line: 1, message: 'rating is not a field of a program' },
      { line: 2, message: 'version is set by the service: leave it out' },
    ]);
    const proto = `{"__proto__": {"x": 1}, ${JSON.stringify(draft).slice(1)}`;
    expect(await messagesOf(proto)).toEqual([{ line: 1, message: '__proto__ is not a field of a program' }]);
  });

  it('keeps messages short and harmless to a terminal, whatever the line holds', async () => {
    const hostile = [
      '\u001b[2J\u001b[31mboo',
      JSON.stringify({ '\u001b]0;title\u0007': 1, '\u202edesrever': 2 }),
      JSON.stringify(
        Object.fromEntries(Array.from({ length: 5_000 }, (_, index) => [`field${index}`, index])),
      ),
      `{"${'x'.repeat(100_000)}": 1}`,
      '{"a": "\ud800"}',
    ];
    const rejected = await messagesOf(...hostile);
    expect(rejected).toHaveLength(hostile.length);
    for (const { message } of rejected) {
      expect(message).not.toMatch(/[\p{Cc}\p{Cf}]/u);
      expect(message.isWellFormed()).toBe(true);
      expect(message.length).toBeLessThan(450);
    }
    expect(rejected[2]?.message).toMatch(/; and 5000 more$/);
  });

  it('answers a line nested a million deep as any other', async () => {
    const deep = '['.repeat(500_000) + ']'.repeat(500_000);
    const withDeep = (field: string) =>
      JSON.stringify({ ...aDraft(), [field]: 0 }).replace(`"${field}":0`, `"${field}":${deep}`);
    const rejected = await messagesOf(
      deep,
      withDeep('title'),
      withDeep('tags'),
      withDeep('metadata').replace('"metadata":', '"metadata":{"a":').replace(/}$/, '}}'),
    );
    expect(rejected.map(({ line }) => line)).toEqual([1, 2, 3, 4]);
    expect(rejected[3]?.message).toBe('metadata must be at most 8 levels deep');
  });

  it('writes an id that comes twice once, as the lines in turn would leave it', async () => {
    const { importTexts, written } = setUp();
    const first = aDraft({ title: 'Old', viewCount: 5, popularityScore: 2 });
    const other = aDraft();
    const last = { ...aDraft({ programId: first.programId, title: 'New' }), popularityScore: 3 };
    const result = await importTexts(...[first, other, last].map((draft) => JSON.stringify(draft)));
    expect(written).toEqual([[{ ...last, viewCount: 5, popularityScore: 3 }, other]]);
    expect(result).toEqual({ created: 2, updated: 0, unchanged: 1, rejected: [] });
  });

  it('lets an error of the catalogue through', async () => {
    const { imports } = setUp(() => {
      throw new Error('gone');
    });
    await expect(imports.importBatch([{ line: 1, text: JSON.stringify(aDraft()) }], aCall())).rejects.toThrow(
      'gone',
    );
  });
});
