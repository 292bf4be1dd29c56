/** What the reader has changed, as a value: its history, its link, and the run file that computes the same. */

import { isPossible, priorToml, tomlString } from "./moves.js";

/** @typedef {import("./moves.js").Move} Move */
/** @typedef {import("./moves.js").NamedPrior} NamedPrior */

/**
 * What the reader sees.
 * @typedef {object} State
 * @property {number} scenario number of the scenario
 * @property {boolean} evidence whether draws are weighed by it
 * @property {Record<string, Move>} moves of priors, by name
 */

/**
 * What the link and the run file have to know of a scenario.
 * @typedef {object} StatedScenario
 * @property {string} name
 * @property {string} title
 * @property {boolean} conditioned
 * @property {NamedPrior[]} priors
 * @property {string} toml the run file of the scenario itself, without a title
 * @property {Record<string, string>} restated tables of priors that its run file states anew
 */

/** @typedef {{past: State[], present: State, future: State[]}} History */

/**
 * A history that begins with a state.
 * @param {State} present
 * @returns {History}
 */
export function begin(present) {
  return { past: [], present, future: [] };
}

/**
 * A history after a change; one that changes nothing is none.
 * @param {History} history
 * @param {State} next
 * @returns {History}
 */
export function changed(history, next) {
  if (JSON.stringify(next) === JSON.stringify(history.present)) return history;
  return { past: [...history.past, history.present], present: next, future: [] };
}

/**
 * @param {History} history
 * @returns {History}
 */
export function undone(history) {
  const { past, present, future } = history;
  if (!past.length) return history;
  return { past: past.slice(0, -1), present: past[past.length - 1], future: [present, ...future] };
}

/**
 * @param {History} history
 * @returns {History}
 */
export function redone(history) {
  const { past, present, future } = history;
  if (!future.length) return history;
  return { past: [...past, present], present: future[0], future: future.slice(1) };
}

/**
 * The state that a scenario starts with.
 * @param {StatedScenario[]} scenarios
 * @param {number} scenario
 * @returns {State}
 */
export function startingState(scenarios, scenario) {
  return { scenario, evidence: scenarios[scenario].conditioned, moves: {} };
}

/**
 * A state as the fragment of a link: only what is not as at the start.
 * @param {StatedScenario[]} scenarios
 * @param {State} state
 * @returns {string} empty, or from `#` on
 */
export function link(scenarios, state) {
  const parts = [];
  if (state.scenario !== 0) parts.push(["scenario", scenarios[state.scenario].name]);
  if (state.evidence !== scenarios[state.scenario].conditioned) parts.push(["evidence", state.evidence ? "on" : "off"]);
  for (const [name, move] of Object.entries(state.moves)) {
    parts.push([name, Object.entries(move).map(([key, value]) => `${key}:${value}`).join(",")]);
  }
  const text = parts.map(([key, value]) => `${encodeURIComponent(key)}=${encodeURIComponent(value)}`);
  return text.length ? `#${text.join("&").replaceAll("%3A", ":").replaceAll("%2C", ",")}` : "";
}

/**
 * The state of a link; what cannot be is left out and named.
 * @param {StatedScenario[]} scenarios
 * @param {string} fragment
 * @returns {{state: State, refused: string[]}}
 */
export function stateOfLink(scenarios, fragment) {
  const pairs = [...new URLSearchParams(fragment.replace(/^#/, ""))];
  /** @type {string[]} */
  const refused = [];
  const named = pairs.find(([key]) => key === "scenario");
  const number = named ? scenarios.findIndex((each) => each.name === named[1]) : 0;
  if (number < 0 && named) refused.push(named.join("="));
  const state = startingState(scenarios, Math.max(number, 0));
  for (const [key, value] of pairs) {
    if (key === "scenario") continue;
    const prior = scenarios[state.scenario].priors.find((each) => each.name === key);
    const move = Object.fromEntries(value.split(",").map((part) => [part.split(":")[0], Number(part.split(":")[1] || NaN)]));
    if (key === "evidence" && scenarios[state.scenario].conditioned) state.evidence = value !== "off";
    else if (prior && isPossible(prior, move)) state.moves[key] = move;
    else refused.push(`${key}=${value}`);
  }
  return { state, refused };
}

/**
 * The run file that `oomcast run` computes to the same numbers.
 * @param {StatedScenario[]} scenarios
 * @param {State} state
 * @param {number} draws
 * @returns {string}
 */
export function runFile(scenarios, state, draws) {
  const scenario = scenarios[state.scenario];
  const names = Object.keys(state.moves);
  const title = names.length ? `${scenario.title}, with priors moved` : scenario.title;
  const kept = Object.keys(scenario.restated).filter((name) => !names.includes(name));
  const parts = [`title = ${tomlString(title)}\ndraws = ${draws}\n${scenario.toml}`];
  if (scenario.conditioned && !state.evidence) parts[0] = withoutEvidence(parts[0]);
  parts.push(...kept.map((name) => scenario.restated[name]));
  for (const prior of scenario.priors) {
    if (state.moves[prior.name]) parts.push(priorToml(prior, state.moves[prior.name]));
  }
  return `${parts.join("\n\n").trim()}\n`;
}

/**
 * @param {string} toml
 * @returns {string}
 */
function withoutEvidence(toml) {
  return toml.replace(/^observations = .*$/m, "observations = []");
}

