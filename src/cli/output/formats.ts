import { extname } from 'node:path';
import { type Command, Option } from 'commander';
import { KindError } from '../../domain/errors.ts';

/** `usual`: the form where neither an option nor the name of a file says one. */
export function addFormatOptions(
  command: Command,
  formats: readonly string[],
  usual = 'text',
): Command {
  return command
    .addOption(
      new Option(
        '--format <format>',
        `default: by the name of the file, else ${usual}; json with --json`,
      ).choices(formats),
    )
    .option('--out <file>', 'write to the file instead of standard output');
}

interface Asked<Format> {
  format?: Format;
  out?: string;
}

/** The form of an answer. Throws `config` for one that cannot be printed. */
export function chooseFormat<Format extends string>(
  { format: asked, out }: Asked<Format>,
  formats: readonly Format[],
  { isJson, usual }: { isJson: boolean; usual: Format },
): Format {
  const ending = out === undefined ? '' : extname(out).slice(1).toLowerCase();
  const named = out === undefined && isJson ? 'json' : ending.replace('txt', 'text');
  const format = asked ?? formats.find((one) => one === named) ?? usual;
  if (out !== undefined) return format;
  if (isJson && format !== 'json') {
    throw new KindError('config', `--json and --format ${format} contradict each other.`, {
      fix: 'Use only one of them, or write to a file with --out.',
    });
  }
  if (format === 'pdf') {
    throw new KindError('config', 'A PDF is written to a file.', { fix: 'Add --out FILE.' });
  }
  return format;
}
