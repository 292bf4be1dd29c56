/**
 * Priors: from a draw's normal score to its value. Every family is a rising function of the score, so that truncation,
 * shifts and moves are the same for all.
 */

import { normalCdf, normalQuantile } from "./normal.js";

/**
 * A prior, as the page keeps it.
 * @typedef {object} Prior
 * @property {string} family
 * @property {Record<string, any>} natural the family's natural parameters
 * @property {number} shift
 * @property {number | null} lower
 * @property {number | null} upper
 * @property {[number[], number[]]} [table] scores and values: of Student's t its standard, of families that only
 *   oomcast knows the whole inverse cdf, shifted and truncated
 */

/**
 * A family's member: score to value, and back.
 * @typedef {{value: (z: number) => number, score: (x: number) => number, support: [number, number]}} Member
 */

/** @typedef {{scores: number[], values: number[], slopes: number[]}} Knots */

const FARTHEST_SCORE = 40;
const MOST_HALVINGS = 200;
const ANYWHERE = /** @type {[number, number]} */ ([-Infinity, Infinity]);

/**
 * Slopes of a monotone cubic through points: Fritsch and Carlson (1980), inside Butland's harmonic mean.
 * @param {number[]} scores
 * @param {number[]} values
 * @returns {Knots}
 */
export function monotoneCubic(scores, values) {
  const last = scores.length - 1;
  const width = scores.slice(1).map((z, i) => z - scores[i]);
  const secant = width.map((w, i) => (values[i + 1] - values[i]) / w);
  const slopes = scores.map((_, i) => {
    if (i === 0 || i === last) return secant[i === 0 ? 0 : last - 1];
    const left = 2 * width[i] + width[i - 1];
    const right = width[i] + 2 * width[i - 1];
    return (left + right) / (left / secant[i - 1] + right / secant[i]);
  });
  return { scores, values, slopes };
}

/**
 * A monotone cubic at a score; straight beyond its ends.
 * @param {Knots} knots
 * @param {number} z
 * @returns {number}
 */
export function curveValue({ scores, values, slopes }, z) {
  const last = scores.length - 1;
  if (z <= scores[0]) return values[0] + slopes[0] * (z - scores[0]);
  if (z >= scores[last]) return values[last] + slopes[last] * (z - scores[last]);
  let low = 0;
  let high = last;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (scores[middle] <= z) low = middle;
    else high = middle;
  }
  const width = scores[high] - scores[low];
  const t = (z - scores[low]) / width;
  const rise = values[high] - values[low];
  const start = slopes[low] * width;
  const end = slopes[high] * width;
  return values[low] + t * (start + t * (3 * rise - 2 * start - end + t * (start + end - 2 * rise)));
}

/**
 * The score at which a rising function takes a value, by halving.
 * @param {(z: number) => number} value
 * @param {number} x
 * @returns {number}
 */
function inverted(value, x) {
  let low = -FARTHEST_SCORE;
  let high = FARTHEST_SCORE;
  for (let i = 0; i < 64; i++) {
    const middle = 0.5 * (low + high);
    if (value(middle) < x) low = middle;
    else high = middle;
  }
  return 0.5 * (low + high);
}

/**
 * @param {number} location
 * @param {number} scale
 * @returns {Member}
 */
function line(location, scale) {
  return { value: (z) => location + scale * z, score: (x) => (x - location) / scale, support: ANYWHERE };
}

/**
 * @param {(u: number) => number} value from level to value
 * @param {(x: number) => number} level back, outside the support below 0 or above 1
 * @param {[number, number]} support
 * @returns {Member}
 */
function overLevels(value, level, support) {
  return {
    value: (z) => value(normalCdf(z)),
    score: (x) => normalQuantile(Math.min(Math.max(level(x), 0), 1)),
    support,
  };
}

/**
 * @param {Knots} knots
 * @returns {Member}
 */
function curve(knots) {
  const value = (/** @type {number} */ z) => curveValue(knots, z);
  return { value, score: (x) => inverted(value, x), support: ANYWHERE };
}

