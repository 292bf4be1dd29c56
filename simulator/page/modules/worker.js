/** What the worker runs: requests come in, answers go out. `SCENARIOS` and `PROGRAMS` are written before it. */

import { answerer } from "./simulation.js";

const answerRequest = answerer(SCENARIOS, PROGRAMS, (answer) => postMessage(answer));

addEventListener("message", (/** @type {MessageEvent} */ event) => answerRequest(event.data));
