/** How long something took, for people: `8 s`, `12 min`, `3.5 h`, `2.1 d`. */

export function describeDuration(timeMs: number): string {
  const seconds = timeMs / 1000;
  if (seconds < 90) return `${Math.round(seconds)} s`;
  if (seconds < 90 * 60) return `${Math.round(seconds / 60)} min`;
  if (seconds < 36 * 3600) return `${(seconds / 3600).toFixed(1)} h`;
  return `${(seconds / 86_400).toFixed(1)} d`;
}
