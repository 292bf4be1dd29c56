/** Pictures of an answer: the fan with its ladder, arrival curves, shares by year, intervals. */

import { areaBetween, pathThrough, picture, svg, ticks } from "./elements.js";
import { percentText, shortNumber } from "./words.js";

/** @typedef {{label: string, low: number, middle: number, high: number, chosen: boolean}} Rung */
/** @typedef {{label: string, year: number, low: number, middle: number, high: number}} Point */
/** @typedef {{heading: string, marks: [number, string][]}} Marked an axis, and all its marks in ascending order */
/** @typedef {{years: number[], bands: number[][]}} Bands quantiles p05 p10 p25 p50 p75 p90 p95 by year */

const PAIRS = [[0, 6], [1, 5], [2, 4]];
const NAMES = ["90 %", "80 %", "50 %"];

/**
 * A scale from values to pixels.
 * @param {number} low
 * @param {number} high
 * @param {number} from
 * @param {number} to
 * @returns {(value: number) => number}
 */
function scale(low, high, from, to) {
  return (value) => from + ((value - low) / (high - low)) * (to - from);
}

/**
 * Places moved apart, as little as their order allows, until they are a distance from one another.
 * @param {number[]} wanted
 * @param {number} apart
 * @param {number} most the last place there is
 * @returns {number[]}
 */
export function spreadApart(wanted, apart, most) {
  const order = [...wanted.keys()].sort((a, b) => wanted[a] - wanted[b]);
  const places = [...wanted];
  let last = -Infinity;
  for (const i of order) last = places[i] = Math.max(wanted[i], last + apart);
  let next = most + apart;
  for (const i of [...order].reverse()) next = places[i] = Math.min(places[i], next - apart);
  return places;
}

/**
 * A fan of quantiles over the years, with rungs of a ladder at its right.
 * @param {object} what
 * @param {number} what.width
 * @param {Bands} what.now
 * @param {Bands | null} what.ghost the starting answer
 * @param {Rung[]} what.rungs
 * @param {Point[]} what.points
 * @param {number} what.until last year
 * @param {number} what.asOf
 * @param {string} what.unit
 * @param {Marked | null} what.axis how the axis of a logarithmic unit is marked
 * @param {string} what.label
 * @returns {SVGElement}
 */
export function fanChart({ width, now, ghost, rungs, points, until, asOf, unit, axis, label }) {
  const narrow = width < 560;
  const height = Math.round(Math.min(Math.max(width * 0.62, 280), 440));
  const right = rungs.length ? (narrow ? 96 : 158) : 16;
  const [left, top, bottom] = [axis ? 76 : 44, 34, 28];
  const kept = now.years.filter((year) => year <= until).length;
  const first = now.years[0];
  const last = now.years[kept - 1];
  const [low, high] = fanLimits(now.bands.slice(0, kept), rungs, points);
  const x = scale(first, last, left, width - right);
  const y = scale(low, high, height - bottom, top);
  const edge = (/** @type {Bands} */ of, /** @type {number} */ q) =>
    of.bands.map((row, i) => /** @type {[number, number]} */ ([x(of.years[i]), y(row[q])])).filter((_, i) => of.years[i] <= last && of.years[i] >= first);
  const clip = `clip-${label.replace(/\W/g, "")}`;
  const inside = svg("g", { "clip-path": `url(#${clip})` },
    ...PAIRS.map(([a, b], i) => svg("path", { class: `band band-${i}`, d: areaBetween(edge(now, b), edge(now, a)) }, svg("title", {}, `${NAMES[i]} of draws`))),
    ghost && svg("path", { class: "ghost-edge", d: pathThrough(edge(ghost, 1)) }),
    ghost && svg("path", { class: "ghost-edge", d: pathThrough(edge(ghost, 5)) }),
    ghost && svg("path", { class: "ghost-line", d: pathThrough(edge(ghost, 3)) }),
    svg("path", { class: "median", d: pathThrough(edge(now, 3)) }),
    ...points.filter((p) => p.year <= last).map((p) => pointMark(p, x, y)));
  const frame = svg("rect", { x: left, y: top, width: width - right - left, height: height - bottom - top });
  return picture(width, height, fanInWords(label, unit, now, ghost, last),
    svg("defs", {}, svg("clipPath", { id: clip }, frame)),
    svg("text", { class: "axis-title", x: 0, y: 14 }, unit === "OOM" ? "orders of magnitude (OOM) over the anchor" : axis?.heading ?? unit),
    ...valueTicks(low, high, axis).map(([t, text]) => horizontal(y(t), left, width - right, text)),
    ...yearTicks(first, last, narrow ? 4 : 7).map((t) => vertical(x(t), top, height - bottom, String(t))),
    inside,
    svg("line", { class: "as-of", x1: x(asOf), x2: x(asOf), y1: top, y2: height - bottom }),
    svg("text", { class: "note", x: x(asOf) + 4, y: top + 11 }, "as of"),
    ...ladder(rungs, y, width - right + 8, right - 12, top, height - bottom));
}

