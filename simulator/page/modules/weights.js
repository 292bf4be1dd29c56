/** From log-likelihoods to weights: Pareto smoothed importance sampling, as oomcast weighs its draws. */

/**
 * Weights of draws, and how far to trust them.
 * @typedef {{weights: Float64Array, effective: number, paretoK: number}} Weights
 */

const FEWEST_SMOOTHED = 32;
const PRIOR_OF_K = 10;
const PRIOR_OF_B = 3;

/**
 * Weights of draws, the largest 1; a draw of log-likelihood minus infinity has none.
 * Vehtari et al. (2024), "Pareto smoothed importance sampling".
 * @param {Float64Array} logs
 * @returns {Weights}
 */
export function importanceWeights(logs) {
  const kept = [...logs.keys()].filter((d) => Number.isFinite(logs[d]));
  const weights = new Float64Array(logs.length);
  if (!kept.length) return { weights, effective: 0, paretoK: Infinity };
  const ratios = Float64Array.from(kept, (d) => logs[d]);
  const { smoothed, paretoK } = smoothedTail(ratios);
  const most = smoothed.reduce((a, b) => Math.max(a, b), -Infinity);
  kept.forEach((d, i) => (weights[d] = Math.exp(smoothed[i] - most)));
  return { weights, effective: effectiveNumber(weights), paretoK };
}

/**
 * Kish's effective number of draws.
 * @param {Float64Array} weights
 * @returns {number}
 */
export function effectiveNumber(weights) {
  let sum = 0;
  let squares = 0;
  for (const w of weights) {
    sum += w;
    squares += w * w;
  }
  return squares ? (sum * sum) / squares : 0;
}

/**
 * Log weights whose upper tail is that of a generalised Pareto distribution fitted to it.
 * @param {Float64Array} ratios
 * @returns {{smoothed: Float64Array, paretoK: number}}
 */
function smoothedTail(ratios) {
  const n = ratios.length;
  const most = ratios.reduce((a, b) => Math.max(a, b), -Infinity);
  const raw = ratios.map((ratio) => ratio - most);
  if (n < FEWEST_SMOOTHED) return { smoothed: raw, paretoK: Infinity };
  const length = Math.floor(n > 225 ? 3 * Math.sqrt(n) : n / 5);
  const order = [...raw.keys()].sort((a, b) => raw[a] - raw[b]);
  const tail = order.slice(n - length);
  const highest = raw[tail[length - 1]];
  if (highest === raw[tail[0]]) return { smoothed: raw, paretoK: -Infinity };
  const cutoff = Math.exp(raw[order[n - length - 1]]);
  const { k, sigma } = fittedPareto(tail.map((d) => Math.exp(raw[d]) - cutoff));
  const smoothed = Float64Array.from(raw);
  if (Number.isFinite(k)) {
    tail.forEach((d, i) => {
      const inside = -Math.log1p(-(i + 0.5) / length);
      const excess = k === 0 ? sigma * inside : (sigma * Math.expm1(k * inside)) / k;
      smoothed[d] = Math.min(Math.log(cutoff + excess), highest);
    });
  }
  return { smoothed, paretoK: k };
}

/**
 * Shape and scale of a generalised Pareto distribution. Zhang and Stephens (2009), with Vehtari's weak prior of k.
 * @param {number[]} excesses rising, above 0
 * @returns {{k: number, sigma: number}}
 */
function fittedPareto(excesses) {
  const n = excesses.length;
  const points = 30 + Math.floor(Math.sqrt(n));
  const quarter = excesses[Math.floor(n / 4 + 0.5) - 1];
  const shape = (/** @type {number} */ b) => excesses.reduce((sum, x) => sum + Math.log1p(-b * x), 0) / n;
  const candidates = Array.from(
    { length: points },
    (_, i) => (1 - Math.sqrt(points / (i + 0.5))) / (PRIOR_OF_B * quarter) + 1 / excesses[n - 1],
  );
  const fits = candidates.map((b) => {
    const k = shape(b);
    return n * (Math.log(-b / k) - k - 1);
  });
  const best = Math.max(...fits);
  const total = fits.reduce((sum, fit) => sum + Math.exp(fit - best), 0);
  let shares = fits.map((fit) => Math.exp(fit - best) / total);
  shares = shares.map((share) => (share >= 10 * Number.EPSILON ? share : 0));
  const left = shares.reduce((sum, share) => sum + share, 0);
  const b = candidates.reduce((sum, candidate, i) => sum + (candidate * shares[i]) / left, 0);
  const k = shape(b);
  return { k: (n * k + PRIOR_OF_K * 0.5) / (n + PRIOR_OF_K), sigma: -k / b };
}
