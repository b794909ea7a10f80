import { resourceKey } from "../../core/resource-key.ts";
import type { RecordedState } from "../../stack/recorded-state.ts";
import { requireLock, runOptions, type StackContext } from "../../stack/stack-context.ts";
import { isChained, recordedOrder, runTargeted } from "../../stack/update-stack.ts";
import type { ListenerCertificate } from "../../systems/contract.ts";
import { planFleet } from "../../systems/project-plan.ts";

type CertificateResources = ReturnType<ListenerCertificate["installed"]>["resources"];

/**
 * Puts the stored certificate onto the listener and changes nothing else: the new secret is created, the listener refers to it, the old secret is
 * deleted. Each of the three leaves a certificate in use, and the next run continues after an interrupted one.
 * @returns whether anything had to be changed
 */
export async function installCertificate(
  context: StackContext,
  recorded: RecordedState,
  resources: CertificateResources,
): Promise<boolean> {
  const { fleet, profile } = recorded;
  const own = new Set(resources.map(resourceKey));
  const targets = recorded.resources.filter((one) => own.has(resourceKey(one))).map((one) => one.urn);
  if (fleet === undefined || targets.length === 0) return false;
  const plan = planFleet(context.project, fleet, profile);
  const choice = { chain: isChained(recorded), joinDrained: true };
  context.emit({ kind: "phase", phase: "previewing" });
  const preview = await context.engine.preview(context.program(plan, { ...choice, says: { fleet, profile } }), {
    ...runOptions(context),
    targets,
    recordedOrder: recordedOrder(recorded),
  });
  const changes = preview.changes.filter(({ change }) => change !== "same");
  if (changes.length === 0) return false;
  const foreign = changes.find((one) => !own.has(resourceKey(one)));
  if (foreign !== undefined)
    throw new Error(`a renewal of the certificate would ${foreign.change} ${resourceKey(foreign)}`);
  await requireLock(context);
  const { intents } = context.state;
  await intents.record(
    changes.filter((one) => one.change === "replace" || one.change === "create"),
    context.clock.now(),
  );
  context.emit({ kind: "phase", phase: "updating" });
  await runTargeted(context, { plan, choice, recorded, targets });
  await intents.clear();
  return true;
}
