/** What draws say together: quantiles and probabilities, of weighed draws. */

/**
 * Quantiles by the inverse empirical cdf; `values` may hold Infinity, which is "never".
 * @param {Float64Array} values
 * @param {Float64Array} weights
 * @param {number[]} levels rising
 * @returns {number[]}
 */
export function weightedQuantiles(values, weights, levels) {
  const order = Float64Array.from(values.keys()).sort((a, b) => values[a] - values[b]);
  const total = weights.reduce((sum, w) => sum + w, 0);
  /** @type {number[]} */
  const quantiles = [];
  let sum = 0;
  let at = 0;
  for (const d of order) {
    sum += weights[d];
    while (at < levels.length && weights[d] > 0 && sum >= levels[at] * total) {
      quantiles.push(values[d]);
      at += 1;
    }
  }
  while (quantiles.length < levels.length) quantiles.push(NaN);
  return quantiles;
}

/**
 * Monte Carlo standard error of a median, from binomial ranks.
 * @param {Float64Array} values
 * @param {Float64Array} weights
 * @param {number} effective number of draws
 * @returns {number}
 */
export function medianError(values, weights, effective) {
  const error = 0.5 / Math.sqrt(effective);
  const [low, high] = weightedQuantiles(values, weights, [0.5 - error, 0.5 + error]);
  return high === Infinity ? Infinity : (high - low) / 2;
}

/**
 * The share of draws that have arrived before each year of an even grid.
 * @param {Float64Array} arrivals
 * @param {Float64Array} weights
 * @param {number[]} years evenly spaced
 * @returns {number[]}
 */
export function sharesBefore(arrivals, weights, years) {
  const sums = new Float64Array(years.length + 1);
  const step = years[1] - years[0];
  let total = 0;
  for (let d = 0; d < arrivals.length; d++) {
    total += weights[d];
    const first = Math.floor((arrivals[d] - years[0]) / step) + 1;
    if (first < sums.length) sums[first] += weights[d];
  }
  let sum = 0;
  return years.map((_, i) => (sum += sums[i]) / total);
}

/**
 * Shares of draws at each value of a code.
 * @param {Float64Array} codes
 * @param {Float64Array} weights
 * @param {number} count of values
 * @returns {number[]}
 */
export function codeShares(codes, weights, count) {
  const sums = new Array(count).fill(0);
  let total = 0;
  for (let d = 0; d < codes.length; d++) {
    total += weights[d];
    sums[codes[d]] += weights[d];
  }
  return sums.map((sum) => sum / total);
}
