import { attemptsAt } from '../check/attempt.ts';

export const attempt = attemptsAt('Halo');
