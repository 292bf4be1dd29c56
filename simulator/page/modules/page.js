/** The page: what the reader does goes into a state, the worker answers, and everything that is shown follows. */

import { arrivalCurve, fanChart, intervalMark, sharesChart } from "./charts.js";
import { makeControl } from "./controls.js";
import { densityShapes } from "./densities.js";
import { byId, html, picture } from "./elements.js";
import { priorQuantiles } from "./distributions.js";
import { axis, moved } from "./moves.js";
import { begin, changed, link, redone, runFile, startingState, stateOfLink, undone } from "./state.js";
import { chances, headline, trustWarning } from "./story.js";
import { makeSortable } from "./tables.js";
import { percentText, shareBefore, shortNumber, spanText, spoken, toldYears, yearText } from "./words.js";

/** @typedef {import("./simulation.js").Answer} Answer */
/** @typedef {import("./state.js").State} State */

/**
 * What the template holds of all that is shown.
 * @typedef {object} Data
 * @property {any[]} scenarios those of the results first, then the shipped ones
 * @property {(Answer & {bandsOf: Record<string, number[][]>})[]} answers of the results
 * @property {Record<string, string>} sources spelled out
 * @property {string[]} order of priors, the one that matters most first
 * @property {Record<string, import("./charts.js").Point[]>} points by series
 * @property {Record<string, import("./charts.js").Marked>} axes of logarithmic units
 * @property {boolean} controls
 */

const DRAGGED = 512;
const RELEASED = 2048;
const MOST = 10000;
const FIRST_CONTROLS = 8;

const data = /** @type {Data} */ (plainData(JSON.parse(byId("data").textContent ?? "{}")));
const view = { milestone: data.scenarios[0].arrivals[0], series: startingSeries(), all: false, filter: "" };
let history_ = begin(startingState(data.scenarios, 0));
/** @type {Map<string, Answer>} */
const ghosts = new Map();
/** @type {Answer} */
let shown = startingAnswer();
const controls = new Map();
const worker = data.controls ? startWorker() : null;
let request = { id: 0, ghost: false };
/** @type {{moves: State["moves"], stages: number[]} | null} */
let waiting = null;
let busy = false;

/**
 * JSON has no infinity: null among quantiles is "never".
 * @param {any} plain
 */
function plainData(plain) {
  for (const answer of plain.answers) {
    for (const name in answer.quantiles) answer.quantiles[name] = answer.quantiles[name].map((/** @type {any} */ v) => v ?? Infinity);
    for (const name in answer.errors) answer.errors[name] ??= Infinity;
    answer.paretoK ??= -Infinity;
  }
  return plain;
}

/** @returns {string} */
function startingSeries() {
  const first = data.scenarios[0];
  const chosen = first.milestones[0]?.series;
  return chosen in (data.answers[0]?.bandsOf ?? {}) ? chosen : Object.keys(data.answers[0].bandsOf)[0];
}

/** @returns {Answer} */
function startingAnswer() {
  return { ...data.answers[0], series: view.series, bands: data.answers[0].bandsOf[view.series] };
}

/** @returns {any} */
function scenarioNow() {
  return data.scenarios[history_.present.scenario];
}

/** @param {State} state */
function isStart(state) {
  return JSON.stringify(state) === JSON.stringify(startingState(data.scenarios, 0));
}

/** @param {number} scenario */
function stagesOf(scenario) {
  const last = Math.min(data.scenarios[scenario].draws, MOST);
  return [DRAGGED, RELEASED, last].filter((n, i, all) => n <= last && all.indexOf(n) === i);
}

function startWorker() {
  const source = new Blob([byId("worker").textContent ?? ""], { type: "text/javascript" });
  const made = new Worker(URL.createObjectURL(source));
  made.addEventListener("message", (event) => receive(event.data));
  made.addEventListener("error", (event) => say(`The simulation failed: ${event.message}`));
  return made;
}

/**
 * Ask the worker for answers to a state.
 * @param {State} state
 * @param {number[]} stages
 * @param {boolean} ghost whether it is the starting answer
 */
function ask(state, stages, ghost) {
  if (!worker) return;
  const scenario = data.scenarios[state.scenario];
  const priors = Object.entries(state.moves).map(([name, move]) => {
    const prior = scenario.priors.find((/** @type {any} */ each) => each.name === name);
    return [name, moved(prior, move)];
  });
  request = { id: request.id + 1, ghost };
  busy = true;
  document.body.dataset.busy = "true";
  worker.postMessage({ id: request.id, scenario: state.scenario, changes: Object.fromEntries(priors), evidence: state.evidence, series: view.series, stages });
}

