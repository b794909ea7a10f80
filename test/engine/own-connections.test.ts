import { Server, ServerCredentials, status, type UntypedHandleCall } from "@grpc/grpc-js";
import services from "@pulumi/pulumi/proto/engine_grpc_pb.js";
import messages from "@pulumi/pulumi/proto/engine_pb.js";
import settings from "@pulumi/pulumi/runtime/settings.js";
import state from "@pulumi/pulumi/runtime/state.js";
import { expect, it } from "vitest";
import { useOwnConnections } from "../../src/engine/own-connections.ts";

it("an engine is reached on a port where an earlier run still looks for its own", async () => {
  useOwnConnections();
  const first = await startEngine(0);
  expect(await callFromProgram(first.port)).toBe(status.OK);
  first.server.forceShutdown();
  while ((await callFromProgram(first.port)) !== status.UNAVAILABLE);
  const second = await startEngine(first.port);
  expect(await callFromProgram(second.port)).toBe(status.OK);
  second.server.forceShutdown();
});

/** Gives a run its own state, as the Automation API does; not in the SDK's declarations. */
const { withLocalStorage } = state as unknown as { withLocalStorage<T>(work: () => Promise<T>): Promise<T> };

/** What a program says to its engine first. @returns how the call ended */
function callFromProgram(port: number): Promise<status> {
  const address = `127.0.0.1:${port}`;
  return withLocalStorage(async () => {
    settings.resetOptions("shop", "prod", 1, address, address, false, "organization");
    const engine = settings.getEngine();
    if (engine === undefined) throw new Error("the SDK knows no engine");
    return await new Promise<status>((done) => {
      engine.getRootResource(new messages.GetRootResourceRequest(), (error) => done(error?.code ?? status.OK));
    });
  });
}

async function startEngine(port: number): Promise<{ readonly server: Server; readonly port: number }> {
  const server = new Server();
  const answer: UntypedHandleCall = (_call: unknown, done: (error: null, answer: object) => void) =>
    done(null, new messages.GetRootResourceResponse());
  server.addService(services.EngineService as never, { getRootResource: answer });
  return await new Promise((resolve, reject) => {
    server.bindAsync(`127.0.0.1:${port}`, ServerCredentials.createInsecure(), (error, bound) =>
      error === null ? resolve({ server, port: bound }) : reject(error),
    );
  });
}
