// Loaded before a test's command and before what that command starts: its clock is ahead of the machine's, so that what it says is not about today.
const { Date: Real } = globalThis;
const now = () => Real.now() + Number(process.env.LOR_INFRA_TEST_CLOCK_AHEAD);

globalThis.Date = new Proxy(Real, {
  construct: (target, given, made) => Reflect.construct(target, given.length === 0 ? [now()] : given, made),
  apply: () => new Real(now()).toString(),
  get: (target, key) => (key === "now" ? now : Reflect.get(target, key)),
});