/** Ask for what is shown, after the starting answer where that is not known yet. */
function askNow() {
  const start = startingState(data.scenarios, 0);
  const known = stagesOf(0).every((n) => ghosts.has(`${view.series} ${n}`));
  if (isStart(history_.present)) ask(start, stagesOf(0), true);
  else if (known) ask(history_.present, stagesOf(history_.present.scenario).filter((n) => n > DRAGGED), false);
  else ask(start, stagesOf(0), true);
}

/** @param {Answer} answer */
function receive(answer) {
  if (answer.id !== request.id) return;
  const state = history_.present;
  const of = request.ghost ? 0 : state.scenario;
  const last = answer.draws === stagesOf(of)[stagesOf(of).length - 1];
  if (request.ghost) ghosts.set(`${answer.series} ${answer.draws}`, answer);
  if (!request.ghost || isStart(state)) accept(answer);
  if (!last && !waiting) {
    if (answer.draws === DRAGGED && !request.ghost) busy = false;
    return;
  }
  busy = false;
  if (waiting) sendWaiting();
  else if (request.ghost && !isStart(state)) askNow();
  else delete document.body.dataset.busy;
}

/** @param {Answer} answer */
function accept(answer) {
  if (answer.effective) shown = answer;
  showTrust(answer);
  showAnswer();
}

/** While a handle is dragged: one request at a time, the newest next. */
function sendWaiting() {
  if (!waiting) return;
  const { moves, stages } = waiting;
  waiting = null;
  ask({ ...history_.present, moves }, stages, false);
}

/**
 * @param {string} name
 * @param {any} move
 */
function drag(name, move) {
  waiting = { moves: { ...history_.present.moves, [name]: move }, stages: [DRAGGED] };
  if (!busy || !request.ghost) sendWaiting();
}

/**
 * @param {string} name
 * @param {any} move
 */
function release(name, move) {
  waiting = null;
  const { [name]: _, ...others } = history_.present.moves;
  commit({ ...history_.present, moves: move ? { ...others, [name]: move } : others });
}

/** @param {State} next */
function commit(next) {
  history_ = changed(history_, next);
  follow();
}

/** Show the present state, and ask for its answer. */
function follow() {
  const fragment = link(data.scenarios, history_.present);
  if (fragment !== location.hash) history.replaceState(null, "", fragment || location.pathname + location.search);
  showControls();
  askNow();
}

/** @returns {Answer | null} */
function ghostNow() {
  if (isStart(history_.present) && !waiting && !document.body.dataset.dragging) {
    const start = ghosts.get(`${view.series} ${shown.draws}`);
    if (!start || start === shown || shown.id === 0) return null;
    if (!Object.keys(history_.present.moves).length) return null;
  }
  return ghosts.get(`${view.series} ${shown.draws}`) ?? ghosts.get(`${view.series} ${RELEASED}`) ?? null;
}

/**
 * @param {Element} place
 * @param {...Node} children
 */
function fill(place, ...children) {
  place.replaceChildren(...children);
}

/** @param {string} text */
function say(text) {
  byId("status").textContent = text;
}

/** @param {Answer} answer */
function showTrust(answer) {
  const warning = trustWarning(answer);
  byId("warning").textContent = warning;
  byId("warning").hidden = !warning;
  const weighed = history_.present.evidence && scenarioNow().conditioned;
  const parts = [`${answer.draws.toLocaleString("en")} draws`];
  if (weighed) parts.push(`${answer.effective.toLocaleString("en", { maximumFractionDigits: 0 })} effective`);
  if (answer.milliseconds !== undefined) parts.push(`${answer.milliseconds.toFixed(0)} ms`);
  say(parts.join(" · "));
  document.body.dataset.draws = String(answer.draws);
}

/** Show an answer everywhere. */
function showAnswer() {
  const scenario = scenarioNow();
  const ghost = ghostNow();
  if (!(view.milestone in shown.quantiles)) view.milestone = scenario.arrivals[0];
  const milestone = scenario.milestones.find((/** @type {any} */ m) => m.name === view.milestone);
  fill(byId("headline"), ...headline(scenario, shown, view.milestone));
  fill(byId("chances"), ...chances(scenario, shown, view.milestone));
  byId("meaning").textContent = milestone.meaning;
  showChange(ghost);
  showFan(scenario, ghost);
  showArrival(scenario, ghost);
  showMilestones(scenario, ghost);
  showCurves(scenario, ghost);
  showShares(scenario);
}

