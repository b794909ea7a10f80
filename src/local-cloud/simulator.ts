import type { PackageCatalogue } from "./catalogue/shape.ts";
import type { HttpApi } from "./http/route.ts";
import type { LocalCloud } from "./local-cloud.ts";
import type { PackageAdapters } from "./provider/resource-adapter.ts";

/** One cloud's part of the local cloud. The module `<folder of simulators>/<id>/index.ts` (or `.js`) exports it as `simulator`. */
export interface Simulator {
  /** The name of its folder. */
  readonly id: string;
  /**
   * Called once at every start, before anything is served. Record kinds and their deadlines are declared here, on `cloud.context`; the
   * records themselves survive a restart.
   */
  open(cloud: LocalCloud): OpenSimulator;
}

interface OpenSimulator {
  /** Pulumi package name (the first part of a type token) -> what its provider serves. */
  readonly packages?: Readonly<Record<string, SimulatedPackage>>;
  /** Raw HTTP APIs, all served at one address. Default: none. */
  readonly apis?: readonly HttpApi[];
}

/** A Pulumi package as its provider serves it. */
export interface SimulatedPackage {
  /** Inputs and outputs of each type, and which changes replace. */
  readonly catalogue: PackageCatalogue;
  /** How each type and function is carried out. */
  readonly adapters: PackageAdapters;
}