/**
 * @param {number} level
 * @param {number} peak
 * @returns {number}
 */
function triangle(level, peak) {
  return level <= peak ? Math.sqrt(level * peak) : 1 - Math.sqrt((1 - level) * (1 - peak));
}

/**
 * @param {number} u
 * @param {number} peak
 * @returns {number}
 */
function triangleLevel(u, peak) {
  if (u < peak) return (u * Math.max(u, 0)) / peak;
  return peak < 1 ? 1 - (1 - u) ** 2 / (1 - peak) : u;
}

/**
 * The value that a level picks among some, each as often as its weight says.
 * @param {number[]} values
 * @param {number[]} weights
 * @returns {(u: number) => number}
 */
function picked(values, weights) {
  const order = values.map((_, i) => i).filter((i) => weights[i] > 0).sort((a, b) => values[a] - values[b]);
  const total = weights.reduce((sum, w) => sum + w, 0);
  let sum = 0;
  const ends = order.map((i) => (sum += weights[i] / total));
  return (u) => {
    const first = ends.findIndex((end) => u <= end);
    return values[order[first < 0 ? order.length - 1 : first]];
  };
}

/** @type {Record<string, (n: Record<string, any>, table?: [number[], number[]]) => Member>} */
const FAMILIES = {
  fixed: ({ value }) => ({ value: () => value, score: (x) => (x >= value ? FARTHEST_SCORE : -FARTHEST_SCORE), support: [value, value] }),
  uniform: ({ low, high }) => overLevels((u) => low + u * (high - low), (x) => (x - low) / (high - low), [low, high]),
  loguniform: ({ low, high }) => {
    const width = Math.log(high) - Math.log(low);
    return overLevels((u) => low * Math.exp(u * width), (x) => Math.log(Math.max(x, 1e-300) / low) / width, [low, high]);
  },
  normal: ({ mean, sd }) => line(mean, sd),
  lognormal: ({ median, sigma }) => ({
    value: (z) => median * Math.exp(sigma * z),
    score: (x) => (x > 0 ? Math.log(x / median) / sigma : -FARTHEST_SCORE),
    support: [0, Infinity],
  }),
  student_t: ({ median, scale }, table) => {
    const knots = monotoneCubic(...(table ?? [[-1, 1], [-1, 1]]));
    const value = (/** @type {number} */ z) => median + scale * curveValue(knots, z);
    return { value, score: (x) => inverted(value, x), support: ANYWHERE };
  },
  triangular: ({ low, mode, high }) => {
    const peak = (mode - low) / (high - low);
    const unit = (/** @type {number} */ x) => Math.min(Math.max((x - low) / (high - low), 0), 1);
    return overLevels((u) => low + (high - low) * triangle(u, peak), (x) => triangleLevel(unit(x), peak), [low, high]);
  },
  bernoulli: ({ p }) => overLevels((u) => (u > 1 - p ? 1 : 0), (x) => (x >= 1 ? 1 : x >= 0 ? 1 - p : 0), [0, 1]),
  discrete: ({ values, weights }) => overLevels(picked(values, weights), () => 0.5, ANYWHERE),
  quantiles: ({ levels, values }) => curve(monotoneCubic(levels.map(normalQuantile), values)),
};

/** Families whose members the page can compute without a table. */
export const KNOWN_FAMILIES = [...Object.keys(FAMILIES), "mixture"];

/**
 * The inverse cdf of a prior, over normal scores.
 * @param {Prior} prior
 * @returns {(z: number) => number}
 */
export function inverseCdf(prior) {
  return distribution(prior).value;
}

/**
 * A family's member, shifted, then cut.
 * @param {Prior} prior
 * @returns {Member}
 */
