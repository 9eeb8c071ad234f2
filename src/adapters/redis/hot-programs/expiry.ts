/**
 * So much later than it expires Redis drops what is kept. Until then readers are told `expired`; and should the server's clock be
 * ahead of ours, nothing goes too early.
 */
const KEPT_AFTER_MS = 60_000;

/** Whole milliseconds that Lua's numbers hold; 0 stands for never. */
export function expiryOf(nowMs: number, ttlMs: number | undefined): number {
  return ttlMs === undefined ? 0 : Math.min(Math.ceil(nowMs + ttlMs), Number.MAX_SAFE_INTEGER);
}

/** When Redis may drop what expires then. */
export function droppedAt(expiresAtMs: number): number {
  return expiresAtMs === 0 ? 0 : expiresAtMs + KEPT_AFTER_MS;
}
