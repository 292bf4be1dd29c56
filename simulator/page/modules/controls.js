/** A control of one prior: its density with handles to drag, its numbers to type, its source and note. */

import { densityShapes } from "./densities.js";
import { html, svg } from "./elements.js";
import { UNMOVED, axis, handles, moveHandle, moved, share, valueAt } from "./moves.js";
import { shortNumber, spoken } from "./words.js";

/** @typedef {import("./moves.js").NamedPrior} NamedPrior */
/** @typedef {import("./moves.js").Move} Move */

/**
 * What a control tells the page.
 * @typedef {object} Listener
 * @property {(name: string, move: Move) => void} drag while a handle is dragged
 * @property {(name: string, move: Move | undefined) => void} release when a move is made, or taken back
 */

/** @typedef {{element: HTMLElement, show: (move: Move | undefined) => void}} Control */

const WIDTH = 340;
const HEIGHT = 58;
const FOOT = 16;
const KEYS = /** @type {Record<string, number>} */ ({ ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1, PageDown: -10, PageUp: 10 });
const KEY_STEP = 0.01;

/**
 * Make the control of a prior.
 * @param {NamedPrior} prior as it was
 * @param {string} source its source, spelled out
 * @param {Listener} listener
 * @returns {Control}
 */
export function makeControl(prior, source, listener) {
  const name = spoken(prior.name);
  /** @type {Move | undefined} */
  let move;
  const drawing = svg("svg", { class: "density-picture", viewBox: `-8 0 ${WIDTH + 16} ${HEIGHT + FOOT}`, role: "group", "aria-label": `Prior of ${name}` });
  const numbers = html("div", { class: "numbers" });
  const back = html("button", { type: "button", class: "quiet back", hidden: true, click: () => listener.release(prior.name, undefined) }, "reset");
  back.setAttribute("aria-label", `Reset ${name}`);
  const element = html("section", { class: "control", "data-prior": prior.name },
    html("header", {}, html("h4", {}, name), html("span", { class: "unit" }, prior.unit), back),
    prior.family === "fixed" ? null : drawing, numbers,
    html("details", {}, html("summary", {}, "source and note"), html("p", {}, prior.note || "No note."),
      prior.vintage ? html("p", { class: "vintage" }, `Nothing after ${prior.vintage} went into it.`) : null, html("p", { class: "source" }, source)));

  /**
   * @param {string} key
   * @param {number} value
   * @param {boolean} released
   */
  function take(key, value, released) {
    move = moveHandle(prior, move, key, value);
    show(move);
    if (released) listener.release(prior.name, move);
    else listener.drag(prior.name, move);
  }

  /** @param {Move | undefined} next */
  function show(next) {
    move = next;
    element.classList.toggle("is-moved", !!move);
    back.hidden = !move;
    if (prior.family !== "fixed") draw(drawing, prior, move, take);
    fillNumbers(numbers, prior, move, take);
  }

  show(undefined);
  return { element, show };
}

/**
 * Draw a density and its handles; handles that are there are moved, so that one that is dragged or focused stays.
 * @param {SVGElement} drawing
 * @param {NamedPrior} prior
 * @param {Move | undefined} move
 * @param {(key: string, value: number, released: boolean) => void} take
 */
function draw(drawing, prior, move, take) {
  const along = axis(prior);
  const shapes = svg("g", { class: "shapes" }, ...densityShapes(moved(prior, move), move ? prior : null, along, WIDTH, HEIGHT),
    svg("line", { class: "base", x1: 0, x2: WIDTH, y1: HEIGHT, y2: HEIGHT }));
  const before = drawing.querySelector(".shapes");
  if (before) before.replaceWith(shapes);
  else drawing.prepend(shapes);
  if (UNMOVED.has(prior.family)) return;
  for (const handle of handles(prior, move)) {
    const known = drawing.querySelector(`[data-key="${handle.key}"]`);
    const knob = known ?? makeHandle(drawing, prior, handle.key, take);
    if (!known) drawing.append(knob);
    const x = Math.min(Math.max(share(along, handle.value), 0), 1) * WIDTH;
    knob.setAttribute("transform", `translate(${x.toFixed(1)} ${HEIGHT})`);
    knob.setAttribute("aria-label", `${handle.label} of ${spoken(prior.name)}`);
    knob.setAttribute("aria-valuemin", String(along.low));
    knob.setAttribute("aria-valuemax", String(along.high));
    knob.setAttribute("aria-valuenow", String(handle.value));
    knob.setAttribute("aria-valuetext", `${shortNumber(handle.value)} ${prior.unit}`);
  }
}