/**
 * Positions and labels of an axis: a few of its marks in reach, or numbers where it has too few.
 * @param {number} low
 * @param {number} high
 * @param {Marked | null} axis
 * @returns {[number, string][]}
 */
export function valueTicks(low, high, axis) {
  const marks = (axis?.marks ?? []).filter(([at]) => at >= low && at <= high);
  const every = Math.ceil(marks.length / 7);
  if (marks.length >= 3) return marks.filter((_, i) => i % every === 0);
  return ticks(low, high, 6).map((at) => [at, shortNumber(at)]);
}

/**
 * @param {number[][]} bands
 * @param {Rung[]} rungs
 * @param {Point[]} points
 * @returns {[number, number]}
 */
function fanLimits(bands, rungs, points) {
  const middle = bands.map((row) => row[3]);
  const lows = [...bands.map((row) => row[1]), ...points.map((p) => p.low)];
  const wide = bands[bands.length - 1];
  const highs = [...middle, wide[4], ...rungs.map((rung) => rung.high)].filter(Number.isFinite);
  const low = Math.min(...lows);
  const high = Math.max(...highs, low + 1e-6);
  return [low - 0.03 * (high - low), high + 0.04 * (high - low)];
}

/**
 * @param {number} first
 * @param {number} last
 * @param {number} wanted
 * @returns {number[]}
 */
function yearTicks(first, last, wanted) {
  return ticks(first, last, wanted).filter(Number.isInteger);
}

/**
 * @param {Point} point
 * @param {(v: number) => number} x
 * @param {(v: number) => number} y
 * @returns {SVGElement}
 */
function pointMark(point, x, y) {
  const at = x(point.year);
  return svg("g", { class: "point" },
    svg("title", {}, point.label),
    svg("line", { x1: at, x2: at, y1: y(point.low), y2: y(point.high) }),
    svg("circle", { cx: at, cy: y(point.middle), r: 2.6 }),
  );
}

/**
 * @param {number} at
 * @param {number} from
 * @param {number} to
 * @param {string} text
 * @returns {SVGElement}
 */
function horizontal(at, from, to, text) {
  return svg("g", { class: "tick" },
    svg("line", { x1: from, x2: to, y1: at, y2: at }),
    svg("text", { x: from - 8, y: at + 4, "text-anchor": "end" }, text.replace("-", "−")),
  );
}

/**
 * @param {number} at
 * @param {number} from
 * @param {number} to
 * @param {string} text
 * @returns {SVGElement}
 */
function vertical(at, from, to, text) {
  return svg("g", { class: "tick tick-year" },
    svg("line", { x1: at, x2: at, y1: to, y2: to + 4 }),
    svg("text", { x: at, y: to + 18, "text-anchor": "middle" }, text),
  );
}

/**
 * @param {Rung[]} rungs
 * @param {(v: number) => number} y
 * @param {number} left
 * @param {number} room
 * @param {number} top
 * @param {number} bottom
 * @returns {SVGElement[]}
 */
function ladder(rungs, y, left, room, top, bottom) {
  const shown = rungs.filter((rung) => y(rung.middle) >= top - 1 && y(rung.middle) <= bottom + 1);
  const most = Math.floor((room - 14) / 6.4);
  const apart = shown.some((rung) => rung.label.length > most) ? 28 : 15;
  const places = spreadApart(shown.map((rung) => y(rung.middle)), apart, bottom);
  return shown.map((rung, i) => {
    const middle = y(rung.middle);
    const lines = wrapped(rung.label, most);
    const wide = rung.high > rung.low;
    const offset = wide && i % 2 ? 4 : 0;
    return svg("g", { class: rung.chosen ? "rung rung-chosen" : "rung" },
      svg("title", {}, `${rung.label}: ${shortNumber(rung.middle)}${wide ? ` (80 %: ${shortNumber(rung.low)} to ${shortNumber(rung.high)})` : ""}`),
      wide && svg("line", { class: "rung-span", x1: left + offset, x2: left + offset, y1: Math.max(y(rung.high), top), y2: Math.min(y(rung.low), bottom) }),
      svg("circle", { cx: left + offset, cy: middle, r: 2.6 }),
      svg("text", { x: left + 12, y: places[i] + 4 - 6 * (lines.length - 1) }, ...lines.map((line, k) => svg("tspan", { x: left + 12, dy: k ? 13 : 0 }, line))),
    );
  });
}

