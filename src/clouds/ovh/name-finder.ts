import { ExitCode, LorError } from "../../core/errors.ts";
import type { CloudMatch, ResourceFinder } from "../clients.ts";
import type { Find, FinderClouds } from "../finder-query.ts";
import { text } from "../http/json-answer.ts";
import { openstackTypes } from "../openstack/finders.ts";
import { discardPath, ovhTypes } from "./finders.ts";
import { shownInputs } from "./shown-inputs.ts";
import { importOnlyInputs, isImportable, writeOnlyInputs } from "./write-only-inputs.ts";

/** Search for each type; a type that is missing here is an error, never "does not exist". */
const finders: Readonly<Record<string, Find>> = { ...openstackTypes, ...ovhTypes };

/** Types whose Read returns the API's 404 as an error (terraform-provider-ovh v2.19). */
const failsWhenGone: ReadonlySet<string> = new Set([
  "ovh:CloudProject/loadBalancer:LoadBalancer",
  "ovh:CloudProject/s3Credential:S3Credential",
  "ovh:Domain/zoneRecord:ZoneRecord",
]);

/** Types that are identified by their parents. */
const foundByParents: ReadonlySet<string> = new Set([
  "openstack:compute/volumeAttach:VolumeAttach",
  "openstack:networking/routerInterface:RouterInterface",
  "openstack:networking/floatingIpAssociate:FloatingIpAssociate",
  "openstack:networking/secGroupRule:SecGroupRule",
  "openstack:loadbalancer/monitor:Monitor",
  "openstack:objectstorage/containerObject:ContainerObject",
  "ovh:Vrack/cloudProject:CloudProject",
  "ovh:CloudProject/s3Policy:S3Policy",
  "ovh:Domain/zoneRecord:ZoneRecord",
]);

/** Every type that can be looked up. */
export const findableTypes: readonly string[] = Object.keys(finders);

/** Types whose replacement is created before the old one is deleted, under the same name. */
const replacedFirst: ReadonlySet<string> = new Set(["openstack:keymanager/secretV1:SecretV1"]);

export class NameFinder implements ResourceFinder {
  readonly #clouds: FinderClouds;

  constructor(clouds: FinderClouds) {
    this.#clouds = clouds;
  }

  async find(
    type: string,
    inputs: Readonly<Record<string, unknown>>,
    chosen?: string,
  ): Promise<CloudMatch | undefined> {
    if (type.startsWith("random:") || !/^(openstack|ovh):/.test(type)) return undefined;
    const find = finders[type];
    if (find === undefined) {
      throw new LorError({
        code: "finder-unknown-type",
        message: `there is no lookup for existing resources of type ${type}`,
        exit: ExitCode.failed,
        culprit: "tool",
        accepted: findableTypes.join(", "),
        next: "look in the cloud's console whether it exists, then run the same command again",
      });
    }
    const openstack = this.#clouds.openstack.inRegion(text(inputs.region));
    return await find({ ...this.#clouds, openstack }, inputs, chosen);
  }

  isChosen(type: string): boolean {
    return finders[type] !== undefined && !foundByParents.has(type);
  }

  async shown(type: string, id: string, region: string): Promise<Readonly<Record<string, unknown>>> {
    return (await shownInputs[type]?.(this.#clouds.openstack.inRegion(region), id)) ?? {};
  }

  async discard(type: string, id: string): Promise<void> {
    if (replacedFirst.has(type)) {
      await this.#clouds.openstack.send({ service: "key-manager", method: "DELETE", path: `/secrets/${id}` });
      return;
    }
    const path = discardPath(type, id);
    if (path === undefined) {
      throw new LorError({
        code: "finder-cannot-discard",
        message: `${type} ${id} is not a resource that can be discarded`,
        exit: ExitCode.failed,
        culprit: "tool",
        next: "run the same command with LOR_INFRA_DEBUG=1 and report what it prints",
      });
    }
    await this.#clouds.ovh.delete(path);
  }

  writeOnlyInputs(type: string): readonly string[] {
    return writeOnlyInputs(type);
  }

  importOnlyInputs(type: string): readonly string[] {
    return importOnlyInputs(type);
  }

  isImportable(type: string): boolean {
    return isImportable(type);
  }

  isReplacedFirst(type: string): boolean {
    return replacedFirst.has(type);
  }

  failsWhenGone(type: string): boolean {
    return failsWhenGone.has(type);
  }
}
