import type { Fault } from '../domain/errors.ts';
import type { ProblemCode } from './problem-kinds.ts';
import { problemKind, problemType } from './problem-kinds.ts';

/** One thing wrong with a request: {@link Fault}, and the part of the request that has it. */
export interface RequestFault extends Fault {
  readonly in?: RequestPart;
}

export type RequestPart = 'path' | 'query' | 'header' | 'body';

interface HttpProblemOptions extends ErrorOptions {
  readonly headers?: Readonly<Record<string, string>>;
  readonly faults?: readonly RequestFault[];
  readonly blockers?: readonly string[];
  readonly violatedPolicies?: readonly string[];
}

/** A failing answer that the HTTP side decides by itself. `message` is shown to the client. */
export class HttpProblem extends Error {
  readonly code: ProblemCode;
  readonly headers: Readonly<Record<string, string>>;
  readonly faults: readonly RequestFault[] | undefined;
  /** What stands in the way of a step of a migration. */
  readonly blockers: readonly string[] | undefined;
  /** Names of the rate-limit policies that deny. */
  readonly violatedPolicies: readonly string[] | undefined;

  constructor(code: ProblemCode, message: string, options: HttpProblemOptions = {}) {
    super(message, options);
    this.name = 'HttpProblem';
    this.code = code;
    this.headers = options.headers ?? {};
    this.faults = options.faults;
    this.blockers = options.blockers;
    this.violatedPolicies = options.violatedPolicies;
  }
}

/** The faults of one part of a request as a problem. */
export function validationProblem(faults: readonly RequestFault[]): HttpProblem {
  const message = faults.map(({ path, message }) => `${path || '/'} ${message}`).join('; ');
  return new HttpProblem('validation-failed', message, { faults });
}

/** The body of a failing answer (RFC 9457). */
export interface ProblemBody {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly instance: string;
  readonly code: ProblemCode;
  readonly requestId: string;
  readonly errors?: readonly RequestFault[];
  readonly blockers?: readonly string[];
  readonly 'violated-policies'?: readonly string[];
}

interface Occurrence {
  readonly detail: string;
  /** The address that was asked for. Its query is left out: it may carry what belongs in no log. */
  readonly url: string;
  readonly requestId: string;
  readonly faults?: readonly RequestFault[] | undefined;
  readonly blockers?: readonly string[] | undefined;
  readonly violatedPolicies?: readonly string[] | undefined;
}

const MAX_INSTANCE = 2000;

export function problemBody(code: ProblemCode, occurrence: Occurrence): ProblemBody {
  const { detail, url, requestId, faults, blockers, violatedPolicies } = occurrence;
  const { status, title } = problemKind(code);
  return {
    type: problemType(code),
    title,
    status,
    detail,
    instance: (url.split('?', 1)[0] ?? '').slice(0, MAX_INSTANCE),
    code,
    requestId,
    ...(faults !== undefined && { errors: faults }),
    ...(blockers !== undefined && { blockers }),
    ...(violatedPolicies !== undefined && { 'violated-policies': violatedPolicies }),
  };
}
