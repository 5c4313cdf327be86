/** Loaded before the program: has pages throw or end its process where they are parsed, as a fault that nobody knows of would. */
import { Tokenizer } from 'parse5';

export const THROWS = '<!-- the parser throws -->';
export const KILLS = '<!-- the parser ends its process -->';

const { write } = Tokenizer.prototype;
Tokenizer.prototype.write = function (chunk, ...rest) {
  if (chunk.includes(THROWS)) throw new TypeError('nobody thought of it');
  if (chunk.includes(KILLS)) process.kill(process.pid, 'SIGKILL');
  write.call(this, chunk, ...rest);
};
