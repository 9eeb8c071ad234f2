import type { Call } from '../../ports/call.ts';
import type { ProgramCatalog } from '../../ports/program-catalog.ts';
import type { ProgramDraft } from './program.ts';
import { toDraft } from './program.ts';

const PAGE = 500;

/** Walks the catalogue by id. A program written while the walk goes on appears as it is when its page is read. */
export async function* exportPrograms(
  catalog: Pick<ProgramCatalog, 'scan'>,
  call: Call,
): AsyncGenerator<Required<ProgramDraft>> {
  let after: string | undefined;
  do {
    const page = await catalog.scan(after, PAGE, call);
    for (const program of page) yield toDraft(program);
    after = page.at(-1)?.programId;
  } while (after !== undefined);
}
