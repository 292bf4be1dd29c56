/** How a prior's probability lies: a curve, or bars where it has few values; and the handles that move it. */

import { inverseCdf } from "./distributions.js";
import { areaBetween, pathThrough, svg } from "./elements.js";
import { share } from "./moves.js";
import { normalCdf } from "./normal.js";

/** @typedef {import("./moves.js").Axis} Axis */
/** @typedef {import("./distributions.js").Prior} Prior */

const SCORES = Array.from({ length: 161 }, (_, i) => -3.2 + (6.4 * i) / 160);

/**
 * Places and heights of a density along an axis; heights are per place, so that an axis in ratios shows it as it is
 * there.
 * @param {Prior} prior
 * @param {Axis} along
 * @returns {{place: number, height: number}[]}
 */
export function densityPoints(prior, along) {
  const value = inverseCdf(prior);
  const places = SCORES.map((z) => share(along, value(z)));
  const levels = SCORES.map(normalCdf);
  const points = [];
  for (let i = 1; i < SCORES.length; i++) {
    const width = places[i] - places[i - 1];
    if (width > 1e-9) points.push({ place: (places[i] + places[i - 1]) / 2, height: (levels[i] - levels[i - 1]) / width });
  }
  const [first, last] = [places[0], places[places.length - 1]];
  return [{ place: first, height: 0 }, ...points, { place: last, height: 0 }];
}

/**
 * Values and probabilities of a prior that has few values.
 * @param {Prior} prior
 * @returns {{value: number, weight: number}[] | null} null for one that has many
 */
export function atoms(prior) {
  const n = prior.natural;
  if (prior.family === "fixed") return [{ value: n.value, weight: 1 }];
  if (prior.family === "bernoulli") return [{ value: 0, weight: 1 - n.p }, { value: 1, weight: n.p }];
  if (prior.family !== "discrete") return null;
  const total = n.weights.reduce((/** @type {number} */ sum, /** @type {number} */ w) => sum + w, 0);
  return n.values.map((/** @type {number} */ value, /** @type {number} */ i) => ({ value, weight: n.weights[i] / total }));
}

/**
 * A density as shapes.
 * @param {Prior} prior
 * @param {Prior | null} before the prior as it was, drawn as a ghost
 * @param {Axis} along
 * @param {number} width
 * @param {number} height
 * @returns {SVGElement[]}
 */
export function densityShapes(prior, before, along, width, height) {
  const masses = atoms(prior);
  if (masses) return atomShapes(masses, along, width, height);
  const now = densityPoints(prior, along);
  const then = before ? densityPoints(before, along) : [];
  const most = Math.max(...now.map((p) => p.height), ...then.map((p) => p.height));
  const at = (/** @type {{place: number, height: number}} */ p) => /** @type {[number, number]} */ ([p.place * width, height - (p.height / most) * (height - 3)]);
  const points = now.map(at);
  return [
    svg("path", { class: "density", d: areaBetween(points, points.map(([x]) => [x, height])) }),
    ...(before ? [svg("path", { class: "ghost-line", d: pathThrough(then.map(at)) })] : []),
    svg("path", { class: "density-line", d: pathThrough(points) }),
  ];
}

/**
 * @param {{value: number, weight: number}[]} masses
 * @param {Axis} along
 * @param {number} width
 * @param {number} height
 * @returns {SVGElement[]}
 */
function atomShapes(masses, along, width, height) {
  return masses.map(({ value, weight }) => {
    const x = Math.min(Math.max(share(along, value), 0.01), 0.99) * width;
    return svg("line", { class: "atom", x1: x, x2: x, y1: height, y2: height - weight * (height - 3) });
  });
}
