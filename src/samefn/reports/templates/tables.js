"use strict";
// Sorting and filtering of tables, and printing. The page is complete without this script.
(() => {
  const MANY_ROWS = 12;  // A longer table gets a field to filter its rows.

  const addSorting = (table) => {
    const heads = [...table.tHead.rows[0].cells];
    const body = table.tBodies[0];
    const first = [...body.rows];
    heads.forEach((head, column) => {
      const button = document.createElement("button");
      button.type = "button";
      button.append(...head.childNodes);
      head.append(button);
      button.addEventListener("click", () => {
        const next = { none: "ascending", ascending: "descending", descending: "none" }[head.ariaSort || "none"];
        for (const other of heads) other.ariaSort = "none";
        head.ariaSort = next;
        const sign = next === "descending" ? -1 : 1;
        const value = (row) => row.cells[column].dataset.v ?? row.cells[column].textContent.trim();
        const order = (a, b) => {
          const [x, y] = [value(a), value(b)];
          if (x === "" || y === "") return (x === "") - (y === "");  // What has no value stays last.
          const gap = Number(x) - Number(y);
          return sign * (Number.isNaN(gap) ? x.localeCompare(y) : gap);
        };
        body.append(...(next === "none" ? first : [...first].sort(order)));
      });
    });
  };

  const addFilter = (table) => {
    const rows = [...table.tBodies[0].rows];
    if (rows.length <= MANY_ROWS) return;
    const label = document.createElement("label");
    const field = document.createElement("input");
    const shown = document.createElement("span");
    label.className = "filter";
    field.type = "search";
    shown.className = "small";
    label.append("Rows with ", field, " ", shown);
    table.closest(".scroll").before(label);
    field.addEventListener("input", () => {
      const words = field.value.toLowerCase().split(/\s+/).filter(Boolean);
      let count = 0;
      for (const row of rows) {
        const text = row.textContent.toLowerCase();
        row.hidden = !words.every((word) => text.includes(word));
        count += row.hidden ? 0 : 1;
      }
      shown.textContent = words.length ? `${count} of ${rows.length}` : "";
    });
  };

  for (const table of document.querySelectorAll("table.sortable")) {
    addSorting(table);
    addFilter(table);
  }

  let closed = [];
  addEventListener("beforeprint", () => {
    closed = [...document.querySelectorAll("details:not([open])")];
    for (const details of closed) details.open = true;
  });
  addEventListener("afterprint", () => {
    for (const details of closed) details.open = false;
  });
})();
