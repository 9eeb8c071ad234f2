import { typoKeys, typoProbes, typosAllowed } from '../../../domain/search/typos.ts';

/** Where a word stands in a document. */
export const FIELD = { title: 4, label: 2, description: 1 } as const;
const FIELD_BITS = 3;
const FIELD_MASK = 7;
/** Words waiting to be merged into the sorted list: a search looks through all of them. */
const MOST_UNSORTED = 500;

/** From words to the documents, by slot number, that hold them. Entries are only added; who lets slots die makes a new index. */
export interface WordIndex {
  /** `fields` is a sum of {@link FIELD}s. */
  add(slot: number, word: string, fields: number): void;
  /** Files a title's word to be found by {@link near}. */
  addTitleWord(word: string): void;
  each(word: string, visit: (slot: number, fields: number) => void): void;
  /** Every indexed word that begins so. */
  beginningWith(beginning: string): readonly string[];
  /** Title words that may be within typos of what was typed. */
  near(typed: string): readonly string[];
}

export function createWordIndex(): WordIndex {
  const postings = new Map<string, number[]>();
  const sorted = createSortedWords();
  const byTypoKey = new Map<string, Set<string>>();
  return {
    add(slot, word, fields) {
      const posting = slot * 2 ** FIELD_BITS + fields;
      const list = postings.get(word);
      if (list !== undefined) list.push(posting);
      else {
        postings.set(word, [posting]);
        sorted.add(word);
      }
    },
    addTitleWord(word) {
      if (typosAllowed(word) === 0) return;
      for (const key of typoKeys(word)) addTo(byTypoKey, key, word);
    },
    each(word, visit) {
      for (const posting of postings.get(word) ?? []) {
        visit(Math.floor(posting / 2 ** FIELD_BITS), posting & FIELD_MASK);
      }
    },
    beginningWith: (beginning) => sorted.beginningWith(beginning),
    near: (typed) => [...new Set(typoProbes(typed).flatMap((key) => [...(byTypoKey.get(key) ?? [])]))],
  };
}

function addTo(sets: Map<string, Set<string>>, key: string, value: string): void {
  const set = sets.get(key);
  if (set === undefined) sets.set(key, new Set([value]));
  else set.add(value);
}

interface SortedWords {
  add(word: string): void;
  beginningWith(beginning: string): readonly string[];
}

function createSortedWords(): SortedWords {
  let sorted: string[] = [];
  let unsorted: string[] = [];
  return {
    add: (word) => unsorted.push(word),
    beginningWith(beginning) {
      if (unsorted.length > MOST_UNSORTED) {
        sorted = sorted.concat(unsorted).sort();
        unsorted = [];
      }
      const found = unsorted.filter((word) => word.startsWith(beginning));
      for (let at = firstNotBefore(sorted, beginning); sorted[at]?.startsWith(beginning); at += 1) {
        found.push(sorted[at] ?? '');
      }
      return found;
    },
  };
}

function firstNotBefore(sorted: readonly string[], wanted: string): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sorted[middle] ?? '') < wanted) low = middle + 1;
    else high = middle;
  }
  return low;
}
