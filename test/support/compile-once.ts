/**
 * Imported where one process plays many runs: each compiles all templates of messages anew, which is a tenth of its
 * time. A text that was compiled before is the same function again.
 */
import { Eta } from 'eta';

const compiled = new Map<string, ReturnType<Eta['compile']>>();
const { compile } = Eta.prototype;

Eta.prototype.compile = function (text, options) {
  const asked = JSON.stringify([this.config, options, text]);
  const known = compiled.get(asked) ?? compile.call(this, text, options);
  compiled.set(asked, known);
  return known;
};
