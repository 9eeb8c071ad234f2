import { CommandError } from './command-error.ts';
import { EXIT } from './exit-codes.ts';
import { unreachableReason } from './failures.ts';

/** A running service, by its address. */
export interface HttpService {
  readonly url: URL;
  /** Asks for a path below the address. @throws {CommandError} where nothing answers or the answer is no success. */
  request(path: string, options: RequestInit): Promise<Response>;
}

const MAX_PROBLEM_CHARS = 500;

/** @throws {CommandError} where the text is no http address. */
export function createHttpService(address: string): HttpService {
  const url = URL.parse(address.endsWith('/') ? address : `${address}/`);
  if (url === null || !/^https?:$/.test(url.protocol)) {
    throw new CommandError(
      EXIT.usage,
      `--url must be an http or https address such as http://127.0.0.1:3000, was ${address}`,
    );
  }
  return {
    url,
    async request(path, options) {
      const response = await reached(url, () => fetch(new URL(path, url), options));
      if (response.ok) return response;
      const exitCode = response.status === 503 || response.status === 504 ? EXIT.unreachable : EXIT.error;
      throw new CommandError(
        exitCode,
        `${url.origin} answers ${response.status}: ${await problemOf(response)}`,
      );
    },
  };
}

/** Gives an error of the network the address in its message. */
export async function reached<Result>(url: URL, ask: () => Promise<Result>): Promise<Result> {
  try {
    return await ask();
  } catch (error) {
    throw withAddress(url, error);
  }
}

function withAddress(url: URL, cause: unknown): unknown {
  const reason = unreachableReason(cause) ?? fetchReason(cause);
  if (reason === undefined) return cause;
  const message = `the service at ${url.origin} can not be reached: ${reason}`;
  return new CommandError(EXIT.unreachable, message, { cause });
}

/** `fetch` says why only in the cause of its TypeError. */
function fetchReason(error: unknown): string | undefined {
  return error instanceof TypeError && error.cause instanceof Error ? error.cause.message : undefined;
}

/** What a problem document (RFC 9457) says. */
async function problemOf(response: Response): Promise<string> {
  const text = await response.text();
  const problem = parsed(text);
  const message = problem?.detail ?? problem?.title ?? text;
  return (message || response.statusText).slice(0, MAX_PROBLEM_CHARS);
}

function parsed(text: string): { readonly detail?: string; readonly title?: string } | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}
