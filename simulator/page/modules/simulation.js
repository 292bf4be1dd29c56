/** The worker: simulates draws with the traced model, chunk by chunk, and sends their counts and quantiles to the page. */

import { inverseCdf } from "./distributions.js";
import { correlatedLevels } from "./levels.js";
import { codeShares, medianError, sharesBefore, weightedQuantiles } from "./summaries.js";
import { importanceWeights } from "./weights.js";

/** @typedef {import("./distributions.js").Prior} Prior */
/** @typedef {import("./levels.js").Sampling} Sampling */

/**
 * What the worker has to know of a scenario.
 * @typedef {object} Scenario
 * @property {number} program
 * @property {Sampling} sampling
 * @property {(Prior & {name: string})[]} priors in the order of the program's parameters
 * @property {{name: string, codes: string[]}[]} series in the order of the program's
 * @property {string[]} arrivals names of milestones
 * @property {number[]} years of the grid
 * @property {number[]} rows of the grid whose bands are shown
 * @property {boolean} conditioned
 */

/**
 * What is asked for.
 * @typedef {object} Request
 * @property {number} id
 * @property {number} scenario
 * @property {Record<string, Prior>} changes
 * @property {boolean} evidence whether draws are weighed by it
 * @property {string} series whose bands are asked for
 * @property {number[]} stages numbers of draws, rising; each is answered
 */

/**
 * What some draws say.
 * @typedef {object} Answer
 * @property {number} id
 * @property {number} draws
 * @property {number} effective
 * @property {number} paretoK
 * @property {string} series
 * @property {Record<string, number[]>} quantiles of each milestone's arrival
 * @property {Record<string, number>} errors Monte Carlo standard errors of their medians
 * @property {Record<string, number[]>} reached share of draws, by the grid's years
 * @property {number[][]} bands quantiles of the series, by row
 * @property {Record<string, number[][]>} shares of each code's values, by row
 * @property {number} milliseconds
 */

/** @typedef {{draw: (parameters: Float64Array[], d: number) => number, series: Float64Array[], arrivals: Float64Array}} Program */

export const LEVELS = [0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95];
const CHUNK = 512;

/**
 * What is remembered of a scenario between requests.
 * @typedef {object} Memory
 * @property {Program} program
 * @property {ReturnType<typeof correlatedLevels>} levels
 * @property {number} draws of which there are levels
 * @property {Map<string, {key: string, values: Float64Array}>} values of parameters, by name
 */

/**
 * Give a function that simulates some draws of a scenario.
 * @param {Scenario} scenario
 * @param {() => Program} makeProgram
 */
export function scenarioSimulator(scenario, makeProgram) {
  /** @type {Memory} */
  const memory = { program: makeProgram(), levels: {}, draws: 0, values: new Map() };

  /**
   * Values of a parameter in the first draws; computed again only when its prior is another.
   * @param {Prior & {name: string}} prior
   * @param {number} draws
   */
  function parameterValues(prior, draws) {
    const key = JSON.stringify([prior.family, prior.natural, prior.shift, prior.lower, prior.upper]);
    const known = memory.values.get(prior.name);
    if (known && known.key === key && known.values.length >= draws) return known.values;
    const scores = memory.levels[prior.name]?.scores ?? new Float64Array(draws);
    const values = scores.subarray(0, draws).map(inverseCdf(prior));
    memory.values.set(prior.name, { key, values });
    return values;
  }

  /**
   * Make ready for a number of draws.
   * @param {number} draws
   */
  function prepare(draws) {
    if (draws <= memory.draws) return;
    memory.levels = correlatedLevels(scenario.sampling, draws);
    memory.draws = draws;
    memory.values.clear();
  }

  /**
   * Columns of parameters.
   * @param {Record<string, Prior>} changes
   * @param {number} draws
   */
  function columns(changes, draws) {
    return scenario.priors.map((prior) => parameterValues({ ...prior, ...changes[prior.name] }, draws));
  }

  return { memory, prepare, columns };
}

/**
 * What is kept of draws until they are summarised.
 * @typedef {object} DrawRecord
 * @property {Float64Array[]} arrivals by milestone
 * @property {Float64Array} logs
 * @property {Float64Array[]} bands by row, of the series
 * @property {Float64Array[][]} codes by code and row
 */

/**
 * Room for draws.
 * @param {Scenario} scenario
 * @param {number} draws
 * @returns {DrawRecord}
 */
