/** A draw's probability levels: oomcast's own, from the same seed. Philox 4x64 with ten rounds, then the copula. */

import { normalCdf, normalQuantile } from "./normal.js";

/**
 * Where levels come from.
 * @typedef {object} Sampling
 * @property {string[]} names the parameters of the plan
 * @property {string[]} streams names of the independent levels: the parameters, and their partners in the copula
 * @property {number[][]} keys of each stream, four 32-bit words, the lowest first
 * @property {{stream: number, row: [number, number][]}[]} copula scores that are weighted sums of independent ones
 * @property {Record<string, number>} hold levels at which parameters are held
 */

/**
 * Levels of one parameter, and their normal scores.
 * @typedef {{levels: Float64Array, scores: Float64Array}} Column
 */

const WORD = 4294967296;
const LOWEST_LEVEL = 2 ** -53;
const ROUNDS = 10;
// high and low halves of Random123's multipliers and of what keys grow by in each round
const M0 = [0xd2e7470e, 0xe14c6c93];
const M1 = [0xca5a8263, 0x95121157];
const W0 = [0x9e3779b9, 0x7f4a7c15];
const W1 = [0xbb67ae85, 0x84caa73b];

/**
 * The high half of a product of two 32-bit numbers, of which the low half is known.
 * @param {number} a
 * @param {number} b
 * @param {number} low
 * @returns {number}
 */
function highHalf(a, b, low) {
  return Math.round((a * b - low) / WORD);
}

/**
 * A product of two 64-bit numbers as four 32-bit words, the highest first, written to `out`.
 * @param {number[]} m high and low half
 * @param {number} high
 * @param {number} low
 * @param {number[]} out
 */
function multiply(m, high, low, out) {
  const ll = Math.imul(m[1], low) >>> 0;
  const lh = Math.imul(m[1], high) >>> 0;
  const hl = Math.imul(m[0], low) >>> 0;
  const hh = Math.imul(m[0], high) >>> 0;
  const second = highHalf(m[1], low, ll) + lh + hl;
  const third = highHalf(m[1], high, lh) + highHalf(m[0], low, hl) + hh + Math.floor(second / WORD);
  out[0] = highHalf(m[0], high, hh) + Math.floor(third / WORD);
  out[1] = third >>> 0;
  out[2] = second >>> 0;
  out[3] = ll;
}

/**
 * Four 64-bit words of a stream as eight 32-bit ones, the high half first.
 * Salmon et al. (2011), "Parallel random numbers: as easy as 1, 2, 3".
 * @param {number[]} key four 32-bit words, the lowest first
 * @param {number} count
 * @returns {number[]}
 */
export function philox(key, count) {
  let c = [0, count >>> 0, 0, 0, 0, 0, 0, 0];
  let [k0l, k0h, k1l, k1h] = key;
  const p = [0, 0, 0, 0];
  const q = [0, 0, 0, 0];
  for (let round = 0; round < ROUNDS; round++) {
    multiply(M0, c[0], c[1], p);
    multiply(M1, c[4], c[5], q);
    c = [
      (q[0] ^ c[2] ^ k0h) >>> 0, (q[1] ^ c[3] ^ k0l) >>> 0, q[2], q[3],
      (p[0] ^ c[6] ^ k1h) >>> 0, (p[1] ^ c[7] ^ k1l) >>> 0, p[2], p[3],
    ];
    const low0 = k0l + W0[1];
    const low1 = k1l + W1[1];
    k0h = (k0h + W0[0] + Math.floor(low0 / WORD)) >>> 0;
    k1h = (k1h + W1[0] + Math.floor(low1 / WORD)) >>> 0;
    k0l = low0 >>> 0;
    k1l = low1 >>> 0;
  }
  return c;
}

/**
 * Independent levels of draws 0 to `draws`, before the copula: `((raw >> 12) + 0.5) * 2^-52`.
 * @param {number[]} key
 * @param {number} draws
 * @returns {Float64Array}
 */
export function independentLevels(key, draws) {
  const levels = new Float64Array(draws);
  for (let d = 0; d < draws; d += 4) {
    const words = philox(key, d / 4 + 1);
    for (let i = 0; i < 4 && d + i < draws; i++) {
      levels[d + i] = (words[2 * i] * 1048576 + (words[2 * i + 1] >>> 12) + 0.5) * 2 ** -52;
    }
  }
  return levels;
}

/**
 * Levels and scores of every parameter for draws 0 to `draws`, after the copula and the holds.
 * @param {Sampling} sampling
 * @param {number} draws
 * @returns {Record<string, Column>}
 */
export function correlatedLevels(sampling, draws) {
  /** @type {Record<string, Column>} */
  const columns = {};
  const independent = sampling.keys.map((key) => {
    const levels = independentLevels(key, draws);
    return { levels, scores: levels.map(normalQuantile) };
  });
  sampling.streams.forEach((name, i) => (columns[name] = independent[i]));
  for (const { stream, row } of sampling.copula) {
    const scores = new Float64Array(draws);
    for (const [i, weight] of row) {
      const other = independent[i].scores;
      for (let d = 0; d < draws; d++) scores[d] += weight * other[d];
    }
    const clipped = (/** @type {number} */ z) => Math.min(Math.max(normalCdf(z), LOWEST_LEVEL), 1 - LOWEST_LEVEL);
    columns[sampling.streams[stream]] = { levels: scores.map(clipped), scores };
  }
  for (const [name, level] of Object.entries(sampling.hold)) {
    const scores = new Float64Array(draws).fill(normalQuantile(level));
    columns[name] = { levels: new Float64Array(draws).fill(level), scores };
  }
  return columns;
}
