import { defineConfig } from "vitest/config";

/** Of whole shops, by the project's own commands: most of an hour. */
const shops = "test/openstack/shop/**";

/** Run by `npm run test:openstack`, which starts the OpenStack that these tests need. */
export default defineConfig({
  test: {
    include: ["test/openstack/**/*.test.ts"],
    exclude: process.env.LOR_INFRA_TEST_NO_SHOPS === undefined ? [] : [shops],
    pool: "forks",
    // One file at a time: the machine is busy enough with OpenStack itself.
    maxWorkers: 1,
    // Inside a file that says so, some at once: they mostly wait.
    maxConcurrency: 5,
    // Figures are printed as they come.
    disableConsoleIntercept: true,
    globalSetup: ["test/global-setup.ts"],
    testTimeout: 600_000,
    hookTimeout: 300_000,
  },
});