export function emptyRecord(scenario, draws) {
  const room = () => new Float64Array(draws);
  const codes = scenario.series.filter((series) => series.codes.length);
  return {
    arrivals: scenario.arrivals.map(room),
    logs: room(),
    bands: scenario.rows.map(room),
    codes: codes.map(() => scenario.rows.map(room)),
  };
}

/**
 * Simulate draws `from` to `to` into a record.
 * @param {Scenario} scenario
 * @param {Program} program
 * @param {Float64Array[]} parameters
 * @param {string} series
 * @param {DrawRecord} record
 * @param {number} from
 * @param {number} to
 */
export function simulateDraws(scenario, program, parameters, series, record, from, to) {
  const band = program.series[scenario.series.findIndex((each) => each.name === series)];
  const coded = program.series.filter((_, i) => scenario.series[i].codes.length);
  for (let d = from; d < to; d++) {
    record.logs[d] = program.draw(parameters, d);
    record.arrivals.forEach((column, i) => (column[d] = program.arrivals[i]));
    scenario.rows.forEach((row, i) => {
      if (band) record.bands[i][d] = band[row];
      coded.forEach((codes, j) => (record.codes[j][i][d] = codes[row]));
    });
  }
}

/**
 * Summarise the first draws of a record.
 * @param {Scenario} scenario
 * @param {DrawRecord} record
 * @param {number} draws
 * @param {boolean} evidence
 */
export function summarised(scenario, record, draws, evidence) {
  const first = (/** @type {Float64Array} */ column) => column.subarray(0, draws);
  const trust = evidence && scenario.conditioned
    ? importanceWeights(first(record.logs))
    : { weights: new Float64Array(draws).fill(1), effective: draws, paretoK: -Infinity };
  const { weights } = trust;
  const codes = scenario.series.filter((series) => series.codes.length);
  /**
   * @template T
   * @param {(column: Float64Array) => T} read
   * @returns {Record<string, T>}
   */
  const by = (read) =>
    Object.fromEntries(scenario.arrivals.map((name, i) => [name, read(first(record.arrivals[i]))]));
  return {
    draws,
    effective: trust.effective,
    paretoK: trust.paretoK,
    quantiles: by((column) => weightedQuantiles(column, weights, LEVELS)),
    errors: by((column) => medianError(column, weights, trust.effective)),
    reached: by((column) => sharesBefore(column, weights, scenario.years)),
    bands: record.bands.map((column) => weightedQuantiles(first(column), weights, LEVELS)),
    shares: Object.fromEntries(
      codes.map((series, j) => [
        series.name,
        record.codes[j].map((column) => codeShares(first(column), weights, series.codes.length)),
      ]),
    ),
  };
}

/**
 * Answer requests, the newest first: an older one is left as soon as a newer one comes.
 * @param {Scenario[]} scenarios
 * @param {(() => Program)[]} programs
 * @param {(answer: Answer) => void} post
 * @returns {(request: Request) => Promise<void>}
 */
export function answerer(scenarios, programs, post) {
  /** @type {Map<number, ReturnType<typeof scenarioSimulator>>} */
  const simulators = new Map();
  let newest = 0;

  return async function answer(request) {
    newest = request.id;
    const scenario = scenarios[request.scenario];
    const simulator =
      simulators.get(request.scenario) ?? scenarioSimulator(scenario, programs[scenario.program]);
    simulators.set(request.scenario, simulator);
    const started = performance.now();
    const record = emptyRecord(scenario, request.stages[request.stages.length - 1]);
    let done = 0;
    for (const draws of request.stages) {
      simulator.prepare(draws);
      const parameters = simulator.columns(request.changes, draws);
      for (; done < draws; done = Math.min(done + CHUNK, draws)) {
        const until = Math.min(done + CHUNK, draws);
        simulateDraws(scenario, simulator.memory.program, parameters, request.series, record, done, until);
        await pause();
        if (newest !== request.id) return;
      }
      const summary = summarised(scenario, record, draws, request.evidence);
      const milliseconds = performance.now() - started;
      post({ id: request.id, series: request.series, milliseconds, ...summary });
    }
  };
}

/**
 * Let messages in.
 * @returns {Promise<void>}
 */
function pause() {
  return new Promise((resume) => {
    const channel = new MessageChannel();
    channel.port1.onmessage = () => {
      channel.port1.close();
      resume();
    };
    channel.port2.postMessage(0);
  });
}
