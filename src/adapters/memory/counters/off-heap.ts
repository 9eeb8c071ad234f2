/**
 * So many bytes outside of the JavaScript heap, all zero. Shared, though with nobody: V8 counts other buffers as pressure on its heap, and
 * collects all of it for each 64 MB of them.
 */
export function offHeap(bytes: number): SharedArrayBuffer {
  return new SharedArrayBuffer(bytes);
}
