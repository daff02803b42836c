import shared from '@eventstore/db-client/generated/shared_pb.js';
import streams from '@eventstore/db-client/generated/streams_pb.js';
import { keep, type PlacedEvent, type StoredEvent } from '../log/stored-event.js';

/** .NET counts time in ticks of 100 ns. */
const TICKS_PER_MS = 10_000n;

/** The answer to a read that carries this event: made once, when the event is written, and sent as it is. */
export function encodeEvent(event: PlacedEvent): Uint8Array {
  const id = new shared.UUID();
  id.setString(event.id);
  const stream = new shared.StreamIdentifier();
  stream.setStreamName(Buffer.from(event.stream, 'utf8'));
  const recorded = new streams.ReadResp.ReadEvent.RecordedEvent();
  recorded.setId(id);
  recorded.setStreamIdentifier(stream);
  recorded.setStreamRevision(String(event.revision));
  recorded.setCommitPosition(String(event.position));
  recorded.setPreparePosition(String(event.position));
  recorded.setData(event.data);
  recorded.setCustomMetadata(event.metadata);
  recorded
    .getMetadataMap()
    .set('type', event.type)
    .set('created', String(BigInt(event.createdMs) * TICKS_PER_MS))
    .set('content-type', event.contentType);
  const read = new streams.ReadResp.ReadEvent();
  read.setEvent(recorded);
  read.setCommitPosition(String(event.position));
  const response = new streams.ReadResp();
  response.setEvent(read);
  return response.serializeBinary();
}

/** The same the other way round, for events that are read from a file. */
export function decodeEvent(wire: Uint8Array): StoredEvent {
  const recorded = streams.ReadResp.deserializeBinary(wire).getEvent()?.getEvent();
  if (recorded === undefined) throw new Error('this record holds no event');
  const metadata = recorded.getMetadataMap();
  return keep(
    {
      id: recorded.getId()?.getString() ?? '',
      type: metadata.get('type') ?? '',
      contentType: metadata.get('content-type') ?? '',
      stream: Buffer.from(recorded.getStreamIdentifier()?.getStreamName_asU8() ?? []).toString('utf8'),
      revision: BigInt(recorded.getStreamRevision()),
      position: Number(recorded.getCommitPosition()),
      createdMs: Number(BigInt(metadata.get('created') ?? '0') / TICKS_PER_MS),
      data: recorded.getData_asU8(),
      metadata: recorded.getCustomMetadata_asU8(),
    },
    wire,
  );
}
