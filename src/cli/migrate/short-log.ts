import type { Terminal } from '../terminal.ts';
import { complain } from '../terminal.ts';

const REPEAT_MS = 10_000;

interface Entry {
  readonly operation?: string;
  readonly msg?: string;
  readonly err?: { readonly message?: string };
}

/** Where the log of a command goes: each error as a line for a person, the same one once in ten seconds at most. */
export function createShortLog(terminal: Terminal): { write(line: string): void } {
  const saidAt = new Map<string, number>();
  return {
    write(line) {
      const { operation, msg, err } = JSON.parse(line) as Entry;
      const text = [operation, err?.message ?? msg].filter((part) => part !== undefined).join(': ');
      const now = performance.now();
      if (now - (saidAt.get(text) ?? Number.NEGATIVE_INFINITY) < REPEAT_MS) return;
      saidAt.set(text, now);
      complain(terminal, text);
    },
  };
}
