// Plain CommonJS: Pulumi's runner requires this file and puts a TypeScript loader of its own into `require`, which an
// `import` does not meet. Under node_modules, where Node strips no types, the compiled pack lies beside it.
const { existsSync } = require("node:fs");
const { join } = require("node:path");

module.exports = () => import(existsSync(join(__dirname, "pack.ts")) ? "./pack.ts" : "./pack.js");
