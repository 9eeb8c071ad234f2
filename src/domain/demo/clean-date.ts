const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const WRITTEN = /^([A-Z][a-z]{2}) (\d{1,2}) (\d{4})$/;

/** The data ends with films of 2011. A later year was read from two digits: 2039 stands for 1939. */
const LAST_YEAR = 2011;
/** Until here a 31 December is a year alone, kept as the next 1 January and moved by a time zone. */
const LAST_SHIFTED_YEAR = 1996;

/** `Jun 12 1998` as `1998-06-12`; `null` when it is no date or stands for an unknown one. */
export function cleanDate(value: unknown): string | null {
  const [, name = '', day = '', year = ''] = (typeof value === 'string' && WRITTEN.exec(value)) || [];
  const month = MONTHS.indexOf(name) + 1;
  if (month === 0) return null;
  // The Unix epoch in a time zone west of Greenwich: a date that was missing.
  if (value === 'Dec 31 1969') return null;
  if (month === 12 && day === '31' && Number(year) <= LAST_SHIFTED_YEAR)
    return isoDate(Number(year) + 1, 1, 1);
  return isoDate(Number(year) > LAST_YEAR ? Number(year) - 100 : Number(year), month, Number(day));
}

function isoDate(year: number, month: number, day: number): string {
  const digits = (part: number, length: number): string => String(part).padStart(length, '0');
  return `${digits(year, 4)}-${digits(month, 2)}-${digits(day, 2)}`;
}
