import { describeConfig } from '#platform/config/read-config';
import { afterRestore } from './commands/after-restore.js';
import { log } from './commands/log.js';
import { migrate } from './commands/migrate.js';
import { rebuild } from './commands/rebuild.js';
import { topics } from './commands/topics.js';
import type { SetupCommand, SetupWorld } from './setup-command.js';

/** Every command of this program. */
export const COMMANDS: Readonly<Record<string, SetupCommand>> = {
  topics,
  migrate,
  log,
  rebuild,
  'after-restore': afterRestore,
};

/** Runs one command. 0: done; 1: it failed, and why; 2: there is no such command. */
export async function runSetup(
  [name = '', ...rest]: readonly string[],
  commands: Readonly<Record<string, SetupCommand>>,
  world: SetupWorld,
): Promise<number> {
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (command === undefined || rest.some((argument) => argument !== '--help')) {
    (name === '--help' ? world.out : world.err)(usage(commands));
    return name === '--help' ? 0 : 2;
  }
  if (rest.includes('--help')) {
    world.out(`${name}: ${command.purpose}\n\n${describeConfig(command.schema)}`);
    return 0;
  }
  try {
    await command.run(world);
    return 0;
  } catch (error) {
    world.err(error instanceof Error ? error.message : String(error));
    return 1;
  }
}

function usage(commands: Readonly<Record<string, SetupCommand>>): string {
  const lines = Object.entries(commands).map(([name, { purpose }]) => `  ${name.padEnd(14)} ${purpose}`);
  return `setup: prepares the engines; <command> --help lists its variables\n\n${lines.join('\n')}`;
}
