// Loaded before a command under test and before what it starts: their clock is ahead of the machine's, so that what they show does not depend on today.
const { Date: Real } = globalThis;
const now = () => Real.now() + Number(process.env.LOR_INFRA_TEST_CLOCK_AHEAD ?? 0);

globalThis.Date = new Proxy(Real, {
  construct: (target, given, made) => Reflect.construct(target, given.length === 0 ? [now()] : given, made),
  apply: () => new Real(now()).toString(),
  get: (target, key) => (key === "now" ? now : Reflect.get(target, key)),
});
