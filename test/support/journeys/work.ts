import type { Answer, Answered, JourneyClient } from './client.ts';
import type { Dice } from './dice.ts';
import type { Ledger, Seen } from './ledger.ts';

/** What a writer or a reader works with. */
export interface Work extends Pick<Notes, 'note' | 'isOne'> {
  readonly client: JourneyClient;
  readonly dice: Dice;
  readonly programs: Ledger;
  readonly documents: Ledger;
  readonly withDocuments: boolean;
}

export interface Notes {
  readonly faults: readonly string[];
  note(fault: string | undefined): void;
  /** Whether an answer is one of these; what else it is, is noted. */
  isOne(request: string, answer: Answer, statuses: readonly number[]): answer is Answered;
}

const MOST_FAULTS = 20;

export function createNotes(name: string, isAllowed: (answer: Answered) => boolean = () => false): Notes {
  const faults: string[] = [];
  const note = (fault: string | undefined): void => {
    if (fault !== undefined && faults.length < MOST_FAULTS) faults.push(`${name}: ${fault}`);
  };
  return {
    faults,
    note,
    isOne(request, answer, statuses): answer is Answered {
      if (answer.outcome === 'lost') return false;
      if (statuses.includes(answer.status)) return true;
      const { status, body } = answer;
      if (!isAllowed(answer)) note(`${request} answered ${status} ${JSON.stringify(body)}`);
      return false;
    },
  };
}

export function seenOf({ body, status }: Answered): Seen {
  return status === 404 ? undefined : (body as Seen);
}
