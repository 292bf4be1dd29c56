/** Moves of priors: the handles of each family, what a move makes of a prior, and its table in a run file. */

import { curveValue, inverseCdf, monotoneCubic } from "./distributions.js";
import { normalQuantile } from "./normal.js";

/**
 * A prior with all that a control shows of it.
 * @typedef {import("./distributions.js").Prior & {
 *   name: string, unit: string, source: string, note: string, vintage: string,
 *   domain: {low: number | null, high: number | null, lowOpen: boolean, highOpen: boolean},
 *   support?: {low: number | null, high: number | null, lowOpen: boolean, highOpen: boolean},
 * }} NamedPrior
 */

/**
 * What a reader has made of a prior: keys of its table in a run file, in the family's own units, before any shift.
 * @typedef {Record<string, number>} Move
 */

/** @typedef {{key: string, label: string, value: number}} Handle */

/** @typedef {{low: number, high: number, logarithmic: boolean, step: number}} Axis */

const ENDS = [0.05, 0.95];
const RATIO = new Set(["lognormal", "loguniform"]);
const BY_ENDS = new Set(["normal", "lognormal", "student_t"]);
const BY_SUPPORT = new Set(["uniform", "loguniform"]);
const MOST_APART = 1.2; // of an axis, on either side of a prior's ends, in their own distance
const LEAST_APART = 0.01; // of two ends, as a share of the axis

/** Families that have no handles. */
export const UNMOVED = new Set(["discrete"]);

/**
 * The score of a family's standard member at p95.
 * @param {NamedPrior} prior
 * @returns {number}
 */
function standardScore(prior) {
  const z = normalQuantile(ENDS[1]);
  return prior.family === "student_t" && prior.table ? curveValue(monotoneCubic(...prior.table), z) : z;
}

/**
 * How a prior is described by the keys that a move changes.
 * @param {NamedPrior} prior as it is
 * @returns {Move}
 */
export function described(prior) {
  const n = prior.natural;
  if (prior.family === "fixed") return { value: n.value };
  if (prior.family === "bernoulli") return { p: n.p };
  if (BY_SUPPORT.has(prior.family)) return { low: n.low, high: n.high };
  if (prior.family === "triangular") return { low: n.low, mode: n.mode, high: n.high };
  if (BY_ENDS.has(prior.family)) {
    const far = standardScore(prior);
    if (prior.family === "lognormal") {
      return { p05: n.median * Math.exp(-far * n.sigma), p95: n.median * Math.exp(far * n.sigma) };
    }
    const [middle, scale] = prior.family === "normal" ? [n.mean, n.sd] : [n.median, n.scale];
    return { p05: middle - far * scale, p95: middle + far * scale };
  }
  const value = inverseCdf(prior);
  const [p05, p50, p95] = [ENDS[0], 0.5, ENDS[1]].map((level) => value(normalQuantile(level)));
  return { p05, p50, p95 };
}

/**
 * A prior after a move.
 * @template {NamedPrior} P
 * @param {P} prior as it was
 * @param {Move | undefined} move
 * @returns {P}
 */
export function moved(prior, move) {
  if (!move) return prior;
  const natural = movedNatural(prior, move);
  if (natural) return { ...prior, natural };
  const { support, domain } = prior;
  const lower = prior.lower ?? support?.low ?? domain.low;
  const upper = prior.upper ?? support?.high ?? domain.high;
  const values = [move.p05, move.p50, move.p95];
  const inside = domain.lowOpen && lower !== null && lower === domain.low ? lower + 1e-6 * (move.p05 - lower) : lower;
  return {
    ...prior,
    family: "quantiles",
    natural: { levels: [ENDS[0], 0.5, ENDS[1]], values },
    shift: 0,
    lower: inside,
    upper,
    table: undefined,
  };
}

/**
 * Natural parameters after a move; null for a family that a move turns into one of quantiles.
 * @param {NamedPrior} prior
 * @param {Move} move
 * @returns {Record<string, number> | null}
 */
function movedNatural(prior, move) {
  if (BY_ENDS.has(prior.family)) {
    const far = standardScore(prior);
    if (prior.family === "lognormal") {
      const sigma = Math.log(move.p95 / move.p05) / (2 * far);
      return { median: Math.sqrt(move.p05 * move.p95), sigma };
    }
    const middle = 0.5 * (move.p05 + move.p95);
    const scale = (move.p95 - move.p05) / (2 * far);
    return prior.family === "normal" ? { mean: middle, sd: scale } : { ...prior.natural, median: middle, scale };
  }
  return ["fixed", "bernoulli", "uniform", "loguniform", "triangular"].includes(prior.family) ? { ...move } : null;
}

