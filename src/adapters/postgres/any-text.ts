/**
 * `text` of Postgres holds neither NUL nor a lone surrogate, and keys that a copy answers may have them. Both are written
 * as U+0001 and four digits, and so is U+0001 itself; NUL stays before all others in the order of the `C` collation.
 */
const ESCAPE = '\u0001';

export function toStorableText(text: string): string {
  return text.replace(/[\p{Cc}\p{Cs}]/gu, (character) =>
    character > ESCAPE && character.isWellFormed()
      ? character
      : ESCAPE + character.charCodeAt(0).toString(16).padStart(4, '0'),
  );
}

export function fromStorableText(stored: string): string {
  const [first = '', ...escaped] = stored.split(ESCAPE);
  const rest = escaped.map(
    (part) => String.fromCharCode(Number.parseInt(part.slice(0, 4), 16)) + part.slice(4),
  );
  return first + rest.join('');
}