/**
 * A label in one line, or in two where it is longer than that.
 * @param {string} label
 * @param {number} most letters of a line
 * @returns {string[]}
 */
function wrapped(label, most) {
  if (label.length <= most) return [label];
  const space = label.lastIndexOf(" ", most);
  return space < 1 ? [`${label.slice(0, most - 1)}…`] : [label.slice(0, space), label.slice(space + 1)];
}

/**
 * What a fan shows, in words.
 * @param {string} label
 * @param {string} unit
 * @param {Bands} now
 * @param {Bands | null} ghost
 * @param {number} last
 * @returns {string}
 */
function fanInWords(label, unit, now, ghost, last) {
  const told = [2026, 2028, 2030, 2035, 2040, last].filter((year, i, all) => year <= last && all.indexOf(year) === i);
  const parts = told.flatMap((year) => {
    const i = now.years.indexOf(year);
    if (i < 0) return [];
    const row = now.bands[i];
    return [`${year}: ${shortNumber(row[3])}, 80 % between ${shortNumber(row[1])} and ${shortNumber(row[5])}`];
  });
  return `${label} by year, median and intervals, ${unit}. ${parts.join("; ")}.${ghost ? " Dashed: the starting answer." : ""}`;
}

/**
 * The curve of the probability that a milestone has been reached.
 * @param {object} what
 * @param {number} what.width
 * @param {number} what.height
 * @param {string} what.label
 * @param {number[]} what.years
 * @param {number[]} what.reached
 * @param {number[]} what.quantiles p05 p10 p25 p50 p75 p90 p95
 * @param {{years: number[], reached: number[]} | null} what.ghost
 * @param {number} what.from first year shown
 * @param {number} what.asOf
 * @param {boolean} what.small
 * @returns {SVGElement}
 */
export function arrivalCurve({ width, height, label, years, reached, quantiles, ghost, from, asOf, small }) {
  const last = years[years.length - 1];
  const [left, right, top, bottom] = small ? [2, 2, 6, 16] : [44, 16, 12, 26];
  const x = scale(from, last, left, width - right);
  const y = scale(0, 1, height - bottom, top);
  const line = (/** @type {number[]} */ at, /** @type {number[]} */ shares) =>
    shares.map((s, i) => /** @type {[number, number]} */ ([x(at[i]), y(s)])).filter((_, i) => at[i] >= from && at[i] <= last);
  const points = line(years, reached);
  const floor = points.map(([px]) => /** @type {[number, number]} */ ([px, y(0)]));
  const marks = small ? [Math.ceil(from / 10) * 10, 2030, 2040, 2050] : yearTicks(from, last, width < 480 ? 4 : 7);
  const seen = [...new Set(marks)].filter((t) => t >= from && t <= last);
  const words = `${label}: probability of having been reached. ${[0.1, 0.5, 0.9].map((level) => arrivalInWords(level, quantiles, last)).join("; ")}.`;
  return picture(width, height, words,
    ...(small ? [] : [0, 0.25, 0.5, 0.75, 1].map((t) => horizontal(y(t), left, width - right, percentText(t)))),
    svg("line", { class: "base", x1: left, x2: width - right, y1: y(0), y2: y(0) }),
    ...seen.map((t) => vertical(x(t), top, height - bottom, small ? `’${String(t).slice(2)}` : String(t))),
    svg("path", { class: "reached", d: areaBetween(points, floor) }),
    ghost && svg("path", { class: "ghost-line", d: pathThrough(line(ghost.years, ghost.reached)) }),
    svg("path", { class: "median", d: pathThrough(points) }),
    asOf > from && svg("line", { class: "as-of", x1: x(asOf), x2: x(asOf), y1: top, y2: y(0) }),
    Number.isFinite(quantiles[3]) && quantiles[3] >= from && svg("circle", { class: "median-dot", cx: x(quantiles[3]), cy: y(0.5), r: small ? 2.6 : 4 }),
  );
}

/**
 * @param {number} level
 * @param {number[]} quantiles
 * @param {number} last
 * @returns {string}
 */
