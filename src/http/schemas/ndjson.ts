import { Type } from 'typebox';

const LINE =
  '{"programId":"blade-runner-1982","title":"Blade Runner","contentType":"movie","category":"Science Fiction","language":"en"}\n';

/** Programs as lines: read and written as a stream, so nothing validates it as a whole. */
export const ProgramLines = Type.Unsafe<string>({
  $id: 'ProgramLines',
  type: 'string',
  description: 'NDJSON: on each line a `ProgramInput` with its `programId`.',
  examples: [LINE],
});
