import { expect, it } from 'vitest';
import { createMemoryHotProgramStore } from '../../../src/adapters/memory/hot-program-store.ts';
import { createMemorySearchIndex } from '../../../src/adapters/memory/search-index.ts';
import { examineCopy } from '../../../src/domain/migration/canary.ts';
import type { CopyRead } from '../../../src/domain/migration/copied-set.ts';
import { createDocumentCopies } from '../../../src/domain/migration/document-copies.ts';
import { ALL_PROGRAMS } from '../../../src/domain/migration/hot-scope.ts';
import { createProgramCopies } from '../../../src/domain/migration/program-copies.ts';
import { isId } from '../../../src/domain/program/program.ts';
import { anId } from '../../support/builders.ts';
import { aCall } from '../../support/call.ts';
import { createFakeClock } from '../../support/fake-clock.ts';

const NOW_MS = 1_800_000_000_000;
const unused = async () => Promise.reject(new Error('not asked for'));
const catalog = { currentStates: unused, scanStates: unused, splitKeys: unused };

function programCopies() {
  const hot = createMemoryHotProgramStore({ clock: createFakeClock(NOW_MS), ids: { next: anId } });
  return { hot, set: createProgramCopies({ catalog, hot, scope: ALL_PROGRAMS }) };
}

const looks = () => {
  let pauses = 0;
  return {
    nowMs: NOW_MS,
    pause: async () => {
      pauses += 1;
    },
    pauses: () => pauses,
  };
};

it('tries the store under a key that every store takes for one, and takes the copy away again', async () => {
  const { hot, set } = programCopies();
  const { key } = set.canary(NOW_MS);
  expect(isId(key)).toBe(true);
  expect(await examineCopy(set, looks(), aCall())).toEqual([]);
  expect(await hot.get(key, aCall())).toMatchObject({ outcome: 'tombstone' });
});

it('does so for documents as well, and can be tried again', async () => {
  const index = createMemorySearchIndex({ onWrite: () => undefined });
  const set = createDocumentCopies({
    truth: index,
    copy: createMemorySearchIndex({ onWrite: () => undefined }),
  });
  expect(isId(set.canary(NOW_MS).key)).toBe(true);
  expect(await examineCopy(set, looks(), aCall())).toEqual([]);
  expect(await examineCopy(set, { ...looks(), nowMs: NOW_MS + 1 }, aCall())).toEqual([]);
});

it('looks again when a store shows a write a little later, and says so when it never does', async () => {
  const { set } = programCopies();
  const answers: CopyRead<never>[] = [{ outcome: 'miss' }, { outcome: 'miss' }];
  const late: typeof set.readCopy = async (keys, call) => {
    const answer = answers.shift();
    return answer === undefined ? set.readCopy(keys, call) : [answer];
  };
  const patient = looks();
  expect(await examineCopy({ ...set, readCopy: late }, patient, aCall())).toEqual([]);
  expect(patient.pauses()).toBe(2);
  const never: typeof set.readCopy = async () => [{ outcome: 'miss' }];
  expect(await examineCopy({ ...set, readCopy: never }, looks(), aCall())).toEqual([
    expect.stringContaining('was written and read back as miss'),
  ]);
});

it('tells what the store raises', async () => {
  const { set } = programCopies();
  const writeCopy: typeof set.writeCopy = async () => Promise.reject(new Error('DynamoDB refused the call'));
  expect(await examineCopy({ ...set, writeCopy }, looks(), aCall())).toEqual([
    'a trial copy could not be written and read: DynamoDB refused the call',
  ]);
});