function distribution(prior) {
  const family = prior.family === "mixture" ? mixture : FAMILIES[prior.family];
  if (!family || (prior.table && prior.family !== "student_t")) return curve(monotoneCubic(...(prior.table ?? [[-1, 1], [0, 0]])));
  const member = family(prior.natural, prior.table);
  const lower = prior.lower ?? -Infinity;
  const upper = prior.upper ?? Infinity;
  const low = Math.max(member.support[0] + prior.shift, lower);
  const high = Math.min(member.support[1] + prior.shift, upper);
  const value = (/** @type {number} */ z) => Math.min(Math.max(member.value(z) + prior.shift, low), high);
  const score = (/** @type {number} */ x) => member.score(x - prior.shift);
  const shifted = /** @type {Member} */ ({ value, score, support: [low, high] });
  return lower === -Infinity && upper === Infinity ? shifted : truncated(shifted, lower, upper);
}

/**
 * What is left of a member between two limits. Levels are counted from above where little but an upper tail is left.
 * @param {Member} member
 * @param {number} lower
 * @param {number} upper
 * @returns {Member}
 */
function truncated(member, lower, upper) {
  const first = lower === -Infinity ? -FARTHEST_SCORE : member.score(lower);
  const last = upper === Infinity ? FARTHEST_SCORE : member.score(upper);
  const sign = first > 0 ? -1 : 1;
  const start = normalCdf(sign * first);
  const end = normalCdf(sign * last);
  return {
    value: (z) => member.value(sign * normalQuantile(start + normalCdf(z) * (end - start))),
    score: (x) => {
      const level = (normalCdf(sign * member.score(x)) - start) / (end - start);
      return normalQuantile(Math.min(Math.max(level, 0), 1));
    },
    support: member.support,
  };
}

/**
 * A mixture: its level is the weighted mean of its components' levels, and its value lies between theirs. Levels are
 * counted from above in the upper half.
 * @param {Record<string, any>} natural
 * @returns {Member}
 */
function mixture({ weights, components }) {
  const total = weights.reduce((/** @type {number} */ sum, /** @type {number} */ w) => sum + w, 0);
  const parts = components
    .map((/** @type {Prior} */ each, /** @type {number} */ i) => ({ share: weights[i] / total, member: distribution(each) }))
    .filter((/** @type {{share: number}} */ { share }) => share > 0);
  const level = (/** @type {number} */ x, /** @type {number} */ sign) => {
    let sum = 0;
    for (const { share, member } of parts) sum += share * normalCdf(sign * member.score(x));
    return sum;
  };
  const value = (/** @type {number} */ z) => {
    const sign = z <= 0 ? 1 : -1;
    const wanted = normalCdf(sign * z);
    const ends = parts.map((/** @type {{member: Member}} */ { member }) => member.value(z));
    let [low, high] = [Math.min(...ends), Math.max(...ends)];
    for (let i = 0; i < MOST_HALVINGS; i++) {
      const middle = 0.5 * low + 0.5 * high;
      if (middle <= low || middle >= high) break;
      const reached = sign > 0 ? level(middle, 1) >= wanted : level(middle, -1) <= wanted;
      if (reached) high = middle;
      else low = middle;
    }
    return high;
  };
  const supports = parts.map((/** @type {{member: Member}} */ { member }) => member.support);
  return {
    value,
    score: (x) => {
      const below = level(x, 1);
      return below <= 0.5 ? normalQuantile(below) : -normalQuantile(level(x, -1));
    },
    support: [
      Math.min(...supports.map((/** @type {number[]} */ s) => s[0])),
      Math.max(...supports.map((/** @type {number[]} */ s) => s[1])),
    ],
  };
}

/**
 * Values of a prior at the scores of some draws.
 * @param {Prior} prior
 * @param {Float64Array} scores
 * @returns {Float64Array}
 */
export function priorValues(prior, scores) {
  return scores.map(inverseCdf(prior));
}

/**
 * Quantiles of a prior.
 * @param {Prior} prior
 * @param {number[]} levels
 * @returns {number[]}
 */
export function priorQuantiles(prior, levels) {
  const value = inverseCdf(prior);
  return levels.map((level) => value(normalQuantile(level)));
}
