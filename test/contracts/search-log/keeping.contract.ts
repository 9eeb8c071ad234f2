import { describe, expect, it } from 'vitest';
import { LOG_KEPT_MS } from '../../../src/ports/search-log.ts';
import { aCall } from '../../support/call.ts';
import { aSearch } from '../../support/search-builders.ts';
import type { SearchLogSubject } from './fixture.ts';

const MINUTE = 60_000;

export function keepingContract(subject: SearchLogSubject): void {
  describe('the time a search is kept', () => {
    it('is 90 days, counted from when it was made', async () => {
      const { log, now, advance } = await subject();
      await log.record([aSearch({ queryId: 'old', at: new Date(now() - 5 * MINUTE) })], aCall());
      await log.record([aSearch({ queryId: 'young', at: new Date(now()) })], aCall());
      await advance(LOG_KEPT_MS - 6 * MINUTE);
      expect((await log.recent(9, aCall())).map(({ queryId }) => queryId)).toEqual(['young', 'old']);
      await advance(3 * MINUTE);
      expect((await log.recent(9, aCall())).map(({ queryId }) => queryId)).toEqual(['young']);
      await advance(4 * MINUTE);
      expect(await log.recent(9, aCall())).toEqual([]);
    });

    it('is over for one that comes too late', async () => {
      const { log, now } = await subject();
      await log.record([aSearch({ at: new Date(now() - LOG_KEPT_MS - MINUTE) })], aCall());
      expect(await log.recent(9, aCall())).toEqual([]);
    });

    it('does not touch what is younger when older ones go', async () => {
      const { log, now, advance } = await subject();
      const old = Array.from({ length: 300 }, () => aSearch({ at: new Date(now()) }));
      await log.record(old, aCall());
      await advance(LOG_KEPT_MS + MINUTE);
      const newest = now();
      const young = Array.from({ length: 20 }, (_, n) => aSearch({ at: new Date(newest - n) }));
      for (const search of young) await log.record([search], aCall());
      expect(await log.recent(100, aCall())).toEqual(young);
    });
  });
}