/** @param {Answer | null} ghost */
function showChange(ghost) {
  const bar = byId("change");
  bar.hidden = !ghost;
  if (!ghost) return;
  const { horizon } = data.scenarios[0];
  const year = (/** @type {Answer} */ of) => yearText(of.quantiles[view.milestone]?.[3] ?? NaN, of.errors[view.milestone], horizon);
  fill(bar, html("span", {}, `${spoken(view.milestone)}: median `), html("span", { class: "was" }, year(ghost)), html("span", { "aria-label": "now" }, " → "), html("strong", {}, year(shown)));
}

/** @param {HTMLElement} place */
function widthOf(place) {
  return Math.max(Math.round(place.clientWidth), 280);
}

/**
 * @param {any} scenario
 * @param {Answer | null} ghost
 */
function showFan(scenario, ghost) {
  const place = byId("fan");
  const rowYears = (/** @type {any} */ of) => of.rows.map((/** @type {number} */ row) => of.years[row]);
  const series = scenario.series.find((/** @type {any} */ s) => s.name === view.series);
  if (!series || !shown.bands.length) return fill(place, html("p", {}, "This scenario has no such series."));
  const start = data.scenarios[0];
  fill(place, fanChart({
    width: widthOf(place),
    now: { years: rowYears(scenario), bands: shown.bands },
    ghost: ghost && ghost.series === view.series ? { years: rowYears(start), bands: ghost.bands } : null,
    rungs: rungsOf(scenario),
    points: history_.present.scenario === 0 ? (data.points[view.series] ?? []) : [],
    until: Math.min(scenario.horizon, Math.max(scenario.anchor, scenario.asOf) + 14),
    asOf: scenario.asOf,
    unit: series.unit,
    axis: data.axes[series.unit] ?? null,
    label: series.meaning,
  }));
}

/** @param {any} scenario */
function rungsOf(scenario) {
  return scenario.milestones
    .filter((/** @type {any} */ m) => m.series === view.series)
    .map((/** @type {any} */ m) => ({ label: spoken(m.name), ...thresholdOf(scenario, m), chosen: m.name === view.milestone }));
}

/**
 * @param {any} scenario
 * @param {any} milestone
 */
function thresholdOf(scenario, milestone) {
  const { threshold } = milestone;
  if (typeof threshold === "number") return { low: threshold, middle: threshold, high: threshold };
  const prior = scenario.priors.find((/** @type {any} */ p) => p.name === threshold);
  const [low, middle, high] = priorQuantiles(moved(prior, history_.present.moves[threshold]), [0.1, 0.5, 0.9]);
  return { low, middle, high };
}

/**
 * @param {any} scenario
 * @param {Answer | null} ghost
 */
function showArrival(scenario, ghost) {
  const place = byId("arrival");
  fill(place, arrivalCurve({
    width: widthOf(place), height: 210, label: spoken(view.milestone), years: scenario.years,
    reached: shown.reached[view.milestone], quantiles: shown.quantiles[view.milestone],
    ghost: ghostCurve(ghost, view.milestone), from: firstYear(scenario), asOf: scenario.asOf, small: false,
  }));
}

/**
 * @param {Answer | null} ghost
 * @param {string} milestone
 */
function ghostCurve(ghost, milestone) {
  const reached = ghost?.reached[milestone];
  return reached ? { years: data.scenarios[0].years, reached } : null;
}

/** @param {any} scenario */
function firstYear(scenario) {
  return Math.max(scenario.years[0], Math.floor(scenario.anchor) - 1);
}

/**
 * @param {any} scenario
 * @param {Answer | null} ghost
 */
function showMilestones(scenario, ghost) {
  const body = byId("milestone-rows");
  const years = toldYears(scenario.asOf, scenario.horizon);
  const known = new Map([...body.querySelectorAll("tr")].map((row) => [row.dataset.name, row]));
  const names = scenario.arrivals.filter((/** @type {string} */ name) => name in shown.quantiles);
  for (const [name, row] of known) if (!names.includes(name)) row.remove();
  for (const name of names) {
    const quantiles = shown.quantiles[name];
    const error = shown.errors[name];
    const year = (/** @type {number} */ v) => yearText(v, error, scenario.horizon);
    const reached = shown.reached[name];
    const sort = (/** @type {number} */ v) => ({ "data-sort": Number.isFinite(v) ? v : 9999, class: "number" });
    const row = html("tr", { "data-name": name, class: name === view.milestone ? "chosen" : false },
      html("th", { scope: "row" }, html("button", { type: "button", class: "quiet", click: () => chooseMilestone(name) }, spoken(name))),
      html("td", { class: "mark", "data-sort": sort(quantiles[3])["data-sort"] }, intervalMark({ quantiles, ghost: ghost?.quantiles[name] ?? null, from: firstYear(scenario), until: scenario.horizon, label: spoken(name) })),
      html("td", sort(quantiles[3]), year(quantiles[3])),
      html("td", sort(quantiles[1]), spanText(quantiles[1], quantiles[5], error, scenario.horizon)),
      ...years.map((y) => shareCell(shareBefore(reached, scenario.years, y))),
      shareCell(1 - reached[reached.length - 1]));
    const before = known.get(name);
    if (before) before.replaceWith(row);
    else body.append(row);
  }
}