/**
 * Handles of a prior, in final units.
 * @param {NamedPrior} prior as it was
 * @param {Move | undefined} move
 * @returns {Handle[]}
 */
export function handles(prior, move) {
  const at = move ?? described(prior);
  const labels = /** @type {Record<string, string>} */ ({
    p05: "5 % quantile", p50: "median", p95: "95 % quantile", low: "lowest value", mode: "mode", high: "highest value",
    p: "probability", value: "value", middle: "middle",
  });
  const keys = BY_ENDS.has(prior.family) ? ["p05", "p50", "p95"] : BY_SUPPORT.has(prior.family) ? ["low", "middle", "high"] : Object.keys(at);
  const shift = movedNatural(prior, at) ? prior.shift : 0;
  const value = (/** @type {string} */ key) => (key in at ? at[key] : middleOf(prior, at)) + (key === "p" ? 0 : shift);
  return keys.map((key) => ({ key, label: labels[key], value: value(key) }));
}

/**
 * The middle between two ends, in the family's own scale.
 * @param {NamedPrior} prior
 * @param {Move} at
 * @returns {number}
 */
function middleOf(prior, at) {
  const [low, high] = "p05" in at ? [at.p05, at.p95] : [at.low, at.high];
  return RATIO.has(prior.family) ? Math.sqrt(low * high) : 0.5 * (low + high);
}

/**
 * The axis on which a prior is shown and moved: its own width beyond its ends, within its domain.
 * @param {NamedPrior} prior as it was
 * @returns {Axis}
 */
export function axis(prior) {
  const at = described(prior);
  const values = Object.values(at);
  if (prior.family === "bernoulli") return { low: 0, high: 1, logarithmic: false, step: 0.01 };
  if (prior.family === "fixed") {
    const reach = Math.max(Math.abs(values[0]), 1);
    return { low: values[0] - reach, high: values[0] + reach, logarithmic: false, step: stepOf(reach) };
  }
  const shift = movedNatural(prior, at) ? prior.shift : 0;
  const [first, last] = [values[0], values[values.length - 1]];
  const logarithmic = RATIO.has(prior.family) && shift === 0;
  if (logarithmic) {
    const width = Math.log(last / first);
    const [low, high] = [first * Math.exp(-MOST_APART * width), last * Math.exp(MOST_APART * width)];
    return { low, high, logarithmic, step: stepOf(first) };
  }
  const width = last - first;
  const least = RATIO.has(prior.family) ? 0.2 * first : first - MOST_APART * width;
  const low = Math.max(least + shift, (prior.domain.low ?? -Infinity) + (prior.domain.lowOpen ? 0.02 * width : 0));
  const high = Math.min(last + MOST_APART * width + shift, (prior.domain.high ?? Infinity) - (prior.domain.highOpen ? 1e-3 : 0));
  return { low, high, logarithmic, step: stepOf(width) };
}

/**
 * A step that is fine beside a width, a power of ten.
 * @param {number} width
 * @returns {number}
 */
function stepOf(width) {
  return 10 ** (Math.floor(Math.log10(width)) - 2);
}

/**
 * A number rounded to a step that is a power of ten, without digits of rounding.
 * @param {number} value
 * @param {number} step
 * @returns {number}
 */
export function rounded(value, step) {
  const places = Math.max(0, -Math.round(Math.log10(step)));
  return Number((Math.round(value / step) * step).toFixed(places));
}

/**
 * Where on an axis a value stands, from 0 to 1.
 * @param {Axis} along
 * @param {number} value
 * @returns {number}
 */
export function share(along, value) {
  const { low, high, logarithmic } = along;
  return logarithmic ? Math.log(value / low) / Math.log(high / low) : (value - low) / (high - low);
}

/**
 * The value at a place of an axis.
 * @param {Axis} along
 * @param {number} place from 0 to 1
 * @returns {number}
 */
export function valueAt(along, place) {
  const { low, high, logarithmic } = along;
  return logarithmic ? low * (high / low) ** place : low + place * (high - low);
}

