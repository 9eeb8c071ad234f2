import { isCall } from './is-call.ts';

/** What calls were answered, by operation and arguments. Answers are copied in and out, as a store would. */
export interface Answers {
  keep(operation: string, args: readonly unknown[], answer: unknown): void;
  /** `undefined` when there was none; an answer of `undefined` is one. */
  last(operation: string, args: readonly unknown[]): { readonly answer: unknown } | undefined;
}

export function createAnswers(): Answers {
  const answers = new Map<string, { readonly answer: unknown }>();
  return {
    keep: (operation, args, answer) => answers.set(keyOf(operation, args), structuredClone({ answer })),
    last: (operation, args) => structuredClone(answers.get(keyOf(operation, args))),
  };
}

/** Without the call, which differs from one to the next. */
function keyOf(operation: string, args: readonly unknown[]): string {
  return JSON.stringify([operation, ...args.filter((arg) => !isCall(arg))]);
}
