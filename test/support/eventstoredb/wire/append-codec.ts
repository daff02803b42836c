import rpcCode from '@eventstore/db-client/generated/code_pb.js';
import rpcStatus from '@eventstore/db-client/generated/status_pb.js';
import shared from '@eventstore/db-client/generated/shared_pb.js';
import streams from '@eventstore/db-client/generated/streams_pb.js';
import protobufAny from 'google-protobuf/google/protobuf/any_pb.js';
import protobufEmpty from 'google-protobuf/google/protobuf/empty_pb.js';
import type { Expected } from '../log/commit-check.js';
import type { AppendOutcome } from '../log/event-log.js';
import type { ProposedEvent } from '../log/stored-event.js';
import { uuidText } from './uuid-text.js';

export const streamName = (identifier: shared.StreamIdentifier | undefined): string =>
  Buffer.from(identifier?.getStreamName_asU8() ?? []).toString('utf8');

/** The server refuses such a call as a whole; the text is for people. */
export class BadProposal extends Error {
  override readonly name = 'BadProposal';
}

type Proposed = streams.AppendReq.ProposedMessage | streams.BatchAppendReq.ProposedMessage;

export function proposedEvent(message: Proposed): ProposedEvent {
  const id = uuidText(message.getId());
  if (id === undefined) throw new BadProposal('Empty or malformed event id');
  const metadata = message.getMetadataMap();
  const type = metadata.get('type') ?? '';
  if (type === '') throw new BadProposal('Empty event type');
  return {
    id,
    type,
    contentType: metadata.get('content-type') ?? 'application/octet-stream',
    data: message.getData_asU8(),
    metadata: message.getCustomMetadata_asU8(),
  };
}

interface ExpectedChoice {
  hasAny(): boolean;
  hasNoStream(): boolean;
  hasStreamExists?(): boolean;
}

/** The choice that appends and deletes have in common; `revision` is read where it is none of the words. */
export function expectedOf(choice: ExpectedChoice, revision: () => string): Expected {
  if (choice.hasAny()) return 'any';
  if (choice.hasNoStream()) return 'no-stream';
  if (choice.hasStreamExists?.() === true) return 'stream-exists';
  return BigInt(revision());
}

export function appendResponse(expected: Expected, outcome: AppendOutcome): streams.AppendResp | undefined {
  const response = new streams.AppendResp();
  switch (outcome.outcome) {
    case 'written':
    case 'already': {
      const success = new streams.AppendResp.Success();
      if (outcome.lastRevision === undefined) success.setNoStream(new shared.Empty());
      else success.setCurrentRevision(String(outcome.lastRevision));
      const position = new streams.AppendResp.Position();
      position.setCommitPosition(String(outcome.position));
      position.setPreparePosition(String(outcome.position));
      success.setPosition(position);
      response.setSuccess(success);
      return response;
    }
    case 'wrong-revision': {
      const wrong = new streams.AppendResp.WrongExpectedVersion();
      if (outcome.actual === undefined) wrong.setCurrentNoStream(new shared.Empty());
      else wrong.setCurrentRevision(String(outcome.actual));
      if (expected === 'any') wrong.setExpectedAny(new shared.Empty());
      else if (expected === 'no-stream') wrong.setExpectedNoStream(new shared.Empty());
      else if (expected === 'stream-exists') wrong.setExpectedStreamExists(new shared.Empty());
      else wrong.setExpectedRevision(String(expected));
      response.setWrongExpectedVersion(wrong);
      return response;
    }
    case 'deleted':
      return undefined;
  }
}

export function batchSuccess(outcome: {
  readonly lastRevision: bigint | undefined;
  readonly position: number;
}): streams.BatchAppendResp {
  const success = new streams.BatchAppendResp.Success();
  if (outcome.lastRevision === undefined) success.setNoStream(new protobufEmpty.Empty());
  else success.setCurrentRevision(String(outcome.lastRevision));
  const position = new shared.AllStreamPosition();
  position.setCommitPosition(String(outcome.position));
  position.setPreparePosition(String(outcome.position));
  success.setPosition(position);
  const response = new streams.BatchAppendResp();
  response.setSuccess(success);
  return response;
}

interface Packable {
  serializeBinary(): Uint8Array;
}

function batchError(
  code: rpcCode.Code,
  message: string,
  details: Packable,
  type: string,
): streams.BatchAppendResp {
  const packed = new protobufAny.Any();
  packed.pack(details.serializeBinary(), type);
  const error = new rpcStatus.Status();
  error.setCode(code);
  error.setMessage(message);
  error.setDetails(packed);
  const response = new streams.BatchAppendResp();
  response.setError(error);
  return response;
}

export const batchAccessDenied = (): streams.BatchAppendResp =>
  batchError(
    rpcCode.Code.PERMISSION_DENIED,
    'AccessDenied',
    new shared.AccessDenied(),
    'event_store.client.AccessDenied',
  );

export const batchTimeout = (): streams.BatchAppendResp =>
  batchError(rpcCode.Code.DEADLINE_EXCEEDED, 'Timeout', new shared.Timeout(), 'event_store.client.Timeout');

export const batchUnknown = (): streams.BatchAppendResp =>
  batchError(rpcCode.Code.UNKNOWN, 'Unknown', new shared.Unknown(), 'event_store.client.Unknown');

/** The client has no class for it: `UnknownError` "Could not recognize Server Is Not Ready". */
export const batchNotReady = (): streams.BatchAppendResp =>
  batchError(rpcCode.Code.OK, 'Server Is Not Ready', new protobufEmpty.Empty(), 'google.protobuf.Empty');

/** Nor for this: `UnknownError` "Could not recognize BadRequest". */
export function batchBadRequest(message: string): streams.BatchAppendResp {
  const details = new shared.BadRequest();
  details.setMessage(message);
  return batchError(rpcCode.Code.INVALID_ARGUMENT, 'BadRequest', details, 'event_store.client.BadRequest');
}

export function batchTooLarge(limit: number): streams.BatchAppendResp {
  const details = new shared.MaximumAppendSizeExceeded();
  details.setMaxappendsize(limit);
  return batchError(
    rpcCode.Code.INVALID_ARGUMENT,
    'MaximumAppendSizeExceeded',
    details,
    'event_store.client.MaximumAppendSizeExceeded',
  );
}

export function batchStreamDeleted(identifier: shared.StreamIdentifier | undefined): streams.BatchAppendResp {
  const details = new shared.StreamDeleted();
  if (identifier !== undefined) details.setStreamIdentifier(identifier);
  return batchError(rpcCode.Code.NOT_FOUND, 'StreamDeleted', details, 'event_store.client.StreamDeleted');
}

export function batchWrongRevision(expected: Expected, actual: bigint | undefined): streams.BatchAppendResp {
  const details = new shared.WrongExpectedVersion();
  const empty = new protobufEmpty.Empty();
  if (actual === undefined) details.setCurrentNoStream(empty);
  else details.setCurrentStreamRevision(String(actual));
  if (expected === 'any') details.setExpectedAny(empty);
  else if (expected === 'no-stream') details.setExpectedNoStream(empty);
  else if (expected === 'stream-exists') details.setExpectedStreamExists(empty);
  else details.setExpectedStreamPosition(String(expected));
  return batchError(
    rpcCode.Code.ALREADY_EXISTS,
    'WrongExpectedVersion',
    details,
    'event_store.client.WrongExpectedVersion',
  );
}
