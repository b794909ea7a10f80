import { availableParallelism } from "node:os";
import { configDefaults, defineConfig } from "vitest/config";
import { forgetShell } from "./test/setup/forget-shell.ts";
import { useMemory } from "./test/setup/use-memory.ts";

forgetShell();
useMemory();

const report = process.env.LOR_INFRA_TEST_REPORT;

// A test file belongs to the first of these whose pattern it matches; every other file is a unit test.
const e2e = ["test/e2e/**/*.test.ts", "test/workflows/**/*.test.ts", "test/**/*.e2e.test.ts"];
const engine = ["test/**/*.engine.test.ts"];
const guests = ["test/guests/**/*.test.ts"];
const simulator = ["test/local-cloud/**/*.test.ts", "test/differential/**/*.test.ts", "test/**/*.simulator.test.ts"];
// Machines that boot. `npm test` has one front and one ERP server; `npm run test:machines` has all.
const machines = ["test/machines/**/*.test.ts"];
const allMachines = process.env.LOR_INFRA_TEST_MACHINES === "all";
const elsewhere = [...configDefaults.exclude, "test/openstack/**", "test/bench/**"];

export default defineConfig({
  test: {
    pool: "forks",
    maxWorkers: Math.max(2, availableParallelism()),
    // A limit only ends a test that hangs: no test may fail because the machine is slow.
    testTimeout: 1_200_000,
    hookTimeout: 1_200_000,
    // The default reporter for people; a JSON report beside it when .ci/run wants the totals.
    reporters: report === undefined ? ["default"] : ["default", ["json", { outputFile: report }]],
    // Of what runs in the tests' own processes: commands and clouds that are started as processes of their own are not counted.
    coverage: {
      provider: "v8",
      include: ["src/**/*.ts", "components/**/*.ts"],
      exclude: ["src/index.ts", "components/index.ts"],
      reporter: ["text-summary", "json-summary"],
      reportsDirectory: "node_modules/.cache/coverage",
    },
    projects: [
      {
        extends: true,
        test: {
          // No engine, no Go, no service: nothing but Node. Files share a process, so that modules load once.
          name: "unit",
          include: ["test/**/*.test.ts"],
          exclude: [...elsewhere, ...simulator, ...guests, ...machines, ...engine, ...e2e],
          isolate: false,
        },
      },
      {
        extends: true,
        test: {
          // The local cloud, in this process or its own.
          name: "simulator",
          isolate: false,
          include: simulator,
          exclude: [...elsewhere, ...engine],
        },
      },
      {
        extends: true,
        test: {
          // Scripts and configuration of the machines, checked by the programs that read them (Debian's packages).
          name: "guests",
          include: guests,
          exclude: elsewhere,
        },
      },
      {
        extends: true,
        test: {
          // One machine at a time: each takes a processor while it boots.
          name: "machines",
          include: machines,
          exclude: [...elsewhere, ...(allMachines ? [] : ["test/machines/**/*.nightly.test.ts"])],
          globalSetup: ["test/setup/machines.ts"],
          fileParallelism: false,
          sequence: { groupOrder: 1 },
        },
      },
      {
        extends: true,
        test: {
          // The Pulumi engine or the S3 server.
          name: "engine",
          isolate: false,
          include: engine,
          exclude: elsewhere,
          globalSetup: ["test/setup/programs.ts"],
        },
      },
      {
        extends: true,
        test: {
          // Commands as a user types them, with the engine on a local cloud.
          name: "e2e",
          isolate: false,
          include: e2e,
          exclude: elsewhere,
          globalSetup: ["test/setup/programs.ts", "test/setup/projects.ts"],
        },
      },
    ],
  },
});