/** @param {number} share */
function shareCell(share) {
  return html("td", { class: "number", "data-sort": share }, percentText(share));
}

/**
 * @param {any} scenario
 * @param {Answer | null} ghost
 */
function showCurves(scenario, ghost) {
  const from = firstYear(scenario);
  const names = scenario.arrivals.filter((/** @type {string} */ name) => name in shown.quantiles);
  fill(byId("curves"), ...names.map((/** @type {string} */ name) => html("figure", { class: name === view.milestone ? "chosen" : false },
    html("figcaption", {}, spoken(name), html("span", {}, yearText(shown.quantiles[name][3], shown.errors[name], scenario.horizon))),
    arrivalCurve({ width: 168, height: 76, label: spoken(name), years: scenario.years, reached: shown.reached[name], quantiles: shown.quantiles[name], ghost: ghostCurve(ghost, name), from, asOf: scenario.asOf, small: true }))));
}

/** @param {any} scenario */
function showShares(scenario) {
  const coded = scenario.series.filter((/** @type {any} */ s) => s.codes.length && shown.shares[s.name]);
  byId("binding").hidden = !coded.length;
  const place = byId("shares");
  const years = scenario.rows.map((/** @type {number} */ row) => scenario.years[row]);
  fill(place, ...coded.map((/** @type {any} */ s) => sharesChart({ width: widthOf(place), years, shares: shown.shares[s.name], names: s.codes, asOf: scenario.asOf, label: s.meaning })));
}

/** @param {string} name */
function chooseMilestone(name) {
  view.milestone = name;
  /** @type {HTMLSelectElement} */ (byId("choose-milestone")).value = name;
  const milestone = scenarioNow().milestones.find((/** @type {any} */ m) => m.name === name);
  if (milestone && milestone.series !== view.series && canShow(milestone.series)) chooseSeries(milestone.series);
  else showAnswer();
}

/** @param {string} name */
function canShow(name) {
  return !!worker || name in data.answers[0].bandsOf;
}

/** @param {string} name */
function chooseSeries(name) {
  view.series = name;
  /** @type {HTMLSelectElement} */ (byId("choose-series")).value = name;
  if (isStart(history_.present) && name in data.answers[0].bandsOf) shown = { ...shown, series: name, bands: ghosts.get(`${name} ${shown.draws}`)?.bands ?? data.answers[0].bandsOf[name] };
  else shown = { ...shown, series: name, bands: [] };
  showAnswer();
  askNow();
}

/** Controls of the priors that are looked for. */
function showControls() {
  if (!worker) return;
  const state = history_.present;
  const scenario = scenarioNow();
  const list = byId("controls");
  if (list.dataset.scenario !== String(state.scenario)) {
    list.dataset.scenario = String(state.scenario);
    controls.clear();
    for (const prior of orderedPriors(scenario)) controls.set(prior.name, makeControl(prior, data.sources[prior.source] ?? prior.source, { drag, release }));
    fill(list, ...[...controls.values()].map((control) => control.element));
    document.querySelectorAll(".choose-scenario").forEach((each) => (/** @type {HTMLSelectElement} */ (each).value = String(state.scenario)));
  }
  const evidence = /** @type {HTMLInputElement} */ (byId("evidence-switch"));
  evidence.checked = state.evidence && scenario.conditioned;
  evidence.disabled = !scenario.conditioned;
  let place = 0;
  for (const prior of orderedPriors(scenario)) {
    const control = controls.get(prior.name);
    control.show(state.moves[prior.name]);
    const wanted = spoken(prior.name).includes(view.filter.toLowerCase().trim());
    const first = place < FIRST_CONTROLS && prior.family !== "fixed";
    if (prior.family !== "fixed") place += 1;
    control.element.hidden = !(view.filter ? wanted : view.all || first || state.moves[prior.name]);
  }
  byId("more").textContent = view.all ? "Show the first few" : `Show all ${scenario.priors.length} priors`;
  byId("more").hidden = !!view.filter;
  /** @type {HTMLButtonElement} */ (byId("undo")).disabled = !history_.past.length;
  /** @type {HTMLButtonElement} */ (byId("redo")).disabled = !history_.future.length;
  /** @type {HTMLButtonElement} */ (byId("reset")).disabled = isStart(state);
}

