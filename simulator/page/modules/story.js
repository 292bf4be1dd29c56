/** The answer in sentences. */

import { html } from "./elements.js";
import { percentText, shareBefore, spoken, toldYears, yearText } from "./words.js";

/** @typedef {import("./simulation.js").Answer} Answer */

/**
 * What a sentence has to know of a scenario.
 * @typedef {object} Told
 * @property {string} title
 * @property {number[]} years
 * @property {number} asOf
 * @property {number} horizon
 * @property {{name: string, meaning: string}[]} milestones
 */

/**
 * When a milestone arrives: the median and the 80 % interval.
 * @param {Told} scenario
 * @param {Answer} answer
 * @param {string} milestone
 * @returns {Node[]}
 */
export function headline(scenario, answer, milestone) {
  const [, p10, , p50, , p90] = answer.quantiles[milestone];
  const error = answer.errors[milestone];
  const strong = (/** @type {number} */ value) => html("strong", {}, yearText(value, error, scenario.horizon));
  const words = spoken(milestone);
  const start = [html("em", {}, words[0].toUpperCase() + words.slice(1))];
  if (p50 === Infinity) {
    const ever = answer.reached[milestone][answer.reached[milestone].length - 1];
    return texts([...start, " is reached by ", String(scenario.horizon), " in ", html("strong", {}, percentText(ever)), " of draws, so its median lies beyond."]);
  }
  return texts([...start, " arrives around ", strong(p50), ", with 80\u00a0% probability ", p90 === Infinity ? html("span", {}, "not before ", strong(p10)) : html("span", {}, "between ", strong(p10), " and ", strong(p90)), "."]);
}

/**
 * The probability by chosen years, and of not arriving.
 * @param {Told} scenario
 * @param {Answer} answer
 * @param {string} milestone
 * @returns {Node[]}
 */
export function chances(scenario, answer, milestone) {
  const reached = answer.reached[milestone];
  const told = toldYears(scenario.asOf, scenario.horizon);
  const parts = told.map((year) => `${percentText(shareBefore(reached, scenario.years, year))} by the end of ${year - 1}`);
  const never = percentText(1 - reached[reached.length - 1]);
  return texts([`${parts.join(", ")}; ${never} not by ${scenario.horizon}.`]);
}

/**
 * @param {(Node | string)[]} parts
 * @returns {Node[]}
 */
function texts(parts) {
  return parts.map((part) => (typeof part === "string" ? document.createTextNode(part) : part));
}

/**
 * How far weights can be trusted, in words; empty where there is nothing to say.
 * @param {Answer} answer
 * @returns {string}
 */
export function trustWarning(answer) {
  if (!answer.effective) return "No draw agrees with the evidence under these priors: what is shown is the last that did.";
  if (answer.effective < 100) return `Only ${answer.effective.toFixed(0)} effective draws agree with the evidence: read the numbers as rough.`;
  if (answer.paretoK > 0.7) return `A few draws carry the answer (Pareto k ${answer.paretoK.toFixed(2)}): read the numbers as rough.`;
  return "";
}
