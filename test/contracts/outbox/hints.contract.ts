import { describe, expect, it, vi } from 'vitest';
import { aCall } from '../../support/call.ts';
import type { OutboxSubject } from './fixture.ts';

/** Instances tell each other that there may be marks. */
export function hintContract(subject: OutboxSubject): void {
  describe('hints', () => {
    it('are heard on another instance, with the data set', async () => {
      const { outbox, other } = await subject();
      const heard: string[] = [];
      const end = other.onHint((dataSet) => heard.push(dataSet));
      // A hint can be lost while the listening begins: they go on until one is heard.
      await vi.waitFor(async () => {
        await outbox.hint('search', aCall());
        expect(heard).toContain('search');
      }, 5000);
      expect(new Set(heard)).toEqual(new Set(['search']));
      end();
    });

    it('are heard on the own instance, and never before the hint is given', async () => {
      const { outbox } = await subject();
      const heard: string[] = [];
      const end = outbox.onHint((dataSet) => heard.push(dataSet));
      const given = outbox.hint('programs', aCall());
      expect(heard).toEqual([]);
      await given;
      await vi.waitFor(async () => {
        await outbox.hint('programs', aCall());
        expect(heard).toContain('programs');
      }, 5000);
      end();
    });

    it('who has ended listening hears nothing, the others still do', async () => {
      const { outbox } = await subject();
      const heard: string[] = [];
      const listener = (name: string) => () => void heard.push(name);
      const endFirst = outbox.onHint(listener('first'));
      const endSecond = outbox.onHint(listener('second'));
      endFirst();
      await vi.waitFor(async () => {
        await outbox.hint('documents', aCall());
        expect(heard).toContain('second');
      }, 5000);
      expect(heard).not.toContain('first');
      endSecond();
    });
  });
}
