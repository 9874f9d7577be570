import type { Readable, Writable } from 'node:stream';
import * as prompts from '@clack/prompts';
import { KindError } from '../../../domain/errors.ts';
import { plainText } from '../../../reports/format/plain-text.ts';
import { wrapWords } from '../../output/wrap.ts';
import type { Asker, Choice } from './asker.ts';

/** From this many choices on, typing searches among them. */
const searchFrom = 8;
const rowsMax = 12;

/** Asks at the terminal, on standard error: standard output is for the answer. */
export function createTerminalAsker(
  input: Readable,
  output: Writable & { columns?: number },
): Asker {
  const place = { input, output };
  // The library's own bar and two spaces stand before each line.
  const wrapped = (text: string) => wrapWords(text, (output.columns ?? 80) - 4);
  const titled = (text: string) => wrapped(text).join(`\n${prompts.S_BAR}  `);
  const shown = ({ value, label, hint }: Choice) => ({
    value,
    label: plainText(label),
    ...(hint === undefined ? {} : { hint: plainText(hint) }),
  });
  return {
    say: (text) =>
      prompts.log.message(
        text.split('\n').flatMap((line) => wrapped(plainText(line))),
        place,
      ),
    text: async ({ message, initial, placeholder, faultOf }) => {
      const answer = await prompts.text({
        ...place,
        message: titled(message),
        ...(initial === undefined ? {} : { initialValue: initial }),
        ...(placeholder === undefined ? {} : { placeholder }),
        validate: (text) => faultOf?.((text ?? '').trim()) ?? undefined,
      });
      return answered(answer).trim();
    },
    secret: async ({ message, faultOf }) => {
      const validate = (text: string | undefined) => faultOf?.((text ?? '').trim()) ?? undefined;
      return answered(
        await prompts.password({ ...place, message: titled(message), validate }),
      ).trim();
    },
    pick: async ({ message, choices, initial }) => {
      const options = choices.map(shown);
      const first = initial === undefined ? {} : { initialValue: initial };
      const question = { ...place, options, ...first, maxItems: rowsMax };
      // A short list wraps its title itself.
      const answer =
        choices.length < searchFrom
          ? await prompts.select({ ...question, message })
          : await prompts.autocomplete({ ...question, message: titled(message) });
      return answered(answer);
    },
    pickMany: async ({ message, choices, initial, isRequired }) => {
      const options = choices.map(shown);
      const answer = await prompts.autocompleteMultiselect({
        ...place,
        message: titled(message),
        options,
        required: isRequired,
        maxItems: rowsMax,
        initialValues: [...initial],
        placeholder: 'type a part of the name',
      });
      return answered(answer);
    },
  };
}

function answered<Value>(answer: Value | typeof prompts.CANCEL_SYMBOL): Value {
  if (!prompts.isCancel(answer)) return answer as Value;
  throw new KindError('config', 'Cancelled; nothing was written.');
}
