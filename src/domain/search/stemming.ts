import { stemEnglish } from './english-stemmer.ts';

type Stemmer = (word: string) => string;

/** Stemmers of our own, by primary language subtag; a back end may know more languages. */
const STEMMERS: ReadonlyMap<string, Stemmer> = new Map([['en', stemEnglish]]);

/** The primary subtag of a BCP 47 tag: `pt` of `pt-BR`. */
export function primaryLanguage(tag: string): string {
  return tag.split('-', 1)[0]?.toLowerCase() ?? '';
}

/** `undefined` when there is no stemmer of our own for the language. */
export function stemmerOf(language: string): Stemmer | undefined {
  return STEMMERS.get(primaryLanguage(language));
}

/** The stems that a typed word, whose language nobody knows, may have in a document. */
export function stemsOf(word: string): readonly string[] {
  return [...STEMMERS.values()].map((stem) => stem(word)).filter((stem) => stem !== word);
}
