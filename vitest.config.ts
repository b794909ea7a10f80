import { defineConfig } from "vitest/config";

const report = process.env.LOR_INFRA_TEST_REPORT;

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    exclude: ["test/openstack/**", "test/bench/**"],
    pool: "forks",
    // Most of the time goes to waiting for engines and clouds: two files at once also on a machine of two cores.
    maxWorkers: 2,
    globalSetup: ["test/global-setup.ts"],
    testTimeout: 240_000,
    hookTimeout: 240_000,
    // The default reporter for people; a JSON report beside it when .ci/run wants the totals.
    reporters: report === undefined ? ["default"] : ["default", ["json", { outputFile: report }]],
  },
});
