import type { ServerUnaryCall, sendUnaryData } from '@grpc/grpc-js';
import gossip from '@eventstore/db-client/generated/gossip_pb.js';
import serverFeatures from '@eventstore/db-client/generated/serverfeatures_pb.js';
import shared from '@eventstore/db-client/generated/shared_pb.js';
import { strike, type ServerContext } from './server-context.js';

const STREAMS = 'event_store.client.streams.Streams';

/** What the client asks first: by it, it chooses between the batch append and the single one. */
const METHODS: readonly (readonly [service: string, method: string, ...features: string[]])[] = [
  [STREAMS, 'append'],
  [STREAMS, 'batchappend'],
  [STREAMS, 'delete'],
  [STREAMS, 'read', 'position'],
  [STREAMS, 'tombstone'],
  ['event_store.client.gossip.Gossip', 'read'],
  ['event_store.client.server_features.ServerFeatures', 'getsupportedmethods'],
];

type FeaturesCall = ServerUnaryCall<shared.Empty, serverFeatures.SupportedMethods>;

export function supportedMethods(context: ServerContext) {
  return (call: FeaturesCall, callback: sendUnaryData<serverFeatures.SupportedMethods>): void => {
    void answered(context, call, 'features', callback, () => {
      const response = new serverFeatures.SupportedMethods();
      response.setEventStoreServerVersion(context.version);
      for (const [service, method, ...features] of METHODS) {
        const supported = new serverFeatures.SupportedMethod();
        supported.setServiceName(service);
        supported.setMethodName(method);
        supported.setFeaturesList(features);
        response.addMethods(supported);
      }
      return response;
    });
  };
}

type GossipCall = ServerUnaryCall<shared.Empty, gossip.ClusterInfo>;

/** A cluster of one, which leads. */
export function clusterInfo(context: ServerContext, instanceId: string) {
  return (call: GossipCall, callback: sendUnaryData<gossip.ClusterInfo>): void => {
    void answered(context, call, 'gossip', callback, () => {
      const { host, port } = context.leader();
      const id = new shared.UUID();
      id.setString(instanceId);
      const endPoint = new gossip.EndPoint();
      endPoint.setAddress(host);
      endPoint.setPort(port);
      const member = new gossip.MemberInfo();
      member.setInstanceId(id);
      member.setTimeStamp(String(context.nowMs() * 10_000));
      member.setState(gossip.MemberInfo.VNodeState.LEADER);
      member.setIsAlive(true);
      member.setHttpEndPoint(endPoint);
      const response = new gossip.ClusterInfo();
      response.addMembers(member);
      return response;
    });
  };
}

async function answered<Request, Response>(
  context: ServerContext,
  call: ServerUnaryCall<Request, Response>,
  name: 'features' | 'gossip',
  callback: sendUnaryData<Response>,
  response: () => Response,
): Promise<void> {
  context.count(name);
  await context.gate.wait();
  const fault = context.faults.next(name);
  if (fault === undefined) callback(null, response());
  else strike(context, call, fault, (error) => callback(error));
}
