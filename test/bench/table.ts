import type { Ratio } from './ratio.ts';

/** In Markdown, with what was missed. */
export function tableOf(ratios: readonly Ratio[]): string {
  const rows = ratios.map(({ name, clients, wall, processor, aim, met, note }) => {
    const verdict = met === null ? 'not measured' : `${aim}, ${met ? 'met' : '**missed**'}`;
    return `| ${[name, clients ?? '', processor ?? '', wall ?? '', verdict, note].join(' | ')} |`;
  });
  const head = '| what | clients | processor | wall | target | of the processor |';
  return [head, '| --- | --- | --- | --- | --- | --- |', ...rows].join('\n');
}
