import { randomUUID } from 'node:crypto';
import type { Call } from '../../../ports/call.ts';
import type { CounterRequest, Decision, Refund } from '../../../ports/counter-store.ts';
import type { Answered, Take } from './taking.ts';

export interface AcrossSlotsDeps {
  readonly take: Take;
  readonly refund: (refund: Refund, call: Call) => Promise<void>;
}

/** Those of one key, with the places of their answers. */
type Group = readonly { readonly place: number; readonly request: CounterRequest }[];

/**
 * Takes the units of all requests, or of none, where keys lie in slots that no script can change together. A look comes first, so
 * that mostly a denial takes nothing from anybody. Then those of each key are taken in turn, in the order of the keys, so that of
 * callers who want the same one gets on; what was taken is given back when a later one is denied or fails, by permits which are made
 * up where the caller has none.
 */
export function createConsumeAcrossSlots(deps: AcrossSlotsDeps) {
  return async (requests: readonly CounterRequest[], call: Call): Promise<readonly Decision[]> => {
    const groups = groupsOf(requests);
    const seen = await lookAtAll(deps, groups, call);
    if (!seen.every(isAllowed)) return seen.map(({ decision }) => decision);
    const answers = [...seen];
    for (const [index, group] of groups.entries()) {
      const taken = await takeGroup(deps, groups.slice(0, index + 1), answers, call);
      for (const [at, { place }] of group.entries()) answers[place] = taken[at] ?? failed();
      if (!taken.every(isAllowed)) return deniedBy(deps, groups, index, answers, call);
    }
    return answers.map(({ decision }) => decision);
  };
}

/** Takes the units of the last group; when that fails, those of all groups go back. */
async function takeGroup(
  deps: AcrossSlotsDeps,
  groups: readonly Group[],
  answers: readonly Answered[],
  call: Call,
): Promise<readonly Answered[]> {
  const group = groups.at(-1) ?? [];
  try {
    return await deps.take(
      'take',
      group.map(({ request }) => request),
      call,
    );
  } catch (error) {
    // The units of this one may have been taken, and the caller may have gone.
    const asked = answers.map((answer) => (answer.units === 'none' ? { ...answer, units: 'taken' } : answer));
    await giveBack(deps, groups, asked as readonly Answered[]).catch(() => undefined);
    throw error;
  }
}

/** Gives back what the groups before took, and answers what there is then. */
async function deniedBy(
  deps: AcrossSlotsDeps,
  groups: readonly Group[],
  index: number,
  answers: readonly Answered[],
  call: Call,
): Promise<readonly Decision[]> {
  await giveBack(deps, groups.slice(0, index), answers);
  const seen = await lookAtAll(deps, groups, call);
  for (const { place } of groups[index] ?? []) seen[place] = answers[place] ?? failed();
  return seen.map(({ decision }) => decision);
}

async function giveBack(
  { refund }: AcrossSlotsDeps,
  groups: readonly Group[],
  answers: readonly Answered[],
): Promise<void> {
  const call = { signal: new AbortController().signal };
  const taken = groups.flat().filter(({ place }) => answers[place]?.units === 'taken');
  const given = await Promise.allSettled(taken.map(({ request }) => refund(request, call)));
  for (const each of given) if (each.status === 'rejected') throw each.reason;
}

async function lookAtAll(
  { take }: AcrossSlotsDeps,
  groups: readonly Group[],
  call: Call,
): Promise<Answered[]> {
  const answers: Answered[] = [];
  const looks = groups.map(async (group) => {
    const requests = group.map(({ request }) => request);
    const found = await take('look', requests, call);
    for (const [at, { place }] of group.entries()) answers[place] = found[at] ?? failed();
  });
  await Promise.all(looks);
  return answers;
}

function groupsOf(requests: readonly CounterRequest[]): readonly Group[] {
  const groups = Map.groupBy(
    requests.map((request, place) => ({
      place,
      request: { ...request, permitId: request.permitId ?? randomUUID(), chargeDenied: false },
    })),
    ({ request }) => request.key,
  );
  return [...groups].toSorted(([one], [other]) => (one < other ? -1 : 1)).map(([, group]) => group);
}

function isAllowed({ decision }: Answered): boolean {
  return decision.allowed;
}

function failed(): Answered {
  throw new Error('a counter did not answer');
}
