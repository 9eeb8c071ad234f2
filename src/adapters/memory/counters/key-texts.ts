import { offHeap } from './off-heap.ts';

/** Texts outside of the JavaScript heap, where a million of them are no work to the garbage collector. */
export interface KeyTexts {
  /** Keeps a text of at most 65,535 code units, and tells where. */
  readonly add: (text: string) => number;
  readonly is: (at: number, text: string) => boolean;
  readonly remove: (at: number) => void;
}

// Chunks of 64 bytes, a line of a processor's cache: 29 UTF-16 code units, how many of the text are left from here on, and the
// number of the next chunk. All are alike, so those of a text that goes serve any other: nothing is ever moved together.
const CHUNK_BITS = 5;
const CHUNK = 1 << CHUNK_BITS;
const TEXT = CHUNK - 3;
const LEFT = TEXT;
const NEXT = TEXT + 1;
const PAGE_BITS = 10;
const PAGE = 1 << PAGE_BITS;
const NO_CHUNK = 0xffff_ffff;

export function createKeyTexts(): KeyTexts {
  const pages: Uint16Array[] = [];
  let made = 0;
  let free = NO_CHUNK;

  const pageOf = (chunk: number): Uint16Array => pages[chunk >>> PAGE_BITS] as Uint16Array;

  function claim(): number {
    const chunk = free;
    if (chunk !== NO_CHUNK) {
      free = nextOf(pageOf(chunk), startOf(chunk));
      return chunk;
    }
    if (made === pages.length * PAGE)
      pages.push(new Uint16Array(offHeap(Uint16Array.BYTES_PER_ELEMENT * PAGE * CHUNK)));
    made += 1;
    return made - 1;
  }

  return {
    add: (text) => {
      // From the last chunk to the first, so that each knows its next.
      let next = NO_CHUNK;
      for (let from = Math.floor(Math.max(0, text.length - 1) / TEXT) * TEXT; from >= 0; from -= TEXT) {
        const chunk = claim();
        write(pageOf(chunk), startOf(chunk), text, from);
        setNext(pageOf(chunk), startOf(chunk), next);
        next = chunk;
      }
      return next;
    },

    is: (at, text) => {
      let chunk = at;
      for (let from = 0; ; from += TEXT) {
        const page = pageOf(chunk);
        const start = startOf(chunk);
        if (!isWritten(page, start, text, from)) return false;
        if (text.length - from <= TEXT) return true;
        chunk = nextOf(page, start);
      }
    },

    remove: (at) => {
      for (let chunk = at; chunk !== NO_CHUNK; ) {
        const next = nextOf(pageOf(chunk), startOf(chunk));
        setNext(pageOf(chunk), startOf(chunk), free);
        free = chunk;
        chunk = next;
      }
    },
  };
}

function startOf(chunk: number): number {
  return (chunk & (PAGE - 1)) << CHUNK_BITS;
}

function write(page: Uint16Array, start: number, text: string, from: number): void {
  const left = text.length - from;
  page[start + LEFT] = left;
  const here = Math.min(left, TEXT);
  for (let offset = 0; offset < here; offset += 1) page[start + offset] = text.charCodeAt(from + offset);
}

function isWritten(page: Uint16Array, start: number, text: string, from: number): boolean {
  const left = text.length - from;
  if (page[start + LEFT] !== left) return false;
  const here = Math.min(left, TEXT);
  for (let offset = 0; offset < here; offset += 1)
    if (page[start + offset] !== text.charCodeAt(from + offset)) return false;
  return true;
}

function nextOf(page: Uint16Array, start: number): number {
  return ((page[start + NEXT] as number) | ((page[start + NEXT + 1] as number) << 16)) >>> 0;
}

function setNext(page: Uint16Array, start: number, next: number): void {
  page[start + NEXT] = next & 0xffff;
  page[start + NEXT + 1] = next >>> 16;
}
