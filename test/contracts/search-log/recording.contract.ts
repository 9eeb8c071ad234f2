import { describe, expect, it } from 'vitest';
import { aCall, anAbortedCall } from '../../support/call.ts';
import { aSearch, HOSTILE_TEXTS } from '../../support/search-builders.ts';
import type { SearchLogSubject } from './fixture.ts';

export function recordingContract(subject: SearchLogSubject): void {
  describe('recorded searches', () => {
    it('come back as they were recorded', async () => {
      const { log, now } = await subject();
      const at = new Date(now() - 1);
      const entries = [
        aSearch({ at, total: 0, tookMs: 0, filters: {} }),
        aSearch({ at, total: Number.MAX_SAFE_INTEGER, tookMs: 0.1 + 0.2 }),
        ...HOSTILE_TEXTS.map((text) => aSearch({ at, text, filters: { category: text, 'a"b': '{}' } })),
      ];
      await log.record(entries, aCall());
      const recent = await log.recent(100, aCall());
      expect(new Set(recent)).toEqual(new Set(entries));
    });

    it('are listed newest first, those of one moment by id in code-point order', async () => {
      const { log, now } = await subject();
      const newest = now();
      const at = (agoMs: number) => new Date(newest - agoMs);
      const searches = [
        aSearch({ queryId: 'z', at: at(0) }),
        ...['A', 'B', 'a', '\uff5e', '\u{1f600}'].map((queryId) => aSearch({ queryId, at: at(1) })),
        aSearch({ queryId: 'b', at: at(2) }),
      ];
      for (const search of searches.toReversed()) {
        await log.record([search], aCall());
      }
      const ids = (await log.recent(100, aCall())).map(({ queryId }) => queryId);
      expect(ids).toEqual(searches.map(({ queryId }) => queryId));
    });

    it('are listed by their time, in whatever order they come', async () => {
      const { log, now } = await subject();
      const newest = now();
      const at = (agoMs: number) => aSearch({ at: new Date(newest - agoMs) });
      const [first, second, third, fourth] = [at(1), at(20), at(300), at(4_000)];
      await log.record([third, first], aCall());
      await log.record([fourth, second], aCall());
      expect(await log.recent(3, aCall())).toEqual([first, second, third]);
    });

    it('are kept once, as they first came', async () => {
      const { log, now } = await subject();
      const first = aSearch({ at: new Date(now() - 5) });
      await log.record([first], aCall());
      const other = aSearch({ at: new Date(first.at.valueOf() + 1) });
      await log.record([{ ...first, text: 'another', at: new Date(now()) }, other], aCall());
      expect(await log.recent(9, aCall())).toEqual([other, first]);
    });

    it('are kept once when one call brings them twice', async () => {
      const { log, now } = await subject();
      const search = aSearch({ at: new Date(now() - 5) });
      await log.record([search, search], aCall());
      expect(await log.recent(9, aCall())).toEqual([search]);
    });

    it('are kept once when 100 callers record at once, ten of them the same ones', async () => {
      const { log, now } = await subject();
      const newest = now();
      const searches = Array.from({ length: 2_000 }, (_, n) => aSearch({ at: new Date(newest - n) }));
      const calls = Array.from({ length: 100 }, (_, n) => {
        const start = Math.floor(n / 10) * 200;
        const batch = searches.slice(start, start + 200);
        return log.record(n % 2 === 0 ? batch : batch.toReversed(), aCall());
      });
      await Promise.all(calls);
      expect(await log.recent(3_000, aCall())).toEqual(searches);
    });

    it('may be none', async () => {
      const { log } = await subject();
      await log.record([], aCall());
      expect(await log.recent(10, aCall())).toEqual([]);
    });

    it('are not changed by what callers do to their objects', async () => {
      const { log, now } = await subject();
      const at = new Date(now() - 5);
      const filters: Record<string, string> = { category: 'kept' };
      const given = aSearch({ at: new Date(at), filters });
      await log.record([given], aCall());
      filters.category = 'changed';
      given.at.setFullYear(1970);
      const [got] = await log.recent(1, aCall());
      Object.assign(got?.filters ?? {}, { category: 'changed' });
      expect(await log.recent(1, aCall())).toEqual([{ ...given, at, filters: { category: 'kept' } }]);
    });

    it('are none when the caller has gone', async () => {
      const { log, now } = await subject();
      const call = anAbortedCall();
      await expect(log.record([aSearch({ at: new Date(now()) })], call)).rejects.toBe(call.reason);
      expect(await log.recent(10, aCall())).toEqual([]);
    });
  });
}
