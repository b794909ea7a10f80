import { execFileSync } from "node:child_process";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Extractor, ExtractorConfig, ExtractorLogLevel } from "@microsoft/api-extractor";

/**
 * Compares the public surface with its committed reports in docs/api: `npm run check:api`. With `--update` it writes them: `npm run docs`.
 * A change of the surface is then a change of a file that a reviewer sees.
 */
const root = join(import.meta.dirname, "..", "..");
const reports = { "lor-infra": "src/index.d.ts", "lor-infra-components": "components/index.d.ts" };
const update = process.argv.includes("--update");

// Not below node_modules: everything there counts as somebody else's and is reported by its name alone.
const folder = join(root, ".api-report");
rmSync(folder, { recursive: true, force: true });
mkdirSync(folder);
try {
  const compiler = join(root, "node_modules", "typescript", "bin", "tsc");
  const project = join(folder, "tsconfig.json");
  const emit = {
    noEmit: false,
    incremental: false,
    tsBuildInfoFile: null,
    declaration: true,
    emitDeclarationOnly: true,
  };
  writeFileSync(
    project,
    JSON.stringify({
      extends: "../tsconfig.json",
      compilerOptions: { ...emit, rootDir: root, outDir: folder },
      include: ["../src/**/*.d.ts"],
      files: ["../src/index.ts", "../components/index.ts"],
    }),
  );
  execFileSync(process.execPath, [compiler, "--project", project], { stdio: "inherit" });
  const failed = Object.entries(reports).filter(([name, entry]) => !report(name, join(folder, entry)));
  if (failed.length > 0) {
    const names = failed.map(([name]) => name).join(", ");
    console.error(`the public surface has an error above, or differs from docs/api: ${names}; next: npm run docs`);
    process.exitCode = 1;
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** @returns whether the committed report is what the declarations say, or was written */
function report(name: string, entry: string): boolean {
  const extractorConfig = ExtractorConfig.prepare({
    configObjectFullPath: join(root, "api-extractor.json"),
    packageJsonFullPath: join(root, "package.json"),
    configObject: {
      projectFolder: root,
      newlineKind: "lf",
      mainEntryPointFilePath: entry,
      compiler: {
        overrideTsconfig: {
          compilerOptions: {
            target: "ES2024",
            module: "NodeNext",
            moduleResolution: "NodeNext",
            types: ["node"],
            strict: true,
            skipLibCheck: true,
            allowImportingTsExtensions: true,
            noEmit: true,
          },
          files: [entry],
        },
      },
      apiReport: {
        enabled: true,
        reportFileName: name,
        reportFolder: join(root, "docs", "api"),
        reportTempFolder: join(folder, "reports"),
      },
      docModel: { enabled: false },
      dtsRollup: { enabled: false },
      tsdocMetadata: { enabled: false },
      messages: {
        extractorMessageReporting: {
          default: { logLevel: ExtractorLogLevel.None },
          // A type that a program meets and cannot name: an error of the components, whose arguments programs of one's own build.
          "ae-forgotten-export":
            name === "lor-infra-components"
              ? { logLevel: ExtractorLogLevel.Error, addToApiReportFile: false }
              : { logLevel: ExtractorLogLevel.Warning, addToApiReportFile: true },
        },
        tsdocMessageReporting: { default: { logLevel: ExtractorLogLevel.None } },
        compilerMessageReporting: { default: { logLevel: ExtractorLogLevel.Error } },
      },
    },
  });
  const { apiReportChanged, errorCount } = Extractor.invoke(extractorConfig, {
    localBuild: update,
    messageCallback: (message) => {
      message.handled = message.logLevel !== "error";
    },
  });
  return errorCount === 0 && (update || !apiReportChanged);
}