/**
 * A handle: a slider by pointer and by keyboard.
 * @param {SVGElement} drawing
 * @param {NamedPrior} prior
 * @param {string} key
 * @param {(key: string, value: number, released: boolean) => void} take
 * @returns {SVGElement}
 */
function makeHandle(drawing, prior, key, take) {
  const along = axis(prior);
  const middle = ["p50", "middle", "mode", "p", "value"].includes(key);
  const now = (/** @type {SVGElement} */ knob) => Number(knob.getAttribute("aria-valuenow"));
  const knob = svg("g", { class: `handle ${middle ? "handle-middle" : "handle-end"}`, tabindex: 0, role: "slider", "data-key": key },
    svg("line", { class: "stem", x1: 0, x2: 0, y1: middle ? -HEIGHT + 4 : -16, y2: 0 }),
    svg("circle", { class: "reach", r: 14 }),
    middle ? svg("circle", { class: "knob", r: 6 }) : svg("rect", { class: "knob", x: -4, y: -8, width: 8, height: 16, rx: 3 }));
  const valueOf = (/** @type {PointerEvent} */ event) => {
    const box = drawing.getBoundingClientRect();
    const x = ((event.clientX - box.left) / box.width) * (WIDTH + 16) - 8;
    return valueAt(along, Math.min(Math.max(x / WIDTH, 0), 1));
  };
  let dragged = false;
  knob.addEventListener("pointerdown", (event) => {
    knob.setPointerCapture(event.pointerId);
    dragged = true;
    event.preventDefault();
    knob.focus();
  });
  knob.addEventListener("pointermove", (event) => dragged && take(key, valueOf(event), false));
  knob.addEventListener("pointerup", (event) => {
    if (dragged) take(key, valueOf(event), true);
    dragged = false;
  });
  knob.addEventListener("pointercancel", () => {
    if (dragged) take(key, now(knob), true);
    dragged = false;
  });
  knob.addEventListener("keydown", (event) => {
    const { key: pressed, shiftKey } = /** @type {KeyboardEvent} */ (event);
    const by = KEYS[pressed];
    const place = pressed === "Home" ? 0 : pressed === "End" ? 1 : by && share(along, now(knob)) + KEY_STEP * by * (shiftKey ? 10 : 1);
    if (place === undefined) return;
    event.preventDefault();
    take(key, valueAt(along, Math.min(Math.max(place, 0), 1)), true);
  });
  return knob;
}

/**
 * Numbers to type, one a handle.
 * @param {HTMLElement} row
 * @param {NamedPrior} prior
 * @param {Move | undefined} move
 * @param {(key: string, value: number, released: boolean) => void} take
 */
function fillNumbers(row, prior, move, take) {
  if (UNMOVED.has(prior.family)) return;
  const { step } = axis(prior);
  for (const { key, label, value } of handles(prior, move)) {
    let input = /** @type {HTMLInputElement | null} */ (row.querySelector(`[data-key="${key}"]`));
    if (!input) {
      input = /** @type {HTMLInputElement} */ (html("input", { type: "number", step: "any", "data-key": key, "aria-label": `${label} of ${spoken(prior.name)}, ${prior.unit}` }));
      const typed = input;
      typed.addEventListener("change", () => typed.value !== "" && Number.isFinite(typed.valueAsNumber) && take(key, typed.valueAsNumber, true));
      row.append(html("label", {}, typed, html("span", {}, label.replace(" quantile", "").replace(" value", ""))));
    }
    const text = String(Number(value.toFixed(Math.max(0, 1 - Math.round(Math.log10(step))))));
    if (input.value !== text) input.value = text;
  }
}
