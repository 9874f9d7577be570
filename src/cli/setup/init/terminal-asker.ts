import type { Readable, Writable } from 'node:stream';
import * as prompts from '@clack/prompts';
import { KindError } from '../../../domain/errors.ts';
import { plainText } from '../../../reports/format/plain-text.ts';
import type { Asker, Choice } from './asker.ts';

/** From this many choices on, typing searches among them. */
const searchFrom = 8;
const rowsMax = 12;

/** Asks at the terminal, on standard error: standard output is for the answer. */
export function createTerminalAsker(input: Readable, output: Writable): Asker {
  const place = { input, output };
  const shown = ({ value, label, hint }: Choice) => ({
    value,
    label: plainText(label),
    ...(hint === undefined ? {} : { hint: plainText(hint) }),
  });
  return {
    say: (text) => prompts.log.message(text.split('\n').map(plainText), place),
    text: async ({ message, initial, placeholder, faultOf }) => {
      const answer = await prompts.text({
        ...place,
        message,
        ...(initial === undefined ? {} : { initialValue: initial }),
        ...(placeholder === undefined ? {} : { placeholder }),
        validate: (text) => faultOf?.((text ?? '').trim()) ?? undefined,
      });
      return answered(answer).trim();
    },
    secret: async ({ message, faultOf }) => {
      const validate = (text: string | undefined) => faultOf?.((text ?? '').trim()) ?? undefined;
      return answered(await prompts.password({ ...place, message, validate })).trim();
    },
    pick: async ({ message, choices, initial }) => {
      const options = choices.map(shown);
      const first = initial === undefined ? {} : { initialValue: initial };
      const question = { ...place, message, options, ...first, maxItems: rowsMax };
      const ask = choices.length < searchFrom ? prompts.select : prompts.autocomplete;
      return answered(await ask(question));
    },
    pickMany: async ({ message, choices, initial, isRequired }) => {
      const options = choices.map(shown);
      const answer = await prompts.autocompleteMultiselect({
        ...{ ...place, message, options, required: isRequired, maxItems: rowsMax },
        initialValues: [...initial],
        placeholder: 'type to search, Tab or Space to select',
      });
      return answered(answer);
    },
  };
}

function answered<Value>(answer: Value | typeof prompts.CANCEL_SYMBOL): Value {
  if (!prompts.isCancel(answer)) return answer as Value;
  throw new KindError('config', 'Cancelled; nothing was written.');
}
