import type { DocumentRemoval, SearchDocument } from '../../../domain/search/document.ts';
import { documentWords } from '../../../domain/search/document-words.ts';
import { type Indexed, isNewer } from '../../../domain/search/freshness.ts';
import { createWordIndex, FIELD, type WordIndex } from './word-index.ts';

export interface StoredText {
  readonly document: SearchDocument;
  readonly titleLine: string;
}

/** Documents in numbered slots with the index of their words. */
export interface TextStore {
  put(document: SearchDocument): void;
  remove(removal: DocumentRemoval): void;
  words(): WordIndex;
  /** `undefined`: the slot died with a change of its document. */
  at(slot: number): StoredText | undefined;
  get(contentId: string): StoredText | undefined;
  all(): IterableIterator<StoredText>;
}

/** A rebuild costs as much as indexing all documents: it waits until that many slots more are dead than alive. */
const DEAD_SLACK = 1000;

interface Known extends Indexed {
  readonly slot: number | undefined;
}

export function createTextStore(): TextStore {
  const known = new Map<string, Known>();
  let slots: (StoredText | undefined)[] = [];
  let words = createWordIndex();
  let alive = 0;

  function free(slot: number | undefined): void {
    if (slot === undefined) return;
    slots[slot] = undefined;
    alive -= 1;
  }

  function fill(document: SearchDocument): number {
    const slot = slots.length;
    slots.push({ document, titleLine: indexDocument(words, slot, document) });
    alive += 1;
    return slot;
  }

  function rebuildWhenSparse(): void {
    if (slots.length <= 2 * alive + DEAD_SLACK) return;
    const documents = slots.flatMap((text) => (text === undefined ? [] : [text.document]));
    slots = [];
    words = createWordIndex();
    alive = 0;
    for (const document of documents) {
      const { version, source } = document;
      known.set(document.contentId, { version, source, slot: fill(document) });
    }
  }

  return {
    put(document) {
      const before = known.get(document.contentId);
      if (!isNewer(document, before)) return;
      free(before?.slot);
      const copy = structuredClone(document);
      known.set(copy.contentId, { version: copy.version, source: copy.source, slot: fill(copy) });
      rebuildWhenSparse();
    },
    remove({ contentId, version }) {
      const before = known.get(contentId);
      if (before !== undefined && version <= before.version) return;
      free(before?.slot);
      known.set(contentId, { version, source: before?.source, slot: undefined });
    },
    words: () => words,
    at: (slot) => slots[slot],
    get(contentId) {
      const slot = known.get(contentId)?.slot;
      return slot === undefined ? undefined : slots[slot];
    },
    *all() {
      for (const text of slots) if (text !== undefined) yield text;
    },
  };
}

function indexDocument(index: WordIndex, slot: number, document: SearchDocument): string {
  const { titleLine, titleWords, title, labels, description } = documentWords(document);
  const fields = new Map<string, number>();
  const stand = (words: readonly string[], field: number) => {
    for (const word of words) fields.set(word, (fields.get(word) ?? 0) | field);
  };
  stand(title, FIELD.title);
  stand(labels, FIELD.label);
  stand(description, FIELD.description);
  for (const [word, sum] of fields) index.add(slot, word, sum);
  for (const word of titleWords) index.addTitleWord(word);
  return titleLine;
}
