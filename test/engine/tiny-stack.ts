import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import * as pulumi from "@pulumi/pulumi";
import { type OpenStackArgs, openStack } from "../../src/engine/automation-stack.ts";
import { installEngine } from "../../src/engine/install-engine.ts";
import type { FoundEngine } from "../../src/engine/locate-engine.ts";
import type { EngineStack } from "../../src/engine/port.ts";
import { TinyProvider } from "./tiny-provider.ts";

export const passphrase = "tests-only-passphrase";
/** Made by `pulumi stack init` with the passphrase above. */
export const encryptionSalt = "v1:1He6XtX4Ors=:v1:gnTfz3pWf/BeHmx/:et6khN0XIq5GMgjIFehgfpIlA8BbfA==";

/** A resource of the test's own provider. */
export class Thing extends pulumi.CustomResource {
  constructor(name: string, inputs: pulumi.Inputs, options?: pulumi.CustomResourceOptions) {
    super("tiny:index:Thing", name, inputs, options);
  }
}

/** A component that holds things. */
export class Shelf extends pulumi.ComponentResource {
  constructor(name: string, options?: pulumi.ComponentResourceOptions) {
    super("tiny:index:Shelf", name, {}, options);
  }
}

export function urnOf(stack: string, typePath: string, name: string): string {
  return `urn:pulumi:${stack}::tiny::${typePath}::${name}`;
}

/** A provider, a state backend and a scratch folder for the tests of one file. */
export class TinyLab {
  readonly provider: TinyProvider;
  readonly folder: string;
  readonly engine: FoundEngine;

  private constructor(provider: TinyProvider, engine: FoundEngine) {
    this.provider = provider;
    this.engine = engine;
    this.folder = mkdtempSync(join(tmpdir(), "lor-infra-engine-"));
  }

  static async start(): Promise<TinyLab> {
    return new TinyLab(await TinyProvider.start(), await installEngine({ env: process.env }));
  }

  get backend(): string {
    return join(this.folder, "backend");
  }

  open(stackName: string, changes: Partial<OpenStackArgs> = {}): Promise<EngineStack> {
    return openStack({ ...this.openArgs(stackName), ...changes });
  }

  openArgs(stackName: string): OpenStackArgs {
    return {
      projectName: "tiny",
      stackName,
      backendUrl: pathToFileURL(this.backend).href,
      passphrase,
      encryptionSalt,
      workFolder: join(this.folder, "work"),
      engine: this.engine,
      env: process.env,
      providers: { tiny: this.provider.port },
      pulumiHome: join(this.folder, "home"),
    };
  }

  stop(): void {
    this.provider.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
