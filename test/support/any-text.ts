import fc from 'fast-check';

const SURROGATES = { from: 0xd800, count: 0x800 };

/** Any text that is well-formed, character by character: what `unit: 'binary'` gives, which takes a second to set up in each process. */
const anyCharacter = fc
  .integer({ min: 0, max: 0x10ffff - SURROGATES.count })
  .map((at) => String.fromCodePoint(at < SURROGATES.from ? at : at + SURROGATES.count));

export function anyText(
  lengths: Pick<fc.StringConstraints, 'minLength' | 'maxLength'> = {},
): fc.Arbitrary<string> {
  return fc.string({ ...lengths, unit: anyCharacter });
}
