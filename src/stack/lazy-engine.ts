import { decorateEngine } from "../engine/decorate-engine.ts";
import type { EngineStack, StateExport } from "../engine/port.ts";

const emptyState: StateExport = { resources: [], pendingOperations: [], raw: { version: 3, deployment: {} } };

/**
 * An engine that is opened at the first call: commands that need only the cloud start no engine and load no Pulumi.
 * @param isNew whether the stack has no state yet: then its export is known without an engine
 */
export function lazyEngine(open: () => Promise<EngineStack>, isNew: () => Promise<boolean>): EngineStack {
  let opened: Promise<EngineStack> | undefined;
  const engine = () => {
    opened ??= open();
    return opened;
  };
  const exportState = async () =>
    opened === undefined && (await isNew()) ? emptyState : await (await engine()).exportState();
  return decorateEngine({ engine, own: { exportState } });
}
