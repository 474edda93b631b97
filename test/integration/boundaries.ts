import type { Period } from "../../ts-sdk/src/policy/periods.ts";

/** A period that has boundaries in time. */
export type CalendarPeriod = Exclude<Period, "operation" | "lifetime">;

/** First seconds of new windows, as a calendar on the wall tells them (UTC). */
export const BOUNDARIES: Readonly<Record<CalendarPeriod, readonly string[]>> = {
  minute: ["2026-11-21T12:34:00", "2026-11-21T23:00:00", "2028-03-01T00:00:00"],
  hour: ["2026-11-21T13:00:00", "2027-01-01T00:00:00", "2100-03-01T00:00:00"],
  day: ["2000-02-29T00:00:00", "2000-03-01T00:00:00", "2026-11-22T00:00:00", "2027-01-01T00:00:00", "2100-03-01T00:00:00"],
  // Mondays: plain, across a new year, behind a leap day, in a common century year
  week: ["2026-11-23T00:00:00", "2024-12-30T00:00:00", "2024-03-04T00:00:00", "2100-03-01T00:00:00", "2001-01-01T00:00:00"],
  month: [
    // the twelve lengths of a common year
    ...["2027-02-01", "2027-03-01", "2027-04-01", "2027-05-01", "2027-06-01", "2027-07-01", "2027-08-01"],
    ...["2027-09-01", "2027-10-01", "2027-11-01", "2027-12-01", "2028-01-01"],
    // February in a leap year, in a century year that is one, and in one that is not
    ...["2028-03-01", "2000-03-01", "2100-03-01"],
  ].map((day) => `${day}T00:00:00`),
  // into, through and out of leap years; over both kinds of century year
  year: ["2000", "2001", "2027", "2028", "2029", "2100", "2101"].map((year) => `${year}-01-01T00:00:00`),
};

/** Instants inside a window that a careless calendar would take for its end. */
export const NO_BOUNDARIES: Readonly<Record<CalendarPeriod, readonly string[]>> = {
  minute: ["2026-11-21T12:34:30"],
  hour: ["2026-11-21T12:30:00"],
  day: ["2026-11-21T12:00:00"],
  // a Sunday; a Thursday, the day on which time began
  week: ["2026-11-22T00:00:00", "2026-11-26T00:00:00"],
  // leap days; the 31st; thirty days after a first
  month: ["2028-02-29T00:00:00", "2000-02-29T00:00:00", "2027-01-31T00:00:00"],
  // the last day of a leap year is its 366th
  year: ["2028-12-31T00:00:00", "2000-12-31T00:00:00", "2027-07-02T00:00:00"],
};

/** Seconds since 1970 of a UTC time as written above. */
export function secondsOf(utc: string): bigint {
  return BigInt(Date.parse(`${utc}Z`) / 1000);
}
