import type { Ratio } from './ratio.ts';

/** In Markdown, with what was missed. */
export function tableOf(ratios: readonly Ratio[]): string {
  const rows = ratios.map(({ name, clients, wall, processor, aim, met, note }) => {
    const measured = aim === null ? '' : `${aim}, ${met ? 'met' : '**missed**'}`;
    const verdict = wall === null ? 'not measured' : measured;
    return `| ${[name, clients ?? '', processor ?? '', wall ?? '', verdict, note].join(' | ')} |`;
  });
  const head = '| what | clients | processor | wall | target | of the processor |';
  return [head, '| --- | --- | --- | --- | --- | --- |', ...rows].join('\n');
}
