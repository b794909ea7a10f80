import { definePolicy, type Policy } from "./policy.ts";

/** Remaining days below which a certificate is reported. */
export const fewDaysLeft = 30;

const renew = "renew the certificate in its file, then run `lor-infra up`";

/** Certificates that browsers would refuse. */
export const certificatePolicies: readonly Policy[] = Object.freeze([
  definePolicy({
    code: "certificate-expired",
    exit: 3,
    reason: "browsers refuse a site whose certificate has expired",
    remedy: renew,
    needs: ["certificate"],
    judge: ({ certificate: { setting, file, notAfter, daysLeft } }) =>
      daysLeft >= 0
        ? []
        : [
            {
              path: setting,
              subject: "certificate",
              what: `the certificate ${file} has expired`,
              seen: `valid until ${notAfter}`,
              accepted: "a certificate that is valid today",
            },
          ],
  }),
  definePolicy({
    code: "certificate-expires-soon",
    kind: "warning",
    reason: "a certificate that is not renewed makes the site unavailable on the day it expires",
    remedy: renew,
    needs: ["certificate"],
    judge: ({ certificate: { setting, file, notAfter, daysLeft } }) =>
      daysLeft < 0 || daysLeft >= fewDaysLeft
        ? []
        : [
            {
              path: setting,
              subject: "certificate",
              what: `the certificate ${file} expires in ${daysLeft} days`,
              seen: `valid until ${notAfter}`,
              accepted: `${fewDaysLeft} days or more`,
            },
          ],
  }),
]);
