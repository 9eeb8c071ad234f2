import type { Variant } from '../house/variant.ts';

/** A writer leaves no mark as long as its instance knows the phase to be `off`: it does not look at the record itself. */
export const flagFlipWithoutFence: Variant = { marksByView: true };
