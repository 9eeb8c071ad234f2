/**
 * Stores and this instance reckon in milliseconds that begin at different fractions of one, so a wait may be over by up to so much
 * sooner than it looks from here.
 */
export const GRAIN_MS = 1;
