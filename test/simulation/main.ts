/** `npm run simulate -- --seeds N --json`; `--seed S` plays one again; `--store postgres://…` on a server. */
import { parseArgs } from 'node:util';
import { playSeed } from './play-seed.ts';
import { seedsFrom, tally } from './tally.ts';

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '200' },
    from: { type: 'string', default: '1' },
    seed: { type: 'string' },
    store: { type: 'string' },
    json: { type: 'boolean', default: false },
  },
});

const first = Number(values.seed ?? values.from);
const count = values.seed === undefined ? Number(values.seeds) : 1;
if (!Number.isInteger(first) || !Number.isInteger(count) || count < 1) {
  process.stderr.write('--seeds, --from and --seed take whole numbers.\n');
  process.exit(2);
}

const result = await tally(
  seedsFrom(first, count),
  (seed) => playSeed(seed, null, values.store ?? null),
  (outcome) => {
    if (outcome.violation === null) return;
    const { seed, style, detail } = outcome.violation;
    process.stderr.write(`seed ${seed} (${style}): ${detail}\n`);
  },
);
process.stdout.write(`${JSON.stringify(result, null, values.json ? 0 : 2)}\n`);
process.exitCode = result.violations === 0 ? 0 : 1;
