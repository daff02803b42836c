import type { FaultRule } from '../support/eventstoredb/faults.js';
import type { StandInProcess } from '../support/eventstoredb/stand-in-process.js';

/**
 * What goes wrong at the log now and then: acknowledgements lost before and after the write, connections cut, a leader
 * that dies or is voted out, a subscription that is dropped. All of it was recorded on real servers.
 */
const FAULTS: readonly Omit<FaultRule, 'seed'>[] = [
  { call: 'append', answer: 'unavailable', written: true, probability: 0.004 },
  { call: 'append', answer: 'unavailable', written: false, probability: 0.004 },
  { call: 'append', answer: 'timeout', written: true, probability: 0.002 },
  { call: 'append', answer: 'deadline-exceeded', written: false, probability: 0.002 },
  { call: 'append', answer: 'cut', written: true, probability: 0.001 },
  { call: 'append', answer: 'cut', written: false, probability: 0.001 },
  { call: 'append', answer: 'silence', written: true, probability: 0.000_5 },
  { call: 'read', answer: 'cut', afterEvents: 2, probability: 0.000_5 },
  { call: 'read', answer: 'unavailable', probability: 0.001 },
  { call: 'subscription', answer: 'too-slow', afterEvents: 20, probability: 0.2 },
];

/** Only the stand-in can be told to fail; a real server fails by itself. */
export async function armLogFaults(standIn: StandInProcess | undefined, seed: number): Promise<void> {
  for (const [number, rule] of FAULTS.entries()) await standIn?.arm({ ...rule, seed: seed + number });
}

/** Resolves with how often which fault was met. */
export async function disarmLogFaults(standIn: StandInProcess | undefined): Promise<readonly string[]> {
  const { faults: armed } = (await standIn?.state()) ?? { faults: [] };
  await standIn?.disarm();
  return armed
    .filter(({ hits }) => hits > 0)
    .map(({ rule: { call, answer, written }, hits }) => {
      const what = written === undefined ? '' : written ? ' after the write' : ' before the write';
      return `${hits} × ${call} ${answer}${what}`;
    });
}
