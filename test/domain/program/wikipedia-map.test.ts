import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import type { ProgramDraft } from '../../../src/domain/program/program.ts';
import { readProgramLine } from '../../../src/domain/program/program-line.ts';
import type { RecordMap } from '../../../src/domain/program/record-map.ts';
import { readRecordMap } from '../../../src/domain/program/record-map.ts';

/** Real data that users bring; where it is absent the report names the test that did not run. */
const DATA = join(process.env.MEDIAMESH_DATA ?? '../shared/data', 'wikipedia-movies.ndjson.gz');

function exampleMap(): RecordMap {
  const read = readRecordMap(JSON.parse(readFileSync('examples/wikipedia-movies.map.json', 'utf8')));
  if ('faults' in read) throw new Error(JSON.stringify(read.faults));
  return read.map;
}

function programOf(record: unknown): ProgramDraft {
  const mapped = exampleMap().map(record);
  if ('message' in mapped) throw new Error(mapped.message);
  const read = readProgramLine(JSON.stringify(mapped.program));
  if ('message' in read) throw new Error(read.message);
  return read.draft;
}

describe('the map of the Wikipedia films', () => {
  it('makes a program of a full record', () => {
    expect(
      programOf({
        title: 'The General',
        year: 1926,
        cast: ['Buster Keaton', 'Marion Mack'],
        genres: ['Silent', 'Comedy', 'War'],
        href: 'The_General_(1926_film)',
        extract: 'A train is stolen.',
        thumbnail: 'https://upload.wikimedia.org/general.jpg',
        thumbnail_width: 320,
      }),
    ).toEqual({
      programId: expect.stringMatching(/^the-general-1926-[0-9a-f]{8}$/),
      title: 'The General',
      description: 'A train is stolen.',
      contentType: 'movie',
      category: 'Comedy',
      language: 'en',
      tags: ['silent', 'comedy', 'war'],
      thumbnailUrl: 'https://upload.wikimedia.org/general.jpg',
      metadata: {
        year: 1926,
        cast: ['Buster Keaton', 'Marion Mack'],
        wikipediaUrl: 'https://en.wikipedia.org/wiki/The_General_(1926_film)',
      },
      releaseDate: '1926-01-01',
    });
  });

  it('makes a program of a bare record, and tells namesakes of a year apart', () => {
    const bare = { title: 'Fire!', year: 1901, cast: [], genres: [], href: null };
    const program = programOf(bare);
    expect(program).toMatchObject({
      category: 'Uncategorized',
      tags: [],
      thumbnailUrl: null,
      metadata: { year: 1901 },
    });
    expect(programOf({ ...bare, cast: ['A'] }).programId).not.toBe(program.programId);
    expect(programOf({ ...bare }).programId).toBe(program.programId);
  });

  it.runIf(existsSync(DATA))(
    'takes all 36,273 records; only those that are there twice share an id',
    { timeout: 60_000 },
    () => {
      const map = exampleMap();
      const lines = gunzipSync(readFileSync(DATA)).toString().trim().split('\n');
      const lineOf = new Map<string, string>();
      const faults: unknown[] = [];
      for (const line of lines) {
        const mapped = map.map(JSON.parse(line));
        const read = 'message' in mapped ? mapped : readProgramLine(JSON.stringify(mapped.program));
        if ('message' in read) faults.push(read);
        else if ((lineOf.get(read.draft.programId) ?? line) !== line) faults.push(read.draft.programId);
        else lineOf.set(read.draft.programId, line);
      }
      expect(faults).toEqual([]);
      expect([lines.length, lineOf.size]).toEqual([36_273, 36_266]);
    },
  );
});
