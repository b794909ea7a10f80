import type { PolicyResource, ResourceValidationArgs, ResourceValidationPolicy } from "@pulumi/policy";
import { packedPolicies } from "../../src/policy-pack/rules.ts";
import type { RecordingCloud, Registration } from "../components/recording-cloud.ts";

/** What a policy of the pack says: `<code> <name of the resource>`. */
export function judgeRecorded(cloud: RecordingCloud, change: (each: Registration) => Registration = (each) => each) {
  const registrations = cloud.registrations.filter((each) => each.custom).map(change);
  const resources = stackOf(registrations);
  const told: string[] = [];
  for (const policy of packedPolicies) {
    const { validateResource } = policy as ResourceValidationPolicy;
    const report = (resource: string) => () => told.push(`${policy.name} ${resource}`);
    if (typeof validateResource === "function") {
      for (const each of resources) {
        validateResource(each as unknown as ResourceValidationArgs, report(each.name) as never);
      }
    }
    if ("validateStack" in policy) {
      const nameOf = (urn: string | undefined) => resources.find((each) => each.urn === urn)?.name ?? "?";
      const reportOf = (_: string, urn?: string) => told.push(`${policy.name} ${nameOf(urn)}`);
      policy.validateStack({ resources } as never, reportOf as never);
    }
  }
  return told.toSorted();
}

function stackOf(registrations: readonly Registration[]): readonly PolicyResource[] {
  const resources = new Map(
    registrations.map((each) => [
      each.urn,
      {
        type: each.type,
        name: each.name,
        urn: each.urn,
        props: each.inputs,
        opts: { protect: each.protect } as PolicyResource["opts"],
        dependencies: [],
        propertyDependencies: {} as Record<string, PolicyResource[]>,
      },
    ]),
  );
  for (const { urn, propertyDependencies } of registrations) {
    const resource = resources.get(urn);
    if (resource === undefined) continue;
    for (const [property, urns] of Object.entries(propertyDependencies)) {
      resource.propertyDependencies[property] = urns.flatMap((each) => {
        const found = resources.get(each);
        return found === undefined ? [] : [found as unknown as PolicyResource];
      });
    }
  }
  return [...resources.values()] as unknown as readonly PolicyResource[];
}
