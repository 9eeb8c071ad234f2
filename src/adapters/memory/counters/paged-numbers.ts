import { offHeap } from './off-heap.ts';

/** A list of whole numbers of 32 bits that grows by a page at a time: nothing that is in it is ever copied. */
export interface PagedNumbers {
  readonly get: (index: number) => number;
  /** `index`: of one that is there, or the next. */
  readonly set: (index: number, value: number) => void;
}

const PAGE_BITS = 12;
const PAGE = 1 << PAGE_BITS;

export function createPagedNumbers(): PagedNumbers {
  const pages: Int32Array[] = [];
  return {
    get: (index) => (pages[index >>> PAGE_BITS] as Int32Array)[index & (PAGE - 1)] as number,
    set: (index, value) => {
      if (index >>> PAGE_BITS === pages.length)
        pages.push(new Int32Array(offHeap(Int32Array.BYTES_PER_ELEMENT * PAGE)));
      (pages[index >>> PAGE_BITS] as Int32Array)[index & (PAGE - 1)] = value;
    },
  };
}
