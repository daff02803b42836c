import { Server, ServerCredentials, type ConnectionInjector } from '@grpc/grpc-js';
import gossip from '@eventstore/db-client/generated/gossip_grpc_pb.js';
import serverFeatures from '@eventstore/db-client/generated/serverfeatures_grpc_pb.js';
import streams from '@eventstore/db-client/generated/streams_grpc_pb.js';
import { append } from './append.js';
import { batchAppend } from './batch-append.js';
import { clusterInfo, supportedMethods } from './cluster.js';
import { deleteStream, tombstone } from './delete.js';
import { read } from './read.js';
import type { ServerContext } from './server-context.js';

const MEBIBYTE = 1024 * 1024;

/** The services of the published protocol, by the client's own definitions; reads answer with bytes made before. */
const STREAMS = {
  ...streams.StreamsService,
  read: {
    ...streams.StreamsService.read,
    responseSerialize: (bytes: Uint8Array): Buffer =>
      Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length),
  },
};

export interface GrpcServer {
  readonly injector: ConnectionInjector;
  /** Ends the server at once; the sockets are their owner's to close. */
  stop(): void;
}

/** A gRPC server without a port: it is handed its connections, whose owner can then cut them. */
export function grpcServer(context: ServerContext, instanceId: string): GrpcServer {
  const server = new Server({
    'grpc.max_receive_message_length': 32 * MEBIBYTE,
    'grpc.max_send_message_length': -1,
    'grpc-node.max_session_memory': Number.MAX_SAFE_INTEGER,
  });
  server.addService(STREAMS, {
    read: read(context),
    append: append(context),
    batchAppend: batchAppend(context),
    delete: deleteStream(context),
    tombstone: tombstone(context),
  });
  server.addService(gossip.GossipService, { read: clusterInfo(context, instanceId) });
  server.addService(serverFeatures.ServerFeaturesService, { getSupportedMethods: supportedMethods(context) });
  const injector = server.createConnectionInjector(ServerCredentials.createInsecure());
  return {
    injector,
    stop: () => {
      injector.destroy();
      server.forceShutdown();
    },
  };
}
