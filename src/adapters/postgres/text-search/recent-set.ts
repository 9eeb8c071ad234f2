/** A set of texts that forgets the ones added first. */
export interface RecentSet {
  has(text: string): boolean;
  add(text: string): void;
}

export function createRecentSet(most: number): RecentSet {
  const texts = new Set<string>();
  return {
    has: (text) => texts.has(text),
    add(text) {
      texts.add(text);
      const [first] = texts;
      if (texts.size > most && first !== undefined) texts.delete(first);
    },
  };
}
