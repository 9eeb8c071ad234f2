import type { IncomingHttpHeaders } from 'node:http';

// W3C Trace Context, section 3.2: version, trace id, parent id, flags. Version ff and all-zero ids are invalid; a higher
// version may go on after the flags.
const TRACEPARENT = /^(?!ff)([0-9a-f]{2})-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-[0-9a-f]{2}(?:$|-)/;

/** The caller's trace, for log lines to be found by; nothing when the header is absent or not valid. */
export function traceFields(headers: IncomingHttpHeaders): Readonly<Record<string, string>> {
  const given = headers.traceparent;
  const match = typeof given === 'string' && given.length <= 512 ? TRACEPARENT.exec(given) : null;
  if (match === null) return {};
  const [, version, traceId = '', spanId = ''] = match;
  if (version === '00' && given?.length !== 55) return {};
  return { trace_id: traceId, parent_span_id: spanId };
}