/**
 * The move that a handle makes when it is taken to a value.
 * @param {NamedPrior} prior as it was
 * @param {Move | undefined} move so far
 * @param {string} key of the handle
 * @param {number} value in final units
 * @returns {Move}
 */
export function moveHandle(prior, move, key, value) {
  const along = axis(prior);
  const at = { ...(move ?? described(prior)) };
  const shift = movedNatural(prior, at) && key !== "p" ? prior.shift : 0;
  const inside = Math.min(Math.max(value, along.low), along.high) - shift;
  if (key in at) {
    const keys = Object.keys(at);
    const i = keys.indexOf(key);
    const apart = LEAST_APART * (along.logarithmic ? Math.abs(inside) : along.high - along.low);
    const least = i > 0 ? at[keys[i - 1]] + apart : -Infinity;
    const most = i < keys.length - 1 ? at[keys[i + 1]] - apart : Infinity;
    at[key] = rounded(Math.min(Math.max(inside, least), most), along.step);
    for (const other of keys) at[other] = rounded(at[other], along.step);
    return at;
  }
  return shiftEnds(prior, at, inside, along, shift);
}

/**
 * Move both ends together, the middle to a value; in ratios for families of ratios.
 * @param {NamedPrior} prior
 * @param {Move} at
 * @param {number} middle
 * @param {Axis} along
 * @param {number} shift
 * @returns {Move}
 */
function shiftEnds(prior, at, middle, along, shift) {
  const [first, last] = Object.keys(at);
  const before = middleOf(prior, at);
  const [low, high] = [along.low - shift, along.high - shift];
  if (RATIO.has(prior.family)) {
    const ratio = Math.min(Math.max(middle / before, low / at[first]), high / at[last]);
    return { [first]: rounded(at[first] * ratio, along.step), [last]: rounded(at[last] * ratio, along.step) };
  }
  const by = Math.min(Math.max(middle - before, low - at[first]), high - at[last]);
  return { [first]: rounded(at[first] + by, along.step), [last]: rounded(at[last] + by, along.step) };
}

/**
 * Whether a move that came from outside, such as from a link, can be made of a prior.
 * @param {NamedPrior} prior as it was
 * @param {Move} move
 * @returns {boolean}
 */
export function isPossible(prior, move) {
  if (UNMOVED.has(prior.family)) return false;
  const keys = Object.keys(described(prior));
  if (keys.join() !== Object.keys(move).join()) return false;
  const values = Object.values(move);
  const along = axis(prior);
  const shift = movedNatural(prior, move) && keys[0] !== "p" ? prior.shift : 0;
  const slack = along.step;
  const inside = values.every((v) => Number.isFinite(v) && v + shift >= along.low - slack && v + shift <= along.high + slack);
  return inside && values.every((v, i) => i === 0 || v > values[i - 1]);
}

/**
 * A string as TOML writes it.
 * @param {string} text
 * @returns {string}
 */
export function tomlString(text) {
  return JSON.stringify(text).replace(/\u007f/g, "\\u007f");
}

/**
 * A number as TOML writes a float.
 * @param {number} value
 * @returns {string}
 */
export function tomlNumber(value) {
  const text = String(value);
  return /[.e]/.test(text) ? text : `${text}.0`;
}

/**
 * A moved prior as a table of a run file.
 * @param {NamedPrior} prior as it was
 * @param {Move} move
 * @returns {string}
 */
export function priorToml(prior, move) {
  const after = moved(prior, move);
  const before = Object.entries(described(prior)).map(([key, value]) => `${key} ${Number(value.toPrecision(4))}`);
  const lines = [`[priors.${/^[\w-]+$/.test(prior.name) ? prior.name : tomlString(prior.name)}]`];
  lines.push(`unit = ${tomlString(prior.unit)}`, `family = ${tomlString(after.family)}`);
  for (const [key, value] of Object.entries(move)) lines.push(`${key} = ${tomlNumber(value)}`);
  if (after.family === "student_t") lines.push(`df = ${tomlNumber(after.natural.df)}`);
  if (after.shift) lines.push(`shift = ${tomlNumber(after.shift)}`);
  if (after.lower !== null) lines.push(`lower = ${tomlNumber(after.lower)}`);
  if (after.upper !== null) lines.push(`upper = ${tomlNumber(after.upper)}`);
  lines.push('source = "judgement"');
  lines.push(`note = ${tomlString(`Moved in the page; before: ${prior.family}, ${before.join(", ")}.`)}`);
  return lines.join("\n");
}
