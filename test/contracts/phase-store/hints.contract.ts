import { expect, test, vi } from 'vitest';
import { aCall } from '../../support/call.ts';
import type { PhaseStoreSubject } from './fixture.ts';
import { aChange } from './fixture.ts';

/** Instances hear of each other's changes. */
export function hintsContract(subject: PhaseStoreSubject): void {
  test('a change is heard of on another instance, with its data set', async () => {
    const { store, other } = await subject();
    const heard: string[] = [];
    const end = other.onChange((dataSet) => heard.push(dataSet));
    // A hint can be lost while the listening begins: changes go on until one is heard.
    await vi.waitFor(async () => {
      const { epoch } = await store.read('search', aCall());
      await store.change('search', epoch, aChange(), aCall());
      expect(heard).toContain('search');
    }, 5000);
    expect(new Set(heard)).toEqual(new Set(['search']));
    end();
  });

  test('who has ended listening hears nothing, the others still do', async () => {
    const { store } = await subject();
    const heard: string[] = [];
    const endFirst = store.onChange(() => heard.push('first'));
    const endSecond = store.onChange(() => heard.push('second'));
    endFirst();
    await vi.waitFor(async () => {
      const { epoch } = await store.read('programs', aCall());
      await store.change('programs', epoch, aChange(), aCall());
      expect(heard).toContain('second');
    }, 5000);
    expect(heard).not.toContain('first');
    endSecond();
  });

  test('a change that did not happen is not told', async () => {
    const { store } = await subject();
    const heard: string[] = [];
    const end = store.onChange((dataSet) => heard.push(dataSet));
    await store.change('programs', 3, aChange(), aCall());
    await vi.waitFor(async () => {
      const { epoch } = await store.read('search', aCall());
      await store.change('search', epoch, aChange(), aCall());
      expect(heard).toContain('search');
    }, 5000);
    expect(heard).not.toContain('programs');
    end();
  });
}
