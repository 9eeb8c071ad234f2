import { describe, expect, it } from 'vitest';
import { CANARY_PROGRAM_ID } from '../../../src/domain/migration/canary-values.ts';
import { isId, RESERVED_PROGRAM_IDS } from '../../../src/domain/program/program.ts';

describe('the trial copy of a program', () => {
  it('has an id that stores take for one, and that no program can have', () => {
    expect(isId(CANARY_PROGRAM_ID)).toBe(true);
    expect(RESERVED_PROGRAM_IDS.has(CANARY_PROGRAM_ID)).toBe(true);
  });
});
