import { existsSync } from 'node:fs';
import { relative } from 'node:path';
import type { Command } from 'commander';
import { KindError } from '../../../domain/errors.ts';
import { locales } from '../../../domain/format.ts';
import { plainJson, plainText } from '../../../reports/format/plain-text.ts';
import { createFiles, type WrittenFiles } from '../../../service/setup/create-files.ts';
import { choosePlace, guessPlace } from '../../../service/setup/guess-place.ts';
import { type ListedProduct, readProducts } from '../../../service/setup/products.ts';
import { startDraft } from '../../../service/setup/start-draft.ts';
import { counted } from '../../../service/status/words.ts';
import type { CliDeps } from '../../deps.ts';
import { type Cli, usualConfig } from '../../scope.ts';
import { addAddingCommands } from './add.ts';
import { askConnection, askVendor } from './ask-connection.ts';
import { askOffer, askProduct } from './ask-offer.ts';
import {
  askClients,
  askExcluded,
  type Connected,
  readExcluded,
  workTypeNames,
} from './ask-terms.ts';
import type { Asker } from './asker.ts';
import { addCallbacksCommand } from './callbacks.ts';
import { addClientFlags, addConnectionFlags, type GlobalFlags, openAsker } from './flags.ts';
import { refuseMissing } from './missing.ts';
import { review } from './review.ts';

/** Questions for one PSA at most, where no answer has to be corrected. */
export const questionsMax = 10;

export function defineInit(init: Command, cli: Cli): void {
  addAddingCommands(init, cli);
  addCallbacksCommand(init, cli);
  addClientFlags(addConnectionFlags(init))
    .option('--exclude <types>', 'work types that are never debited, separated by commas')
    .option('--offer <hours@rate>', 'the block that you sell: 10@120')
    .option('--product <product>', 'its product in the PSA')
    .option('--timezone <zone>', 'IANA time zone (default: this machine’s)')
    .option('--currency <code>', 'ISO 4217 code (default: by the time zone)')
    .option('--locale <language>', `${locales.join(', ')} (default: this machine’s)`)
    .option('--force', 'replace a config file that is there')
    .action(async (_options: unknown, command: Command) => {
      const flags = command.optsWithGlobals<GlobalFlags>();
      cli.exitCode = await runInit(cli.deps, flags);
    });
}

async function runInit(deps: CliDeps, flags: GlobalFlags): Promise<number> {
  const file = flags.config ?? usualConfig;
  const opened = await openAsker(deps, flags);
  const asker = opened === null ? null : countQuestions(opened);
  await refuseOverwriting(file, flags, asker);
  const guessed = choosePlace(flags, guessPlace());
  const vendor = await askVendor(deps, asker, flags.vendor, true);
  const name = flags.connection ?? 'psa';
  const { set = new Map(), secret = new Map() } = flags;
  const draft = startDraft({ file, env: deps.env, vendor, name, isSending: true, set, secret });
  if (asker === null) refuseMissing(draft, flags, guessed);
  const { signal } = deps;
  const signedIn = await askConnection(draft, { asker, place: guessed, signal });
  const connected = { ...signedIn, draft, place: guessed, signal };
  const written = await askTerms(connected, { deps, file, flags, asker });
  if (written === null) {
    deps.err('Cancelled; nothing was written.\n');
    return 2;
  }
  return 0;
}

type CountingAsker = Asker & { asked(): number };

interface Terms {
  deps: CliDeps;
  file: string;
  flags: GlobalFlags;
  asker: CountingAsker | null;
}

