/**
 * Words too common to decide what matches. They need not stand in a document as long as the text has another word, so that
 * "the lord of the rings" finds a document that says "Lord of Rings"; they still count in a phrase or a whole title.
 */
export const STOP_WORDS: ReadonlySet<string> = new Set(
  'a an and are as at be but by for from in into is it its of on or that the this to was were with'.split(
    ' ',
  ),
);

/** What a title may begin with and people leave out. */
export const ARTICLES: readonly string[] = ['the', 'a', 'an'];
