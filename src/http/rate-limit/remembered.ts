import { LRUCache } from 'lru-cache';

/** How many texts are remembered, and how long one may be: clients choose both, and all of it must stay a few megabytes. */
const MAX_TEXTS = 10_000;
const MAX_LENGTH = 256;

/** Spares the reading of texts that come again; longer ones are read each time. */
export function remembered(read: (text: string) => string): (text: string) => string {
  const known = new LRUCache<string, string>({ max: MAX_TEXTS });
  return (text) => {
    if (text.length > MAX_LENGTH) return read(text);
    const found = known.get(text);
    if (found !== undefined) return found;
    const made = read(text);
    known.set(copied(text), made);
    return made;
  };
}

/** A part of a string holds all of it in V8: an address would keep the whole field that it was cut out of. */
function copied(text: string): string {
  return Buffer.from(text).toString();
}
