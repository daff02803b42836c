/** What a folder (a unit) may import. What isn't named here is forbidden. */
export interface UnitRule {
  /** Other units. Its own files are always allowed. */
  readonly may: readonly string[];
  /** `none`: no package and nothing of Node. `declared`: Node and what package.json lists under `dependencies`. */
  readonly packages: 'none' | 'declared';
  /** Spec files may also import `test/`, unless the unit must stand alone. */
  readonly specsStandAlone?: true;
  /** Files of allowed units that are forbidden all the same. */
  readonly except?: readonly RegExp[];
  readonly because: string;
}

/** The table of docs/design: who may know whom. A unit that isn't here fails the test until it is thought about. */
export const IMPORT_TABLE: Readonly<Record<string, UnitRule>> = {
  'libs/domain': {
    may: [],
    packages: 'none',
    because: 'it decides about money and runs anywhere: no framework, no clock, no randomness',
  },
  'libs/platform': { may: [], packages: 'declared', because: 'it knows nothing of what the project does' },
  'libs/event-store': {
    may: ['libs/domain', 'libs/platform'],
    packages: 'declared',
    because: 'the log knows neither the bus nor the providers nor who reads it',
  },
  'libs/messaging': {
    may: ['libs/domain', 'libs/platform'],
    packages: 'declared',
    because: 'the bus knows neither the log nor the providers nor the read models',
  },
  'libs/providers': {
    may: ['libs/domain', 'libs/platform'],
    packages: 'declared',
    because: 'an adapter translates and sends, and decides and keeps nothing',
  },
  'libs/coordination': {
    may: ['libs/platform'],
    packages: 'declared',
    because: 'leases and checkpoints decide nothing, so they need not know what for',
  },
  'libs/read-models': {
    may: ['libs/domain', 'libs/platform'],
    packages: 'declared',
    because: 'a rebuild can reach neither a provider nor a topic',
  },
  'libs/client': {
    may: ['libs/domain', 'libs/messaging', 'libs/platform'],
    packages: 'declared',
    except: [
      /^libs\/domain\/src\/(?!ids\.ts$)/,
      /^libs\/messaging\/src\/(?:consumer\/(?!consumer-observer\.ts$)|sqlite\/)/,
    ],
    because: 'whoever uses the ledger needs its contracts and a bus, and nothing of how it works',
  },
  'apps/command': {
    may: [
      'libs/domain',
      'libs/event-store',
      'libs/messaging',
      'libs/providers',
      'libs/coordination',
      'libs/platform',
    ],
    packages: 'declared',
    because: 'a decision never reads a projection',
  },
  'apps/callback': {
    may: ['libs/domain', 'libs/messaging', 'libs/providers', 'libs/coordination', 'libs/platform'],
    packages: 'declared',
    because: 'a callback is made durable, and decided elsewhere',
  },
  'apps/projection': {
    may: ['libs/domain', 'libs/event-store', 'libs/read-models', 'libs/coordination', 'libs/platform'],
    packages: 'declared',
    because: 'a projection has no effect outside its tables',
  },
  'apps/query': {
    may: ['libs/domain', 'libs/messaging', 'libs/read-models', 'libs/coordination', 'libs/platform'],
    packages: 'declared',
    except: [/^libs\/domain\/src\/(?:.+\/)?decide[^/]*\.ts$/, /^libs\/domain\/src\/processes\//],
    because: 'it reads tables and puts commands on the bus; it never decides',
  },
  'apps/audit': {
    may: ['libs/domain', 'libs/event-store', 'libs/read-models', 'libs/coordination', 'libs/platform'],
    packages: 'declared',
    because: 'whoever audits changes nothing and sends nothing',
  },
  'apps/ops': {
    may: ['libs/platform'],
    packages: 'declared',
    because: 'operators ask the running service; it alone writes',
  },
  'apps/sandbox': {
    may: [],
    packages: 'declared',
    specsStandAlone: true,
    because: "it is written from the vendors' pages, so that one misreading can't cancel another",
  },
  'apps/demo': {
    may: [],
    packages: 'declared',
    specsStandAlone: true,
    because: 'it checks the service, so it shares no code with it',
  },
  'apps/embedded': {
    may: [
      'apps/command',
      'apps/callback',
      'apps/projection',
      'apps/query',
      // To build the engines on one file; see record 3.
      'libs/event-store',
      'libs/messaging',
      'libs/providers',
      'libs/coordination',
      'libs/read-models',
      'libs/platform',
    ],
    packages: 'declared',
    because: "it puts the other apps' modules into one process on the embedded engines, and decides nothing",
  },
  'apps/setup': {
    may: [
      'libs/domain',
      'libs/event-store',
      'libs/messaging',
      'libs/coordination',
      'libs/read-models',
      'libs/platform',
    ],
    packages: 'declared',
    because: 'it prepares the engines before the apps start, and runs nothing of them',
  },
  'docs/examples': {
    may: ['libs/client'],
    packages: 'declared',
    because: 'it shows that the client is all that another service needs',
  },
};

/** Folders of one unit that must not know each other. */
export const SEPARATE_FOLDERS: readonly string[] = ['dvpay', 'goldenpay', 'cashy', 'revere', 'chainpay'].map(
  (vendor) => `libs/providers/src/${vendor}`,
);

/** Lines of a file of apps/ and libs/, specs excepted. */
export const LONGEST_FILE = 300;

/** Files that are longer, each with its reason. An entry that isn't needed any more fails the test. */
export const LONG_FILES: Readonly<Record<string, string>> = {
  'libs/messaging/src/kafka/group-membership.ts':
    "one member's life in its group, by Kafka's protocol: joining, heartbeats, a rebalance, leaving",
};

/** Files that load code by a name that isn't written in them, each with its reason. */
export const COMPUTED_LOADS: Readonly<Record<string, string>> = {
  'libs/platform/src/sqlite/writer-thread.ts':
    "the writer's thread loads the modules whose addresses it was given",
  'libs/messaging/src/kafka/kafkajs-mended.ts':
    'it takes an idle loop out of a class that the package does not export; the path is written there',
};
