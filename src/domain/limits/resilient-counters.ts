import type { Call } from '../../ports/call.ts';
import type { CounterRequest, CounterStore, Decision } from '../../ports/counter-store.ts';
import type { StoreErrorRule } from './named-policy.ts';
import type { Replay } from './replay.ts';
import type { Judgement } from './store-trouble.ts';
import {
  isCallersOwn,
  isStoreTrouble,
  judgedByStore,
  judgedLocally,
  letNonePass,
  letPass,
  shareOf,
} from './store-trouble.ts';

/** A request, and who decides when the store can not be asked. */
export interface RuledRequest extends CounterRequest {
  readonly onStoreError: StoreErrorRule;
}

/** Counters that always answer: when the store can not be asked, each request's rule decides, and the judgement says so. */
export interface ResilientCounters {
  /** As {@link CounterStore.consume}. @throws {ValidationFailed}, or the caller's reason: no error of the store. */
  consume(request: RuledRequest, call: Call): Promise<Judgement>;
  /** As {@link CounterStore.peek}. @throws {ValidationFailed}, or the caller's reason: no error of the store. */
  peek(request: RuledRequest, call: Call): Promise<Judgement>;
  /** As {@link CounterStore.consumeAll}. @throws {ValidationFailed}, or the caller's reason: no error of the store. */
  consumeAll(requests: readonly RuledRequest[], call: Call): Promise<readonly Judgement[]>;
  /** As {@link CounterStore.consumeNow}: only where no waiting and no failure can be. */
  consumeNow(requests: readonly RuledRequest[]): readonly Judgement[] | undefined;
  /** As {@link CounterStore.knownDenial}. */
  knownDenial(request: RuledRequest): Judgement | undefined;
  /** As {@link CounterStore.reset}, and of what was counted here. @throws the errors of the store. */
  reset(key: string, call: Call): Promise<void>;
}

export interface ResilientCountersDeps {
  /** Answers within a deadline, and fails at once while it is known to be away. */
  readonly counters: CounterStore;
  /** Counters of this process. */
  readonly local: CounterStore;
  /** How many instances of the service share the limits, this one included. */
  readonly instances: () => number;
  readonly replay: Replay;
  /** Hears of each decision that a rule made. */
  readonly onDegraded: (rule: StoreErrorRule) => void;
  /** Hears of an error that no store is known to have. It is dealt with as one of the store: no request fails by it. */
  readonly onFault: (error: unknown) => void;
}

/** Asks the store, and where that can not be asked, whom the rule of the request names. */
export function createResilientCounters(deps: ResilientCountersDeps): ResilientCounters {
  const { counters, local } = deps;
  return {
    consume: async (request, call) => {
      const ask = async () => [await counters.consume(request, call)];
      return first(await judged(deps, call, ask, () => consumeByRule(deps, [request], call)));
    },
    peek: async (request, call) => {
      const ask = async () => [await counters.peek(request, call)];
      return first(await judged(deps, call, ask, () => judgeByRule(deps, [request], call)));
    },
    consumeAll: (requests, call) => {
      const ask = () => counters.consumeAll(requests, call);
      return judged(deps, call, ask, () => consumeByRule(deps, requests, call));
    },
    consumeNow: (requests) => counters.consumeNow?.(requests)?.map(judgedByStore),
    knownDenial(request) {
      const decision = counters.knownDenial?.(request);
      return decision && judgedByStore(decision);
    },
    async reset(key, call) {
      await local.reset(key, call);
      await counters.reset(key, call);
    },
  };
}

async function judged(
  { replay, onDegraded, onFault }: ResilientCountersDeps,
  call: Call,
  ask: () => Promise<readonly Decision[]>,
  fallBack: () => Promise<readonly Judgement[]>,
): Promise<readonly Judgement[]> {
  let decisions: readonly Decision[];
  try {
    decisions = await ask();
  } catch (error) {
    if (isCallersOwn(error, call)) throw error;
    if (!isStoreTrouble(error)) onFault(error);
    const judgements = await fallBack();
    for (const { decidedBy } of judgements) onDegraded(decidedBy as StoreErrorRule);
    return judgements;
  }
  // What is known here says nothing of the store.
  if (decisions.some(({ decidedBy }) => decidedBy === undefined)) replay.storeAnswered();
  return decisions.map(judgedByStore);
}

/** Takes the units of those that are counted here, when all of the requests pass. */
async function consumeByRule(
  deps: ResilientCountersDeps,
  requests: readonly RuledRequest[],
  call: Call,
): Promise<readonly Judgement[]> {
  const seen = await judgeByRule(deps, requests, call);
  if (!seen.every(({ decision }) => decision.allowed)) return seen;
  const counted = requests.filter(({ onStoreError }) => onStoreError === 'local');
  const taken = await deps.local.consumeAll(
    counted.map((each) => shared(deps, each)),
    call,
  );
  if (!taken.every(({ allowed }) => allowed)) return judgeByRule(deps, requests, call);
  await Promise.all(counted.map((each) => deps.replay.note(each, shared(deps, each).policy, call)));
  const decisions = taken.values();
  return requests.map((request, index) => {
    const judged = request.onStoreError === 'local' ? decisions.next().value : undefined;
    return judged === undefined ? (seen[index] ?? letNonePass()) : judgedHere(deps, request, judged);
  });
}

/** Takes nothing. */
function judgeByRule(
  deps: ResilientCountersDeps,
  requests: readonly RuledRequest[],
  call: Call,
): Promise<readonly Judgement[]> {
  return Promise.all(
    requests.map(async (request) => {
      if (request.onStoreError === 'open') return letPass(request);
      if (request.onStoreError === 'closed') return letNonePass();
      return judgedHere(deps, request, await deps.local.peek(shared(deps, request), call));
    }),
  );
}

function judgedHere(deps: ResilientCountersDeps, request: RuledRequest, decision: Decision): Judgement {
  return judgedLocally(decision, request, shareOf(request.policy.limit, deps.instances()));
}

/** The request under this instance's share. */
function shared({ instances }: ResilientCountersDeps, request: RuledRequest): CounterRequest {
  return { ...request, policy: { ...request.policy, limit: shareOf(request.policy.limit, instances()) } };
}

function first([judgement]: readonly Judgement[]): Judgement {
  if (judgement === undefined) throw new Error('a counter did not answer');
  return judgement;
}
