/** Works on one key one after the other, on different keys side by side: within this process. */

/** @returns what the work gives, or its error; the next one of the key begins either way */
type InTurn = <T>(key: string, work: () => Promise<T>) => Promise<T>;

/** Lets one work at a time do with a key what it likes, in the order in which they came. */
export function openTurns(): InTurn {
  const last = new Map<string, Promise<unknown>>();
  return (key, work) => {
    const mine = (last.get(key) ?? Promise.resolve()).then(work);
    const ended = mine
      .catch(() => {}) // the caller gets the error; the next one starts afresh
      .then(() => {
        if (last.get(key) === ended) last.delete(key);
      });
    last.set(key, ended);
    return mine;
  };
}
