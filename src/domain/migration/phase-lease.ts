/**
 * How long an instance acts on what it read of the control record, from the start of that read; without a newer answer it then
 * takes the catalogue for everything. So whoever changes the phase need not wait for an instance that was silent for longer.
 * Milliseconds.
 */
export const PHASE_LEASE_MS = 5000;