function arrivalInWords(level, quantiles, last) {
  const value = quantiles[{ 0.1: 1, 0.5: 3, 0.9: 5 }[level] ?? 3];
  return percentText(level) + (Number.isFinite(value) ? ` by ${value.toFixed(1)}` : `: > ${last}`);
}

/**
 * Shares of draws at each value of a code, by year.
 * @param {object} what
 * @param {number} what.width
 * @param {number[]} what.years
 * @param {number[][]} what.shares by year
 * @param {string[]} what.names
 * @param {number} what.asOf
 * @param {string} what.label
 * @returns {SVGElement}
 */
export function sharesChart({ width, years, shares, names, asOf, label }) {
  const height = Math.round(Math.min(Math.max(width * 0.3, 190), 280));
  const right = width < 560 ? 64 : 90;
  const [left, top, bottom] = [44, 8, 26];
  const last = years[years.length - 1];
  const x = scale(years[0], last, left, width - right);
  const y = scale(0, 1, height - bottom, top);
  const sums = shares.map((row) => row.reduce((all, s) => [...all, all[all.length - 1] + s], [0]));
  const edge = (/** @type {number} */ k) => sums.map((row, i) => /** @type {[number, number]} */ ([x(years[i]), y(row[k])]));
  const ends = sums[sums.length - 1];
  const places = spreadApart(names.map((_, k) => y((ends[k] + ends[k + 1]) / 2)), 15, height - bottom);
  const words = names.map((name, k) => `${name} ${percentText(shares[shares.length - 1][k])}`).join(", ");
  return picture(width, height, `${label}: share of draws by year. In ${last}: ${words}.`,
    ...names.map((name, k) => svg("path", { class: `share share-${k}`, d: areaBetween(edge(k + 1), edge(k)) }, svg("title", {}, name))),
    ...[0, 0.5, 1].map((t) => horizontal(y(t), left, width - right, percentText(t))),
    ...yearTicks(years[0], last, width < 480 ? 4 : 7).map((t) => vertical(x(t), top, height - bottom, String(t))),
    svg("line", { class: "as-of", x1: x(asOf), x2: x(asOf), y1: top, y2: y(0) }),
    ...names.flatMap((name, k) => [
      svg("rect", { class: `share share-${k} swatch`, x: width - right + 8, y: places[k] - 5, width: 9, height: 9 }),
      svg("text", { class: "note-strong", x: width - right + 22, y: places[k] + 4 }, name),
    ]),
  );
}

/**
 * An interval on an axis of years, for a row of a table.
 * @param {object} what
 * @param {number[]} what.quantiles p05 p10 p25 p50 p75 p90 p95
 * @param {number[] | null} what.ghost
 * @param {number} what.from
 * @param {number} what.until
 * @param {string} what.label
 * @returns {SVGElement}
 */
export function intervalMark({ quantiles, ghost, from, until, label }) {
  const [width, height, middle] = [180, 22, 11];
  const scaled = scale(from, until, 2, width - 4);
  const x = (/** @type {number} */ year) => Math.min(Math.max(scaled(year === Infinity ? until : year), 2), width - 2);
  const open = quantiles[5] === Infinity;
  const decades = ticks(from, until, 4).map((t) => svg("line", { class: "grid", x1: x(t), x2: x(t), y1: 0, y2: height }));
  const year = (/** @type {number} */ value) => (Number.isFinite(value) ? value.toFixed(1) : `> ${until}`);
  const words = `${label}: median ${year(quantiles[3])}, 80 % interval ${year(quantiles[1])} to ${year(quantiles[5])}`;
  return picture(width, height, words,
    ...decades,
    ghost && svg("line", { class: "ghost-edge", x1: x(ghost[1]), x2: x(ghost[5]), y1: middle + 5, y2: middle + 5 }),
    ghost && Number.isFinite(ghost[3]) && svg("circle", { class: "ghost-dot", cx: x(ghost[3]), cy: middle + 5, r: 2 }),
    svg("line", { class: "span-80", x1: x(quantiles[1]), x2: x(quantiles[5]), y1: middle, y2: middle }),
    svg("line", { class: "span-50", x1: x(quantiles[2]), x2: x(quantiles[4]), y1: middle, y2: middle }),
    open && svg("path", { class: "beyond", d: `M${width - 7} ${middle - 4}L${width - 2} ${middle}L${width - 7} ${middle + 4}` }),
    Number.isFinite(quantiles[3]) && svg("circle", { class: "median-dot", cx: x(quantiles[3]), cy: middle, r: 3.4 }),
  );
}
