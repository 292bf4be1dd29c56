/** Tables that are sorted by their headers. */

/**
 * What a cell is sorted by: what it says it is, else its number, else its text.
 * @param {HTMLTableRowElement} row
 * @param {number} column
 * @returns {number | string}
 */
function sortKey(row, column) {
  const cell = row.cells[column];
  const text = cell?.dataset.sort ?? cell?.textContent?.trim() ?? "";
  const number = Number(text.replace(/[,%~]/g, "").replace("−", "-"));
  return text !== "" && Number.isFinite(number) ? number : text.toLowerCase();
}

/**
 * @param {number | string} a
 * @param {number | string} b
 * @returns {number}
 */
function compared(a, b) {
  if (typeof a === "number" && typeof b === "number") return a - b;
  if (typeof a !== typeof b) return typeof a === "number" ? -1 : 1;
  return String(a).localeCompare(String(b));
}

/**
 * Let the headers of a table sort it.
 * @param {HTMLTableElement} table
 */
export function makeSortable(table) {
  const heads = [...(table.tHead?.rows[0]?.cells ?? [])];
  heads.forEach((head, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "sort";
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener("click", () => {
      const rising = head.getAttribute("aria-sort") !== "ascending";
      heads.forEach((each) => each.removeAttribute("aria-sort"));
      head.setAttribute("aria-sort", rising ? "ascending" : "descending");
      const body = table.tBodies[0];
      const rows = [...body.rows].sort((a, b) => compared(sortKey(a, column), sortKey(b, column)));
      body.append(...(rising ? rows : rows.reverse()));
    });
  });
}