/** @param {any} scenario */
function orderedPriors(scenario) {
  const rank = (/** @type {any} */ prior) => {
    const i = data.order.indexOf(prior.name);
    return (prior.family === "fixed" ? 10000 : 0) + (i < 0 ? 1000 : i);
  };
  return [...scenario.priors].sort((a, b) => rank(a) - rank(b));
}

/** Densities in the table of priors. */
function showPriorDensities() {
  for (const place of document.querySelectorAll("[data-density]")) {
    const prior = data.scenarios[0].priors.find((/** @type {any} */ p) => p.name === /** @type {HTMLElement} */ (place).dataset.density);
    if (!prior || prior.family === "fixed") continue;
    const [low, middle, high] = priorQuantiles(prior, [0.05, 0.5, 0.95]).map(shortNumber);
    const words = `Density of ${spoken(prior.name)}: p05 ${low}, p50 ${middle}, p95 ${high} ${prior.unit}`;
    place.append(picture(120, 26, words, ...densityShapes(prior, null, axis(prior), 120, 26)));
  }
}

/**
 * Copy a text, and show it where it cannot be copied.
 * @param {string} text
 * @param {string} what
 */
async function copy(text, what) {
  byId("copied-text").textContent = text;
  byId("copied-name").textContent = what;
  /** @type {HTMLDialogElement} */ (byId("copied")).showModal();
  try {
    await navigator.clipboard.writeText(text);
    byId("copied-note").textContent = "Copied.";
  } catch {
    byId("copied-note").textContent = "Select it to copy.";
  }
}

/** What the buttons do. */
function listen() {
  const on = (/** @type {string} */ id, /** @type {string} */ event, /** @type {(event: Event) => void} */ action) => byId(id).addEventListener(event, action);
  on("choose-milestone", "change", (event) => chooseMilestone(/** @type {HTMLSelectElement} */ (event.target).value));
  on("choose-series", "change", (event) => chooseSeries(/** @type {HTMLSelectElement} */ (event.target).value));
  if (!worker) return;
  on("choose-scenario", "change", (event) => commit(startingState(data.scenarios, Number(/** @type {HTMLSelectElement} */ (event.target).value))));
  on("evidence-switch", "change", (event) => commit({ ...history_.present, evidence: /** @type {HTMLInputElement} */ (event.target).checked }));
  on("undo", "click", () => step(undone));
  on("redo", "click", () => step(redone));
  on("reset", "click", () => commit(startingState(data.scenarios, 0)));
  on("copy-link", "click", () => copy(location.href.split("#")[0] + link(data.scenarios, history_.present), "Link to these changes"));
  on("copy-toml", "click", () => copy(runFile(data.scenarios, history_.present, stagesOf(history_.present.scenario).at(-1) ?? MOST), "Run file with these changes"));
  on("more", "click", () => {
    view.all = !view.all;
    showControls();
  });
  on("filter", "input", (event) => {
    view.filter = /** @type {HTMLInputElement} */ (event.target).value;
    showControls();
  });
  addEventListener("hashchange", openLink);
  addEventListener("keydown", (event) => {
    if (!(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== "z" || event.target instanceof HTMLInputElement) return;
    event.preventDefault();
    step(event.shiftKey ? redone : undone);
  });
}

/** @param {(history: typeof history_) => typeof history_} move */
function step(move) {
  history_ = move(history_);
  follow();
}

/** Take the state of the address. */
function openLink() {
  const { state, refused } = stateOfLink(data.scenarios, location.hash);
  if (/^#[\w-]+$/.test(location.hash) && document.querySelector(location.hash)) return;
  byId("refused").hidden = !refused.length;
  byId("refused").textContent = refused.length ? `The link holds what this page does not know, left out: ${refused.join("; ")}` : "";
  history_ = changed(history_, state);
  follow();
}

function start() {
  document.querySelectorAll("table.sortable").forEach((table) => makeSortable(/** @type {HTMLTableElement} */ (table)));
  showPriorDensities();
  listen();
  showAnswer();
  addEventListener("beforeprint", () => document.querySelectorAll("details").forEach((each) => (each.open = true)));
  let width = innerWidth;
  addEventListener("resize", () => {
    if (width !== innerWidth) showAnswer();
    width = innerWidth;
  });
  if (!worker) return;
  openLink();
}

start();
