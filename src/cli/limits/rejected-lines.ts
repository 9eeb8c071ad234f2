import { number } from '../import/progress.ts';

/** Lines that are no request, by reason. */
export interface RejectedReason {
  readonly reason: string;
  readonly count: number;
  /** Numbers of the first few. */
  readonly lines: readonly number[];
}

export interface RejectedLines {
  add(line: number, reason: string): void;
  total(): number;
  /** In the order in which each reason was met first. */
  reasons(): readonly RejectedReason[];
}

const LINES_NAMED = 5;

export function createRejectedLines(): RejectedLines {
  const byReason = new Map<string, { count: number; lines: number[] }>();
  let total = 0;
  return {
    add(line, reason) {
      const entry = byReason.get(reason) ?? { count: 0, lines: [] };
      entry.count += 1;
      if (entry.lines.length < LINES_NAMED) entry.lines.push(line);
      byReason.set(reason, entry);
      total += 1;
    },
    total: () => total,
    reasons: () => [...byReason].map(([reason, entry]) => ({ reason, ...entry })),
  };
}

/** `lines 3, 7, 9: is not valid JSON`, with the number of those that are not named. */
export function rejectedText({ reason, count, lines }: RejectedReason): string {
  const more = count - lines.length;
  const named = `${count === 1 ? 'line' : 'lines'} ${lines.join(', ')}`;
  return `${named}${more > 0 ? ` and ${number(more)} more` : ''}: ${reason}`;
}
