// How a drifting fact reads at a moment: whole numbers, the same in every language. Pure.

export const UNIT = 3_600_000; // fine units a whole one has: one hour in milliseconds

const floorDivide = (a, b) => (a - (((a % b) + b) % b)) / b;

/** Return the fine value at world time `worldMs`. Before `since` it stands still. */
export function fineAt(drift, worldMs) {
  const { fine, rate, since, low, high } = drift;
  const elapsedMs = worldMs - since;
  if (rate === 0 || elapsedMs <= 0) return fine;
  const end = (rate > 0 ? high : low) * UNIT;
  const way = Math.abs(end - fine) + Math.abs(rate) - 1;
  // Compared before it is multiplied, so that no product leaves 53 bits.
  if (elapsedMs >= floorDivide(way, Math.abs(rate))) return end;
  return fine + rate * elapsedMs;
}

/** Return the whole value at `worldMs`: falling ones are rounded up, all others down. */
export function valueAt(drift, worldMs) {
  const fine = fineAt(drift, worldMs);
  // `+ 0` makes a -0 an ordinary nought.
  return (drift.rate < 0 ? -floorDivide(-fine, UNIT) : floorDivide(fine, UNIT)) + 0;
}

/** Return whether a value as it was sent is a drift. */
export const isDrift = (value) => typeof value === "object" && value !== null && "rate" in value;
/** Return whether a value as it was sent is text that a person wrote. */
export const isText = (value) => typeof value === "object" && value !== null && "ref" in value;
