import { InvalidArgumentError } from 'commander';

/** A flag's value in seconds, a day at most. */
export function seconds(value: string): number {
  const number = Number(value);
  if (!(number > 0 && number <= 86_400)) throw new InvalidArgumentError('expected seconds, more than 0');
  return number;
}
