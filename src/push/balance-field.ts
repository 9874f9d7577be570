import type { Push } from '../contract/connector.ts';
import { isKindError } from '../domain/errors.ts';

/**
 * Several kinds of hours make a text (`7.00 (Remote), 20.00`), which a number field rejects; it
 * gets a single figure instead.
 */
export function withFigure(push: Push<'balance-field'>): Push<'balance-field'> {
  return {
    ...push,
    async create(message, signal) {
      try {
        return await push.create(message, signal);
      } catch (error) {
        const { figure } = message;
        if (figure === undefined || !isKindError(error, 'rejected')) throw error;
        return push.create({ ...message, hoursText: figure }, signal);
      }
    },
  };
}
