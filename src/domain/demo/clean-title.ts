/** What each byte from 0x80 on means in Mac OS Roman (Apple's ROMAN.TXT; 0xF0, the Apple logo, never occurs). */
const MAC_ROMAN =
  'ÄÅÇÉÑÖÜáàâäãåçéèêëíìîïñóòôöõúùûü†°¢£§•¶ß®©™´¨≠ÆØ∞±≤≥¥µ∂∑∏π∫ªºΩæø¿¡¬√ƒ≈∆«»…\u00a0ÀÃÕŒœ–—“”‘’÷◊ÿŸ⁄€‹›ﬁﬂ‡·‚„‰ÂÊÁËÈÍÎÏÌÓÔ\uf8ffÒÚÛÙıˆ˜¯˘˙˚¸˝˛ˇ';
const FIRST_HIGH_BYTE = 0x80;
const windows1252 = new TextDecoder('windows-1252');

const TRAILING_ARTICLE = /^(.+), (The|A|An|Le|La|Les|Il|El|Der|Die|Das)$/;
const TRAILING_YEAR = / \((?:19|20)\d\d\)$/;

/**
 * A title as it is written on the poster, or `undefined` when there is none. Numbers become text (`1941`), an article
 * that was moved to the end for sorting goes back to the front, a year that tells namesakes apart goes.
 */
export function cleanTitle(value: unknown): string | undefined {
  if (typeof value !== 'string' && typeof value !== 'number') return undefined;
  const title = repairEncoding(String(value)).replace(/\s+/g, ' ').trim().replace(TRAILING_YEAR, '');
  return title === '' ? undefined : title.replace(TRAILING_ARTICLE, '$2 $1');
}

/**
 * Undoes the one encoding mistake of the data: Windows-1252 bytes that were read as Mac OS Roman, so that `é` shows as `È`.
 * A text with a character that Mac OS Roman does not have was never read so, and stays.
 */
function repairEncoding(text: string): string {
  const bytes = Array.from(text, macRomanByte);
  return bytes.includes(-1) ? text : windows1252.decode(Uint8Array.from(bytes));
}

/** -1 for a character that Mac OS Roman does not have. */
function macRomanByte(character: string): number {
  const code = character.charCodeAt(0);
  if (code < FIRST_HIGH_BYTE) return code;
  const index = MAC_ROMAN.indexOf(character);
  return index === -1 ? -1 : FIRST_HIGH_BYTE + index;
}
