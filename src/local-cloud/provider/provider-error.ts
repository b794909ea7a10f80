import { type Metadata, Metadata as MetadataClass, type ServiceError, status } from "@grpc/grpc-js";
import provider from "@pulumi/pulumi/proto/provider_pb.js";
import statusProto from "@pulumi/pulumi/proto/status_pb.js";
import anyProto from "google-protobuf/google/protobuf/any_pb.js";
import { messageOf } from "../../core/errors.ts";
import { CloudError } from "../kernel/cloud-error.ts";
import { structOf, type Values } from "./wire-values.ts";

/** A resource that the cloud took and that then failed: the engine keeps its id and state with the reason. */
export interface LeftBehind {
  readonly id: string;
  readonly properties: Values;
  readonly inputs: Values;
}

/** The answer to a call that failed; with `left`, the engine records the resource as not initialised. */
export function failureOf(error: unknown, token: string, left?: LeftBehind): Partial<ServiceError> {
  const message = `${token}: ${wordsOf(error)}`;
  return {
    code: status.UNKNOWN,
    details: message,
    message,
    ...(left === undefined ? {} : { metadata: details(message, left) }),
  };
}

function wordsOf(error: unknown): string {
  if (error instanceof CloudError) return `${error.message} (HTTP ${error.status} ${error.code})`;
  return messageOf(error);
}

/** The engine reads structured details from this one metadata key. */
function details(message: string, left: LeftBehind): Metadata {
  const failed = new provider.ErrorResourceInitFailed();
  failed.setId(left.id);
  failed.setProperties(structOf(left.properties));
  failed.setInputs(structOf(left.inputs));
  failed.setReasonsList([message]);
  const packed = new anyProto.Any();
  packed.pack(failed.serializeBinary(), "pulumirpc.ErrorResourceInitFailed");
  const answer = new statusProto.Status();
  answer.setCode(status.UNKNOWN);
  answer.setMessage(message);
  answer.addDetails(packed);
  const metadata = new MetadataClass();
  metadata.add("grpc-status-details-bin", Buffer.from(answer.serializeBinary()));
  return metadata;
}
