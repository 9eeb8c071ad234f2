import type { CounterStore } from '../../ports/counter-store.ts';

/** The same store, which tells of every answer that is no error. */
export function tellingAnswers(store: CounterStore, onAnswer: () => void): CounterStore {
  const telling = async <Answer>(asked: Promise<Answer>): Promise<Answer> => {
    const answer = await asked;
    onAnswer();
    return answer;
  };
  return {
    consume: (request, call) => telling(store.consume(request, call)),
    peek: (request, call) => telling(store.peek(request, call)),
    consumeAll: (requests, call) => telling(store.consumeAll(requests, call)),
    consumeUpTo: (request, least, call) => telling(store.consumeUpTo(request, least, call)),
    refund: (refund, call) => telling(store.refund(refund, call)),
    block: (key, policy, forMs, call) => telling(store.block(key, policy, forMs, call)),
    reset: (key, call) => telling(store.reset(key, call)),
  };
}
