/** What MeshCentral's source says of 1.1.55, and another version may do otherwise. */
import { keepFacts, reading } from '../kit/checking/facts.ts';

const rows = {
  'report-range': reading.needed(
    'A report holds the sessions that ended in the span that was asked for, and no others.',
    'No sessions are read, since some could be missed. Report the version of MeshCentral.',
  ),
  'session-group': reading.useful(
    'A session names the device group in which its device was.',
    'The group in which the device is now is taken, or none if it was deleted.',
  ),
};

type FactId = keyof typeof rows;

export const facts = keepFacts<FactId>('MeshCentral', rows);
