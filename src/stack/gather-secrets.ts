import { resourceKey } from "../core/resource-key.ts";
import type { KeptSecret, SystemPlan } from "../systems/contract.ts";
import type { StackContext } from "./stack-context.ts";

/** A secret of the stack with its source. */
export interface GatheredSecret {
  readonly secret: KeptSecret;
  /** `cloud`: stored where the machines fetch it; `file`: given by a person; `new`: not in use yet; `unknown`: in use, but found nowhere. */
  readonly from: "cloud" | "file" | "new" | "unknown";
  readonly value: string | undefined;
}

/**
 * Finds the secrets that are in use. No provider reads them back, and a new secret would lock out everything that uses the old one.
 * @param there `type name` of existing resources
 * @param known `type name` of recorded resources
 * @param given `type name` -> secret given by a person
 */
export async function gatherSecrets(
  context: StackContext,
  plan: SystemPlan,
  {
    there,
    known,
    given,
  }: {
    readonly there: ReadonlySet<string>;
    readonly known: ReadonlySet<string>;
    readonly given: ReadonlyMap<string, string>;
  },
): Promise<readonly GatheredSecret[]> {
  const { system } = context.project;
  const place = system.configuration(plan);
  const { containers } = context.clients;
  const documents = new Map<string, unknown>();
  const document = async (name: string) => {
    if (!documents.has(name)) documents.set(name, place === undefined ? undefined : await containers.read(place, name));
    return documents.get(name);
  };
  const written = async ({ writtenIn }: KeptSecret): Promise<string | undefined> => {
    if (writtenIn === "container-key") return place === undefined ? undefined : await containers.addressKey(place);
    for (const name of writtenIn.documents) {
      const value = valueAt(await document(name), writtenIn.path);
      if (value !== undefined) return value;
    }
    return undefined;
  };
  const wanted = system.keptSecrets(plan).filter((one) => !known.has(resourceKey(one)));
  const gathered: GatheredSecret[] = [];
  for (const secret of wanted) {
    const inCloud = await written(secret);
    const value = inCloud ?? given.get(resourceKey(secret));
    const used = secret.usedBy.some((one) => there.has(resourceKey(one)));
    const from = inCloud !== undefined ? "cloud" : value !== undefined ? "file" : used ? "unknown" : "new";
    gathered.push({ secret, from, value });
  }
  return gathered;
}

function valueAt(value: unknown, path: readonly string[]): string | undefined {
  const found = path.reduce<unknown>(
    (inner, key) => (typeof inner === "object" && inner !== null ? (inner as Record<string, unknown>)[key] : undefined),
    value,
  );
  return typeof found === "string" && found !== "" ? found : undefined;
}
