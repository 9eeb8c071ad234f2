import type { PopularFilter, PopularLists } from '../../domain/discovery/popular-lists.ts';
import { DomainError } from '../../domain/errors.ts';
import { popularListName } from '../../domain/migration/hot-lists.ts';
import type { Program } from '../../domain/program/program.ts';
import type { ProgramCard } from '../../domain/program/program-card.ts';
import type { RankedPage, RankedPosition } from '../../domain/ranked-paging.ts';
import type { Call } from '../../ports/call.ts';
import type { HotProgramStore, ListSlice } from '../../ports/hot-program-store.ts';
import type { ProgramCatalog } from '../../ports/program-catalog.ts';
import type { ListReader } from './list-reader.ts';
import type { RecentWrites } from './recent-writes.ts';
import type { VersionedPrograms } from './versioned-programs.ts';

export interface MigratingPopularListsDeps {
  readonly catalogLists: PopularLists;
  readonly hot: Pick<HotProgramStore, 'list'>;
  /** Programs by id, read as the phase says. */
  readonly programs: Pick<ProgramCatalog, 'getMany'>;
  /** Programs that this instance read lately. */
  readonly kept: VersionedPrograms;
  readonly recent: Pick<RecentWrites, 'leastVersion'>;
  readonly readList: ListReader;
  /** A list was asked for: it should be there, and not too old. */
  readonly onAsked: (filter: PopularFilter, slice: ListSlice | undefined) => void;
}

/** Begins the position of a list of the hot store; a saved order of the catalogue begins with the id of its list, a UUID. */
const HOT = 'hot:';

/**
 * Popular lists from the snapshots of the hot store when the phase says so. A snapshot never changes, so its pages have no duplicates
 * and no gaps; the programs themselves are those of now.
 */
export function createMigratingPopularLists(deps: MigratingPopularListsDeps): PopularLists {
  const { catalogLists, hot, readList } = deps;
  return {
    async first(filter, limit, call) {
      const name = popularListName(filter);
      if (name === undefined) return catalogLists.first(filter, limit, call);
      const fromCopy = async (bounded: Call): Promise<ListSlice | undefined> => {
        const slice = await hot.list(name, { offset: 0, limit }, bounded);
        deps.onAsked(filter, slice);
        return slice;
      };
      const fromTruth = () => catalogLists.first(filter, limit, call);
      const list = await readList<ListSlice | RankedPage<Program>>(name, fromCopy, fromTruth, call);
      // Filled afterwards: programs have a guard of their own, and one inside the other would be refused as a second probe.
      return 'snapshotId' in list ? pageOf(deps, name, 0, list, call) : list;
    },
    async later(after, limit, call) {
      const position = hotPosition(after);
      if (position === undefined) return catalogLists.later(after, limit, call);
      const { name, snapshotId, offset } = position;
      const slice = await hot.list(name, { snapshotId, offset, limit }, call);
      if (slice === undefined) throw listIsOver();
      call.onSource?.('hot');
      return await pageOf(deps, name, offset, slice, call);
    },
  };
}

// A program deleted since the snapshot leaves a page shorter; the others keep their places.
async function pageOf(
  { programs, kept, recent }: MigratingPopularListsDeps,
  name: string,
  offset: number,
  { cards, snapshotId, size }: ListSlice,
  call: Call,
): Promise<RankedPage<Program>> {
  const known = (card: ProgramCard) =>
    recent.leastVersion(card.programId) > card.version ? undefined : kept.get(card);
  const unknown = cards.filter((card) => known(card) === undefined).map(({ programId }) => programId);
  const read = new Map(
    (await readAll(programs, unknown, call)).map((program) => [program.programId, program]),
  );
  for (const program of read.values()) kept.keep(program);
  const items = cards.flatMap((card) => read.get(card.programId) ?? known(card) ?? []);
  const end = offset + cards.length;
  return { items, next: end < size && cards.length > 0 ? [`${HOT}${snapshotId}\n${name}`, end] : undefined };
}

// The list was answered by the hot store, wherever single programs of it come from.
async function readAll(
  programs: Pick<ProgramCatalog, 'getMany'>,
  programIds: readonly string[],
  { onSource: _onSource, ...call }: Call,
): Promise<readonly Program[]> {
  return programIds.length === 0 ? [] : programs.getMany(programIds, call);
}

function hotPosition([listId, offset]: RankedPosition) {
  if (!listId.startsWith(HOT)) return undefined;
  const [snapshotId = '', name = ''] = listId.slice(HOT.length).split('\n');
  return { snapshotId, name, offset };
}

function listIsOver(): DomainError {
  return new DomainError(
    'cursor-expired',
    'the list that the cursor belongs to is over: begin again without a cursor',
  );
}
