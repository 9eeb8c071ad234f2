import { editDistance } from './edit-distance.ts';

/** Shorter words must be right: nearly every three letters are one typo away from some other word. */
const ONE_TYPO_FROM = 4;
const TWO_TYPOS_FROM = 8;

/** How many typos a word of an index forgives, by its length. */
export function typosAllowed(word: string): number {
  if (word.length < ONE_TYPO_FROM) return 0;
  return word.length < TWO_TYPOS_FROM ? 1 : 2;
}

/** The distance of what was typed from a word of an index, or `undefined` when it is more than the word forgives. */
export function typoDistance(typed: string, word: string): number | undefined {
  const allowed = typosAllowed(word);
  const distance = editDistance(typed, word, allowed);
  return distance > allowed ? undefined : distance;
}

/**
 * The keys under which an index files a word, so that a mistyped word finds it without a scan.
 *
 * A word that forgives `n` typos is cut into `n + 1` segments of fixed places: `n` typos leave at least one of them whole,
 * so every near word shares a key (Li, Deng, Wang and Feng, "Pass-Join", PVLDB 5(3), 2011). It takes two or three keys a
 * word where all its deletions would take dozens. Words that forgive nothing have none.
 */
export function typoKeys(word: string): readonly string[] {
  return segmentsOf(word.length).map(({ index, start, length }) =>
    keyOf(word.length, index, word.slice(start, start + length)),
  );
}

/** The keys under which words near to what was typed may be filed; some of what they find is not near: check with {@link typoDistance}. */
export function typoProbes(typed: string): readonly string[] {
  const probes = new Set<string>();
  for (let length = typed.length - 2; length <= typed.length + 2; length += 1) {
    addProbes(typed, length, probes);
  }
  for (const swapped of swappedAtBoundary(typed)) addProbes(swapped, swapped.length, probes);
  return [...probes];
}

interface Segment {
  readonly index: number;
  readonly start: number;
  readonly length: number;
}

// Even segments; the longer ones, where it does not divide, come last.
function segmentsOf(length: number): readonly Segment[] {
  const allowed = allowedAt(length);
  if (allowed === 0) return [];
  const count = allowed + 1;
  const short = Math.floor(length / count);
  const firstLong = count - (length % count);
  return Array.from({ length: count }, (_, index) => ({
    index,
    start: index * short + Math.max(0, index - firstLong),
    length: short + (index >= firstLong ? 1 : 0),
  }));
}

function allowedAt(length: number): number {
  if (length < ONE_TYPO_FROM) return 0;
  return length < TWO_TYPOS_FROM ? 1 : 2;
}

function keyOf(length: number, index: number, segment: string): string {
  return `${length}.${index}.${segment}`;
}

// The typos before a segment shift it, those after it decide the length: both bound where it may stand in what was typed.
function addProbes(typed: string, length: number, probes: Set<string>): void {
  const allowed = allowedAt(length);
  const longer = typed.length - length;
  if (Math.abs(longer) > allowed) return;
  for (const segment of segmentsOf(length)) {
    const after = allowed - segment.index;
    const from = Math.max(0, segment.start + Math.max(-segment.index, longer - after));
    const to = Math.min(
      typed.length - segment.length,
      segment.start + Math.min(segment.index, longer + after),
    );
    for (let start = from; start <= to; start += 1) {
      probes.add(keyOf(length, segment.index, typed.slice(start, start + segment.length)));
    }
  }
}

// Two letters swapped across the one boundary of a word with two segments spoil both of them: probe as if swapped back.
function swappedAtBoundary(typed: string): readonly string[] {
  if (allowedAt(typed.length) !== 1) return [];
  const at = Math.floor(typed.length / 2);
  const left = typed[at - 1] ?? '';
  const right = typed[at] ?? '';
  return [typed.slice(0, at - 1) + right + left + typed.slice(at + 1)];
}
