/** What GoCardless's documentation leaves open and the connector relies on. */
import { keepFacts, reading, writing } from '../kit/checking/facts.ts';

export const facts = keepFacts('GoCardless', {
  'payment-key': writing.needed(
    'A new payment is in its customer’s list at once, with its metadata.',
    'Nothing is charged, since a charge could be repeated.',
  ),
  'new-mandate': reading.useful(
    'A mandate that is not active yet can be charged: it has a next possible charge date.',
    'The first charge of a new mandate is rejected until the mandate is active.',
  ),
});

export type FactId = keyof typeof facts.rows;
