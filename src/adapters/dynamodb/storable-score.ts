/** Numbers of DynamoDB end at 1e-130 (Developer Guide, "Supported data types"), and a write of a smaller one is refused. */
const SMALLEST_NUMBER = 1e-130;

/** A score of 0 and up as a number attribute can hold it: what lies below the numbers of DynamoDB is 0 there. */
export function storableScore(popularityScore: number): number {
  return popularityScore < SMALLEST_NUMBER ? 0 : popularityScore;
}
