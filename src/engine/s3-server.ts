import { join } from "node:path";
import { builtProgram } from "./built-program.ts";
import type { Environment } from "./program-cache.ts";

export interface InstallS3ServerArgs {
  readonly env: Environment;
  readonly onProgress?: (text: string) => void;
  readonly signal?: AbortSignal;
}

/** Path of versitygw, a program that people run in front of their disks. A first build takes about 80 s on two cores. */
export function installS3Server({ env, onProgress = () => {}, signal }: InstallS3ServerArgs): Promise<string> {
  return builtProgram({
    recipe: {
      binary: "versitygw",
      modules: join(import.meta.dirname, "build/s3-server"),
      buildArguments: ["-trimpath", "-ldflags", "-s -w", "github.com/versity/versitygw/cmd/versitygw"],
    },
    version: "1.8.0",
    kind: "s3-server",
    env,
    onProgress,
    ...(signal === undefined ? {} : { signal }),
  });
}
