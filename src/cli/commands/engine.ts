import { engineStatus as readStatus } from "../../actions/engine/engine-status.ts";
import { ExitCode } from "../../core/errors.ts";
import { obtainEngine } from "../obtain-engine.ts";
import type { CommonOptions } from "../options.ts";
import { errorDocument, renderError } from "../render/error.ts";
import type { Terminal } from "../terminal.ts";

export async function engineInstall(terminal: Terminal, _options: CommonOptions): Promise<ExitCode> {
  const engine = await obtainEngine((text) => terminal.line(`  ${text}`));
  terminal.line(`Pulumi ${engine.version} is ready: ${engine.path} (${engine.origin}).`);
  terminal.document({ version: 1, engine });
  return ExitCode.done;
}

export async function engineStatus(terminal: Terminal, _options: CommonOptions): Promise<ExitCode> {
  const status = await readStatus({ env: process.env });
  if (!status.found) {
    terminal.line(renderError(status.reason, false));
    terminal.document(errorDocument(status.reason));
    return ExitCode.failed;
  }
  terminal.line(`Pulumi ${status.version} (${status.origin}): ${status.path}`);
  terminal.line(`  language host ${status.languageHost ?? "none: plain pulumi cannot run; lor-infra can"}`);
  terminal.line(`  cache         ${status.cacheFolder}`);
  terminal.document({ version: 1, engine: status });
  return ExitCode.done;
}