async function askTerms(
  connected: Connected,
  { deps, file, flags, asker }: Terms,
): Promise<WrittenFiles | null> {
  const { draft, offered } = connected;
  const names = workTypeNames(offered);
  let excluded: readonly string[] = readExcluded(names, flags.exclude);
  // Offer, clients and the review are still to come; the review can change product and work types.
  const room = asker === null ? 0 : questionsMax - asker.asked() - 3;
  const products = asker === null ? [] : await offeredProducts(connected, flags, asker);
  const asksProduct = products.length > 0 && room > 0;
  const hasRoom = asker !== null && room > Number(asksProduct);
  if (hasRoom && flags.exclude === undefined && names !== null && names.length > 0) {
    excluded = await askExcluded(asker, names, excluded);
  }
  const sold = await askOffer(connected, flags, asker, { products, asksProduct });
  const clients = await askClients(offered.clients, flags.clients, asker);
  const guesses = {
    place: connected.place,
    workTypeNames: names,
    excluded,
    takesBlocks: flags.openingBlocks,
    product: sold.product,
  };
  const pickProduct =
    asker === null || products.length === 0
      ? null
      : () => askProduct(connected, asker, sold, products);
  const isReviewed = asker !== null && flags.yes !== true;
  const reviewed = isReviewed
    ? await review(asker, guesses, { file, clients, pickProduct })
    : guesses;
  if (reviewed === null) return null;
  const { place, takesBlocks, product } = reviewed;
  const offer = { ...sold, product };
  const covered = (names ?? []).filter((one) => !reviewed.excluded.includes(one));
  const workTypes =
    names === null || names.length === 0 ? null : { covered, excluded: reviewed.excluded };
  const answers = { file, draft, place, offer, workTypes, clients, takesBlocks };
  const written = createFiles(answers, deps.env);
  report(deps, flags, { written, file, vendor: draft.vendor.title, clients, takesBlocks });
  return written;
}

/** Asked of the PSA where no flag names one. */
async function offeredProducts(
  { connector, signal }: Connected,
  { product }: GlobalFlags,
  asker: Asker,
): Promise<readonly ListedProduct[]> {
  if (product !== undefined) return [];
  const { products, problem } = await readProducts(connector, signal);
  if (problem !== null) asker.say(problem);
  return products;
}

async function refuseOverwriting(
  file: string,
  { force }: GlobalFlags,
  asker: Asker | null,
): Promise<void> {
  if (force === true || !existsSync(file)) return;
  const fix = 'To replace it: --force. To add to it: `init client` or `init connection`.';
  const refusal = new KindError('config', `${file} is there already; nothing was written.`, {
    fix,
  });
  if (asker === null) throw refusal;
  const answer = await asker.pick({
    message: `${file} is there already.`,
    choices: [
      { value: 'keep', label: 'Keep it', hint: '`init client` and `init connection` add to it' },
      { value: 'replace', label: 'Replace it once all questions are answered' },
    ],
    initial: 'keep',
  });
  if (answer !== 'replace') throw refusal;
}

function countQuestions(asker: Asker): CountingAsker {
  let count = 0;
  const counted =
    <Question, Answer>(ask: (question: Question) => Promise<Answer>) =>
    (question: Question): Promise<Answer> => {
      count += 1;
      return ask(question);
    };
  return {
    say: (text) => asker.say(text),
    text: counted((question) => asker.text(question)),
    secret: counted((question) => asker.secret(question)),
    pick: counted((question) => asker.pick(question)),
    pickMany: counted((question) => asker.pickMany(question)),
    asked: () => count,
  };
}

interface Outcome {
  written: WrittenFiles;
  file: string;
  vendor: string;
  clients: readonly { id: string; name: string; native: readonly unknown[] }[];
  takesBlocks: boolean;
}

function report(
  deps: CliDeps,
  flags: GlobalFlags,
  { written, file, vendor, clients, takesBlocks }: Outcome,
): void {
  const { secretsFile, secretNames } = written;
  if (flags.json === true) {
    const listed = clients.map(({ id, name }) => ({ id, name }));
    deps.out(`${plainJson({ ...written, mode: 'observe', clients: listed })}\n`);
    return;
  }
  const owning = clients.filter(({ native }) => native.length > 0).length;
  const option = flags.config === undefined ? '' : ` --config ${file}`;
  const lines = [
    `Wrote ${file}: ${vendor}, ${counted(clients.length, 'client')}; observe mode.`,
    ...(secretsFile === null
      ? []
      : [`Wrote ${relative('', secretsFile)} (mode 600): ${secretNames.join(', ')}.`]),
    ...(owning > 0 && takesBlocks
      ? [
          `Opening blocks: what the PSA’s own blocks had left, of ${counted(owning, 'client')}.`,
          'End those blocks in the PSA before you go live: both would debit the same hour.',
        ]
      : []),
    'Next:',
    ...['check', 'run', 'balances'].map((command) => `  prepaid-hours ${command}${option}`),
  ];
  deps.out(`${lines.map(plainText).join('\n')}\n`);
}
