const view = new DataView(new ArrayBuffer(8));

/**
 * A place in a category as a text: compared byte by byte, as Redis compares members of equal score, the highest popularity score
 * comes first, and equal ones are ordered by id. It is the score's IEEE 754 bits, which for numbers from 0 up are ordered like the
 * numbers, inverted, in hexadecimal. So a page can begin after any place, however many programs have the same score.
 */
export function rankOf(popularityScore: number): string {
  view.setFloat64(0, popularityScore);
  return inverted(view.getUint32(0)) + inverted(view.getUint32(4));
}

function inverted(bits: number): string {
  return (~bits >>> 0).toString(16).padStart(8, '0');
}
