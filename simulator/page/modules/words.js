/** Numbers and names in words. */

/**
 * A name without underscores.
 * @param {string} name
 * @returns {string}
 */
export function spoken(name) {
  return name.replaceAll("_", " ");
}

/**
 * A number to no more digits than its Monte Carlo error allows.
 * @param {number} value
 * @param {number} error
 * @param {number} most digits after the point
 * @returns {string}
 */
export function digits(value, error, most) {
  if (!Number.isFinite(error)) return `~${value.toFixed(0)}`;
  const places = error === 0 ? most : Math.min(Math.max(Math.floor(-Math.log10(error)), 0), most);
  return value.toFixed(places);
}

/**
 * A year, or that it lies beyond the horizon.
 * @param {number} value
 * @param {number} error
 * @param {number} horizon
 * @returns {string}
 */
export function yearText(value, error, horizon) {
  return Number.isFinite(value) ? digits(value, Math.max(error, 0.011), 1) : `> ${horizon}`;
}

/**
 * An interval of years.
 * @param {number} low
 * @param {number} high
 * @param {number} error
 * @param {number} horizon
 * @returns {string}
 */
export function spanText(low, high, error, horizon) {
  const [from, until] = [low, high].map((year) => yearText(year, error, horizon));
  return from === until ? from : `${from} – ${until}`;
}

/**
 * A share in percent.
 * @param {number} share
 * @returns {string}
 */
export function percentText(share) {
  const percent = 100 * Math.max(share, 0);
  if (percent > 1e-9 && percent < 1) return "<\u00a01\u00a0%";
  if (percent > 99 && percent < 100) return ">\u00a099\u00a0%";
  return `${percent.toFixed(0)}\u00a0%`;
}

/**
 * A number for an axis or an input: about three digits, no exponent where it can be helped.
 * @param {number} value
 * @returns {string}
 */
export function shortNumber(value) {
  const size = Math.abs(value);
  if (size >= 1e5 || (size > 0 && size < 1e-3)) return value.toExponential(1).replace("e+", "e");
  return String(Number(size >= 1000 ? value.toFixed(1) : value.toPrecision(3)));
}

/**
 * Years whose probabilities are told: one, four and nine years after the next turn of the year.
 * @param {number} asOf
 * @param {number} horizon
 * @returns {number[]}
 */
export function toldYears(asOf, horizon) {
  const first = Math.ceil(asOf) + 1;
  return [first, first + 3, first + 8].filter((year) => year <= horizon);
}

/**
 * The share that has arrived before a year of the grid.
 * @param {number[]} reached by the grid's years
 * @param {number[]} years
 * @param {number} year
 * @returns {number}
 */
export function shareBefore(reached, years, year) {
  const step = years[1] - years[0];
  const i = Math.round((year - years[0]) / step);
  return reached[Math.min(Math.max(i, 0), reached.length - 1)];
}
