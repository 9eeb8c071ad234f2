/**
 * How text becomes words: the same for documents and for what a user types, in every back end.
 *
 * Accents and case are folded (`Léon` = `leon`, `cœur` = `coeur`); an apostrophe glues (`Schindler's` = `schindlers`);
 * other marks inside a word part it and the whole is kept as well (`Spider-Man` = `spider`, `man` and `spiderman`;
 * `S.W.A.T.` has `swat`); scripts written without spaces (Chinese, Japanese, Thai, ...) give a word per character.
 */
export interface Word {
  /** The folded word: letters and digits only. */
  readonly text: string;
  /** Where it stands in the original text, in UTF-16 code units. */
  readonly start: number;
  readonly end: number;
  /** Other forms that stand for this word: the whole compound it is a part of, or what an apostrophe glued (`l'amour`: `amour`). */
  readonly forms: readonly string[];
}

/** Longer words are cut: a back end bounds the length of an index entry. */
const LONGEST_WORD = 64;
/** The longest compound that is kept whole, in parts. */
const LONGEST_COMPOUND = 8;

const RUN = /[\p{L}\p{N}\p{M}]+/gu;
/** Marks alone are no word. */
const HAS_CHARACTER = /[\p{L}\p{N}]/u;
const ASCII = /^[\n\r\t -~]*$/;
const ASCII_RUN = /[a-z0-9]+/g;
const APOSTROPHES = "'’‘ʼ＇`´";
const JOINERS = '-‐‑–·•.*/@+_&';
const UNSPACED =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]\p{M}*/gu;
const CONTRACTED = /^(?:t|re|ve|ll|d|m)$/;

/** Letters that Unicode does not decompose but that people type without their stroke, as two letters or in another form. */
const FOLDED: Readonly<Record<string, string>> = {
  œ: 'oe',
  æ: 'ae',
  ß: 'ss',
  ø: 'o',
  đ: 'd',
  ð: 'd',
  þ: 'th',
  ł: 'l',
  ħ: 'h',
  ı: 'i',
  ŧ: 't',
  ς: 'σ',
};
const FOLDABLE = /[œæßøđðþłħıŧς]/g;

/** Lower case without accents, `&` between words as `and`; marks of scripts that need them to tell words apart stay. */
function fold(text: string): string {
  if (/^[a-z0-9]*$/.test(text)) return text;
  return text
    .normalize('NFKD')
    .toLowerCase()
    .replace(/([\p{Script=Latin}\p{Script=Greek}\p{Script=Cyrillic}])[\u0300-\u036f]+/gu, '$1')
    .normalize('NFC')
    .replace(FOLDABLE, (letter) => FOLDED[letter] ?? letter)
    .replace(/[^\p{L}\p{N}\p{M}]+/gu, '');
}

/** The words of a text in order. */
export function wordsOf(text: string): readonly Word[] {
  const words: Word[] = [];
  let compound: Run[][] = [];
  let end = -1;
  for (const run of runsOf(text)) {
    const joint = compound.length === 0 ? 'none' : jointAt(text, end, run.start);
    if (joint === 'glue') compound.at(-1)?.push(run);
    else if (joint === 'join') compound.push([run]);
    else {
      addCompound(compound, words);
      compound = [[run]];
    }
    end = run.end;
  }
  addCompound(compound, words);
  return words;
}

/** The words of a text as one line, a space between two: the form in which titles and phrases are compared. */
export function lineOf(words: readonly Word[]): string {
  return words.map((word) => word.text).join(' ');
}

interface Run {
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

function runsOf(text: string): Run[] {
  if (ASCII.test(text)) return withAmpersands(text, asciiRunsOf(text));
  const runs: Run[] = [];
  for (const match of text.matchAll(RUN)) {
    for (const piece of piecesOf(match[0], match.index)) runs.push(piece);
  }
  return withAmpersands(text, runs);
}

// Most text is plain: this takes a third of the time of the Unicode classes.
function asciiRunsOf(text: string): Run[] {
  const lower = text.toLowerCase();
  const runs: Run[] = [];
  ASCII_RUN.lastIndex = 0;
  for (let match = ASCII_RUN.exec(lower); match !== null; match = ASCII_RUN.exec(lower)) {
    const start = match.index;
    runs.push({ text: match[0].slice(0, LONGEST_WORD), start, end: ASCII_RUN.lastIndex });
  }
  return runs;
}

// "Fast & Furious" is typed "fast and furious".
function withAmpersands(text: string, runs: Run[]): Run[] {
  if (!text.includes('&')) return runs;
  const ampersands = [...text.matchAll(/(?<=[\p{L}\p{N}]\s)&(?=\s[\p{L}\p{N}])/gu)];
  const ands = ampersands.map(({ index }) => ({ text: 'and', start: index, end: index + 1 }));
  return [...runs, ...ands].sort((a, b) => a.start - b.start);
}

function piecesOf(run: string, offset: number): Run[] {
  if (ASCII.test(run)) return toRun(run, offset);
  const pieces: Run[] = [];
  let from = 0;
  for (const match of run.matchAll(UNSPACED)) {
    pieces.push(...toRun(run.slice(from, match.index), offset + from));
    pieces.push(...toRun(match[0], offset + match.index));
    from = match.index + match[0].length;
  }
  return [...pieces, ...toRun(run.slice(from), offset + from)];
}

function toRun(raw: string, start: number): Run[] {
  const text = cut(fold(raw));
  return !HAS_CHARACTER.test(text) ? [] : [{ text, start, end: start + raw.length }];
}

// Never inside a surrogate pair: a store would refuse half of one.
function cut(word: string): string {
  return word.length <= LONGEST_WORD ? word : word.slice(0, LONGEST_WORD).replace(/[\ud800-\udbff]$/, '');
}

/** What stands between two runs: an apostrophe glues them to one word, another single mark joins two words to a compound. */
function jointAt(text: string, end: number, start: number): 'glue' | 'join' | 'none' {
  if (start - end !== 1) return 'none';
  const mark = text.charAt(end);
  if (APOSTROPHES.includes(mark)) return isUnspaced(text, end, start) ? 'none' : 'glue';
  return JOINERS.includes(mark) ? 'join' : 'none';
}

// Characters of these scripts are words of their own: nothing is glued to them.
function isUnspaced(text: string, end: number, start: number): boolean {
  const around = text.slice(Math.max(0, end - 4), end) + text.slice(start, start + 4);
  return !ASCII.test(around) && around.search(UNSPACED) !== -1;
}

function addCompound(compound: readonly (readonly Run[])[], words: Word[]): void {
  const [only] = compound;
  if (only === undefined) return;
  if (compound.length === 1) {
    words.push(gluedWord(only));
    return;
  }
  const parts = compound.map(gluedWord);
  const whole = parts.map((part) => part.text).join('');
  const fits = parts.length <= LONGEST_COMPOUND && whole.length <= LONGEST_WORD;
  for (const part of parts) words.push(fits ? { ...part, forms: [...part.forms, whole] } : part);
}

const NO_FORMS: readonly string[] = [];

function gluedWord(runs: readonly Run[]): Word {
  const [first] = runs;
  const last = runs.at(-1);
  if (first === undefined || last === undefined) throw new Error('a word has at least one run');
  if (runs.length === 1) return { text: first.text, start: first.start, end: first.end, forms: NO_FORMS };
  const text = cut(runs.map((run) => run.text).join(''));
  const parts = CONTRACTED.test(last.text) ? [] : runs.map((run) => run.text);
  return { text, start: first.start, end: last.end, forms: parts.filter((part) => part.length >= 3) };
}
