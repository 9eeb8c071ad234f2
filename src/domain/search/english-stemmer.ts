/**
 * The stem of an English word by the Snowball English algorithm ("Porter2", M. F. Porter, snowballstem.org), which
 * Postgres' `english` configuration uses as well. Takes folded words: lower case, no apostrophes.
 */
export function stemEnglish(word: string): string {
  if (word.length <= 2 || !/^[a-z0-9]+$/.test(word)) return word;
  const exception = EXCEPTIONS.get(word);
  if (exception !== undefined) return exception;
  const marked = markConsonantY(word);
  const regions = regionsOf(marked);
  const plural = withoutPlural(marked);
  if (INVARIANT_AFTER_PLURAL.has(plural)) return plural;
  const steps = [
    withoutPast,
    withVowelY,
    withoutLongSuffix,
    withoutShortSuffix,
    withoutRest,
    withoutLastLetter,
  ];
  return steps.reduce((stem, step) => step(stem, regions), plural).toLowerCase();
}

/** Where the parts of a word begin in which suffixes may go. */
interface Regions {
  readonly r1: number;
  readonly r2: number;
}

const EXCEPTIONS: ReadonlyMap<string, string> = new Map([
  ['skis', 'ski'],
  ['skies', 'sky'],
  ['dying', 'die'],
  ['lying', 'lie'],
  ['tying', 'tie'],
  ['idly', 'idl'],
  ['gently', 'gentl'],
  ['ugly', 'ugli'],
  ['early', 'earli'],
  ['only', 'onli'],
  ['singly', 'singl'],
  ['sky', 'sky'],
  ['news', 'news'],
  ['howe', 'howe'],
  ['atlas', 'atlas'],
  ['cosmos', 'cosmos'],
  ['bias', 'bias'],
  ['andes', 'andes'],
]);
const INVARIANT_AFTER_PLURAL: ReadonlySet<string> = new Set([
  'inning',
  'outing',
  'canning',
  'herring',
  'earring',
  'proceed',
  'exceed',
  'succeed',
]);

// An upper-case Y is a consonant from here on.
function markConsonantY(word: string): string {
  return word.replace(/^y/, 'Y').replace(/([aeiouy])y/g, '$1Y');
}

function regionsOf(word: string): Regions {
  const prefix = /^(?:gener|commun|arsen)/.exec(word);
  const r1 = prefix ? prefix[0].length : afterVowelConsonant(word, 0);
  return { r1, r2: afterVowelConsonant(word, r1) };
}

function afterVowelConsonant(word: string, from: number): number {
  const match = /[aeiouy][^aeiouy]/.exec(word.slice(from));
  return match ? from + match.index + 2 : word.length;
}

function withoutPlural(word: string): string {
  if (word.endsWith('sses')) return word.slice(0, -2);
  if (/ie[ds]$/.test(word)) return word.slice(0, word.length > 4 ? -2 : -1);
  if (/(?:us|ss)$/.test(word) || !word.endsWith('s')) return word;
  return /[aeiouy].+s$/.test(word) ? word.slice(0, -1) : word;
}

function withoutPast(word: string, { r1 }: Regions): string {
  const eed = /(?:eedly|eed)$/.exec(word);
  if (eed) return eed.index >= r1 ? `${word.slice(0, eed.index)}ee` : word;
  const past = /(?:ingly|edly|ing|ed)$/.exec(word);
  if (!past) return word;
  const stem = word.slice(0, past.index);
  return /[aeiouy]/.test(stem) ? mended(stem, r1) : word;
}

function mended(stem: string, r1: number): string {
  if (/(?:at|bl|iz)$/.test(stem)) return `${stem}e`;
  if (/^[aeo](?:bb|dd|ff|gg|mm|nn|pp|rr|tt)$/.test(stem)) return stem;
  if (/(?:bb|dd|ff|gg|mm|nn|pp|rr|tt)$/.test(stem)) return stem.slice(0, -1);
  return r1 >= stem.length && endsInShortSyllable(stem) ? `${stem}e` : stem;
}

function endsInShortSyllable(word: string): boolean {
  return /(?:^[aeiouy][^aeiouy]|[^aeiouy][aeiouy][^aeiouywxY])$/.test(word);
}

function withVowelY(word: string): string {
  return /.[^aeiouy][yY]$/.test(word) ? `${word.slice(0, -1)}i` : word;
}

type Suffixes = readonly (readonly [suffix: string, replacement: string])[];

// The longest first: of those that fit, the longest decides, even when its condition then fails.
const LONG_SUFFIXES: Suffixes = [
  ['ization', 'ize'],
  ['ational', 'ate'],
  ['fulness', 'ful'],
  ['ousness', 'ous'],
  ['iveness', 'ive'],
  ['tional', 'tion'],
  ['biliti', 'ble'],
  ['lessli', 'less'],
  ['entli', 'ent'],
  ['ation', 'ate'],
  ['alism', 'al'],
  ['aliti', 'al'],
  ['ousli', 'ous'],
  ['iviti', 'ive'],
  ['fulli', 'ful'],
  ['enci', 'ence'],
  ['anci', 'ance'],
  ['abli', 'able'],
  ['izer', 'ize'],
  ['ator', 'ate'],
  ['alli', 'al'],
  ['bli', 'ble'],
  ['ogi', 'og'],
  ['li', ''],
];

function withoutLongSuffix(word: string, { r1 }: Regions): string {
  const found = LONG_SUFFIXES.find(([suffix]) => word.endsWith(suffix));
  if (!found) return word;
  const [suffix, replacement] = found;
  const stem = word.slice(0, -suffix.length);
  if (stem.length < r1) return word;
  if (suffix === 'ogi' && !stem.endsWith('l')) return word;
  if (suffix === 'li' && !/[cdeghkmnrt]$/.test(stem)) return word;
  return stem + replacement;
}

const SHORT_SUFFIXES: Suffixes = [
  ['ational', 'ate'],
  ['tional', 'tion'],
  ['alize', 'al'],
  ['icate', 'ic'],
  ['iciti', 'ic'],
  ['ative', ''],
  ['ical', 'ic'],
  ['ness', ''],
  ['ful', ''],
];

function withoutShortSuffix(word: string, { r1, r2 }: Regions): string {
  const found = SHORT_SUFFIXES.find(([suffix]) => word.endsWith(suffix));
  if (!found) return word;
  const [suffix, replacement] = found;
  const at = word.length - suffix.length;
  return at >= (suffix === 'ative' ? r2 : r1) ? word.slice(0, at) + replacement : word;
}

const REST = /(?:ement|ance|ence|able|ible|ment|ant|ent|ism|ate|iti|ous|ive|ize|ion|al|er|ic)$/;

function withoutRest(word: string, { r2 }: Regions): string {
  const rest = REST.exec(word);
  if (!rest || rest.index < r2) return word;
  const stem = word.slice(0, rest.index);
  return rest[0] === 'ion' && !/[st]$/.test(stem) ? word : stem;
}

function withoutLastLetter(word: string, { r1, r2 }: Regions): string {
  const at = word.length - 1;
  if (word.endsWith('e')) {
    const goes = at >= r2 || (at >= r1 && !endsInShortSyllable(word.slice(0, -1)));
    return goes ? word.slice(0, -1) : word;
  }
  return word.endsWith('ll') && at >= r2 ? word.slice(0, -1) : word;
}
