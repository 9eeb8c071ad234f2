import { describe } from 'vitest';
import { aServer } from '../../support/http.ts';
import { fuzzTheDocument } from './document.contract.ts';

describe('the OpenAPI document as a hostile client reads it, in memory', () => {
  fuzzTheDocument(() => aServer(), 10_000);
});
