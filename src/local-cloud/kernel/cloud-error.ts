/**
 * A refusal of a modelled service: the HTTP status and the words of the real one, so that the gRPC and the HTTP APIs answer alike.
 * Where the real wording is not public the service's BEHAVIOUR.md says so.
 */
export class CloudError extends Error {
  /** HTTP status that the real service answers with. */
  readonly status: number;
  /** Name the service gives it: Neutron's exception type, Nova's fault key (`conflictingRequest`), OVHcloud's class (`Client::NotFound`). */
  readonly code: string;

  constructor(status: number, code: string, message: string) {
    super(message);
    this.name = "CloudError";
    this.status = status;
    this.code = code;
  }
}

/** The fault `drop-after-accept`: the call was carried out, and the API must now close the connection without an answer. */
export class ConnectionDropped extends Error {
  constructor() {
    super("the connection was dropped after the call was accepted");
    this.name = "ConnectionDropped";
  }
}
