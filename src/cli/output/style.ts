import { styleText } from 'node:util';
import type { CliDeps } from '../deps.ts';

export type Style = 'bold' | 'dim' | 'red' | 'yellow' | 'green';

/** Colours text on a terminal, except with NO_COLOR: https://no-color.org */
export type Paint = (style: Style, text: string) => string;

export function painter(deps: CliDeps, stream: 'out' | 'err'): Paint {
  const isTerminal = stream === 'out' ? deps.isOutTerminal : deps.isErrTerminal;
  const isColoured = isTerminal && !deps.env.NO_COLOR;
  return (style, text) => (isColoured ? styleText(style, text, { validateStream: false }) : text);
}
