import { Module, type DynamicModule, type Provider as NestProvider } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { Checkpoints } from '#coordination/checkpoints';
import { FollowUps } from '#coordination/follow-ups';
import { HeldMessages } from '#coordination/held-messages';
import { leaseHolder } from '#coordination/lease-holder';
import { Leases } from '#coordination/leases';
import { EventStore } from '#event-store/event-store';
import { observedEventStore } from '#event-store/observed/observed-event-store';
import { MessageBus } from '#messaging/message-bus';
import { Ids } from '#platform/ids/ids';
import { Logger } from '#platform/logging/logger';
import { Metrics, NO_METRICS } from '#platform/metrics/metrics';
import { Clock } from '#platform/time/clock';
import { NO_TRACING, Tracing } from '#platform/tracing/tracing';
import { IntakeSealer } from '#platform/vault/intake-sealer';
import { KeyedHash } from '#platform/vault/keyed-hash';
import { PersonalDataVault } from '#platform/vault/vault';
import { observedProviders } from '#providers/observed-provider';
import { ProviderRegistry } from '#providers/registry';
import { CallbackIntake } from './callbacks/callback-intake.js';
import { CallbackReplay } from './callbacks/callback-replay.js';
import { ProviderReferences } from './callbacks/provider-references.js';
import { UnmatchedReports } from './callbacks/unmatched-reports.js';
import { CommandRunner } from './command-runner.js';
import { EvidenceStore } from './evidence/evidence-store.js';
import { CancelPayoutHandler } from './handlers/cancel-payout.handler.js';
import { InstructAccountHandler } from './handlers/instruct-account.handler.js';
import { OpenAccountHandler } from './handlers/open-account.handler.js';
import { RequestPayoutHandler } from './handlers/request-payout.handler.js';
import { ResolvePayoutHandler } from './handlers/resolve-payout.handler.js';
import { CommandExecutor } from './intake/command-executor.js';
import { CommandIntake } from './intake/command-intake.js';
import { CommandTranslation } from './intake/command-translation.js';
import { HeldRunner } from './intake/held-runner.js';
import { ReplySender } from './intake/reply-sender.js';
import { LedgerProcess } from './ledger-process/ledger-process.js';
import { CallbackWatch } from './observing/callback-watch.js';
import { CommandWatch } from './observing/command-watch.js';
import { PayoutScope } from './observing/payout-scope.js';
import { StateGauges } from './observing/state-gauges.js';
import { OperatorController } from './ops/operator.controller.js';
import { OperatorToken } from './ops/operator-token.js';
import { CallsBeside } from './payout-process/calls-beside.js';
import { Dispatcher } from './payout-process/dispatcher.js';
import { FollowUpBell } from './payout-process/follow-up-bell.js';
import { FollowUpRunner } from './payout-process/follow-up-runner.js';
import { LookUps } from './payout-process/look-ups.js';
import { PayoutProcess } from './payout-process/payout-process.js';
import { ProcessSubscription } from './payout-process/process-subscription.js';
import { ReportApplier } from './payout-process/report-applier.js';
import { SealedOrder } from './payout-process/sealed-order.js';
import { Submitter } from './payout-process/submitter.js';
import { Publisher } from './publisher/publisher.js';
import { SendPermit } from './sending/send-permit.js';
import { SendingGate } from './sending/sending-gate.js';
import { SingletonTasks } from './singleton-tasks.js';
import { ThisCopy } from './this-copy.js';
import { AccountDirectory } from './streams/account-directory.js';
import { AccountStreams } from './streams/account-streams.js';
import { EventEncoding } from './streams/event-encoding.js';
import { PayoutStreams } from './streams/payout-streams.js';

/** Everything outside the app that it works with. */
export interface CommandEngines {
  readonly eventStore: EventStore;
  readonly bus: MessageBus;
  readonly registry: ProviderRegistry;
  readonly checkpoints: Checkpoints;
  readonly followUps: FollowUps;
  readonly held: HeldMessages;
  readonly leases: Leases;
  /** Name of this copy, for people. */
  readonly instance: string;
  readonly vault: PersonalDataVault;
  readonly intakeSealer: IntakeSealer;
  readonly hashes: KeyedHash;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly logger: Logger;
  /** Nobody looks when absent. */
  readonly metrics?: Metrics;
  readonly tracing?: Tracing;
  /** What `payout-ops` shows to be let in. */
  readonly operatorToken: string;
}

/** The one place where anything is decided: command and callback intake, the two processes, the publisher. */
@Module({})
export class CommandModule {
  static register(engines: CommandEngines): DynamicModule {
    return {
      module: CommandModule,
      imports: [CqrsModule.forRoot()],
      controllers: [OperatorController],
      providers: [...given(engines), ...OWN],
      exports: [CommandRunner],
    };
  }
}

function given(engines: CommandEngines): NestProvider[] {
  const { clock, metrics = NO_METRICS, tracing = NO_TRACING } = engines;
  const observers = { clock, metrics, tracing };
  return [
    { provide: Metrics, useValue: metrics },
    { provide: Tracing, useValue: tracing },
    { provide: EventStore, useValue: observedEventStore(engines.eventStore, observers) },
    { provide: MessageBus, useValue: engines.bus },
    { provide: ProviderRegistry, useValue: observedProviders(engines.registry, observers) },
    { provide: Checkpoints, useValue: engines.checkpoints },
    { provide: FollowUps, useValue: engines.followUps },
    { provide: HeldMessages, useValue: engines.held },
    { provide: Leases, useValue: engines.leases },
    { provide: ThisCopy, useValue: new ThisCopy(leaseHolder(engines.instance, engines.ids)) },
    { provide: PersonalDataVault, useValue: engines.vault },
    { provide: IntakeSealer, useValue: engines.intakeSealer },
    { provide: KeyedHash, useValue: engines.hashes },
    { provide: Clock, useValue: clock },
    { provide: Ids, useValue: engines.ids },
    { provide: Logger, useValue: engines.logger },
    { provide: OperatorToken, useValue: new OperatorToken(engines.operatorToken) },
  ];
}

const OWN = [
  PayoutScope,
  CommandWatch,
  CallbackWatch,
  StateGauges,
  EventEncoding,
  PayoutStreams,
  AccountStreams,
  AccountDirectory,
  CommandTranslation,
  CommandExecutor,
  CommandIntake,
  ReplySender,
  HeldRunner,
  RequestPayoutHandler,
  CancelPayoutHandler,
  ResolvePayoutHandler,
  OpenAccountHandler,
  InstructAccountHandler,
  LedgerProcess,
  EvidenceStore,
  SealedOrder,
  SendingGate,
  SendPermit,
  Dispatcher,
  ReportApplier,
  CallsBeside,
  Submitter,
  LookUps,
  PayoutProcess,
  ProcessSubscription,
  FollowUpBell,
  FollowUpRunner,
  CallbackIntake,
  CallbackReplay,
  ProviderReferences,
  UnmatchedReports,
  Publisher,
  SingletonTasks,
  CommandRunner,
];
