import type { DocumentRemoval, SearchDocument } from '../../../domain/search/document.ts';
import { documentWords } from '../../../domain/search/document-words.ts';
import type { SourcedVersion } from '../../../domain/search/freshness.ts';
import { isNewer } from '../../../domain/search/freshness.ts';
import type { WordIndex } from './word-index.ts';
import { createWordIndex, FIELD } from './word-index.ts';

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

interface Known extends SourcedVersion {
  readonly slot: number | undefined;
}

export function createTextStore(): TextStore {
  const known = new Map<string, Known>();
  let slots = createSlots();
  const forget = (before: Known | undefined) => {
    if (before?.slot !== undefined) slots.free(before.slot);
  };
  const keep = (document: SearchDocument) => {
    const { version, source } = document;
    known.set(document.contentId, { version, source, slot: slots.fill(document) });
  };
  return {
    put(document) {
      const before = known.get(document.contentId);
      if (!isNewer(document, before)) return;
      forget(before);
      keep(copyOf(document));
      if (!slots.isSparse()) return;
      const documents = [...slots.all()].map((text) => text.document);
      slots = createSlots();
      documents.forEach(keep);
    },
    remove(removal) {
      const { contentId, version, source } = removal;
      const before = known.get(contentId);
      if (!isNewer(removal, before)) return;
      forget(before);
      known.set(contentId, { version, source, slot: undefined });
    },
    words: () => slots.words,
    at: (slot) => slots.at(slot),
    get(contentId) {
      const slot = known.get(contentId)?.slot;
      return slot === undefined ? undefined : slots.at(slot);
    },
    all: () => slots.all(),
  };
}

function copyOf(document: SearchDocument): SearchDocument {
  return { ...document, tags: [...new Set(document.tags)], indexedAt: new Date(document.indexedAt) };
}

interface Slots {
  readonly words: WordIndex;
  fill(document: SearchDocument): number;
  free(slot: number): void;
  at(slot: number): StoredText | undefined;
  all(): IterableIterator<StoredText>;
  isSparse(): boolean;
}

function createSlots(): Slots {
  const words = createWordIndex();
  const slots: (StoredText | undefined)[] = [];
  let alive = 0;
  return {
    words,
    fill(document) {
      const slot = slots.length;
      slots.push({ document, titleLine: indexDocument(words, slot, document) });
      alive += 1;
      return slot;
    },
    free(slot) {
      slots[slot] = undefined;
      alive -= 1;
    },
    at: (slot) => slots[slot],
    *all() {
      for (const text of slots) if (text !== undefined) yield text;
    },
    isSparse: () => slots.length > 2 * alive + DEAD_SLACK,
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
