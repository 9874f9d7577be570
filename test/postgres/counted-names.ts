/**
 * Plays seeds on a database and prints what each one's ledgers come to. The names of runs are random, and
 * the chains cover them: here they are counted, each length by itself.
 */
import crypto from 'node:crypto';
import { syncBuiltinESMExports } from 'node:module';

const counts = new Map<number, number>();
crypto.randomBytes = ((size: number) => {
  const count = (counts.get(size) ?? 0) + 1;
  counts.set(size, count);
  const bytes = Buffer.alloc(size);
  bytes.writeUIntBE(count, 0, Math.min(size, 6));
  return bytes;
}) as typeof crypto.randomBytes;
syncBuiltinESMExports();

const { playSeed } = await import('../simulation/play-seed.ts');
const [server = '', ...seeds] = process.argv.slice(2);
for (const seed of seeds.map(Number)) {
  counts.clear();
  const { ledger, violation, faults } = await playSeed(seed, null, server === '' ? null : server);
  process.stdout.write(`${JSON.stringify({ seed, ledger, violation, faults: [...faults] })}\n`);
}
