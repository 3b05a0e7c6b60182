"use strict";
// Tips, sorting, filtering and printing. The page is complete without this script.
(() => {
  const tip = document.getElementById("tip");
  for (const plot of document.querySelectorAll(".plot")) {
    const marks = [...plot.querySelectorAll("[data-tip]")];
    const show = (event) => {
      const box = plot.getBoundingClientRect();
      const near = marks
        .filter((mark) => mark.getClientRects().length)
        .map((mark) => ({
          text: mark.dataset.tip,
          far: Math.hypot(box.left + mark.dataset.x * box.width - event.clientX, box.top + mark.dataset.y * box.height - event.clientY),
          end: mark.dataset.kind === "end",
        }))
        .filter((mark) => mark.far < 11)
        .sort((a, b) => b.end - a.end || a.far - b.far);
      tip.hidden = near.length === 0;
      if (tip.hidden) return;
      const lines = near.slice(0, 10).map((mark) => mark.text);
      if (near.length > 10) lines.push(`and ${near.length - 10} more here`);
      tip.textContent = lines.join("\n");
      const left = Math.min(event.clientX + 14, document.documentElement.clientWidth - tip.offsetWidth - 8);
      const below = event.clientY + 18 + tip.offsetHeight < window.innerHeight;
      tip.style.left = `${Math.max(8, left)}px`;
      tip.style.top = `${below ? event.clientY + 18 : event.clientY - tip.offsetHeight - 12}px`;
    };
    plot.addEventListener("pointermove", show);
    plot.addEventListener("pointerdown", show);
    plot.addEventListener("pointerleave", () => { tip.hidden = true; });
  }

  for (const table of document.querySelectorAll("table.sortable")) {
    const body = table.tBodies[0];
    const first = [...body.rows];
    [...table.tHead.rows[0].cells].forEach((head, column) => {
      const button = document.createElement("button");
      button.type = "button";
      button.append(...head.childNodes);
      head.append(button);
      button.addEventListener("click", () => {
        const next = { none: "ascending", ascending: "descending", descending: "none" }[head.ariaSort || "none"];
        for (const other of table.tHead.rows[0].cells) other.ariaSort = "none";
        head.ariaSort = next;
        const sign = next === "descending" ? -1 : 1;
        const value = (row) => row.cells[column].dataset.v;
        const order = (a, b) => {
          const [x, y] = [value(a), value(b)];
          if (x === "" || y === "") return (x === "") - (y === "");  // What has no value stays last.
          const gap = Number(x) - Number(y);
          return sign * (Number.isNaN(gap) ? x.localeCompare(y) : gap);
        };
        body.append(...(next === "none" ? first : [...first].sort(order)));
      });
    });
  }

  for (const filter of document.querySelectorAll("select[data-filters]")) {
    const table = document.getElementById(filter.dataset.filters);
    const filters = [...document.querySelectorAll(`select[data-filters="${filter.dataset.filters}"]`)];
    for (const row of table.tBodies[0].rows) {
      const value = row.cells[filter.dataset.column].textContent.trim();
      if (![...filter.options].some((option) => option.value === value)) filter.add(new Option(value));
    }
    filter.closest(".filters").hidden = false;
    filter.addEventListener("change", () => {
      for (const row of table.tBodies[0].rows) {
        row.hidden = filters.some((f) => f.selectedIndex > 0 && row.cells[f.dataset.column].textContent.trim() !== f.value);
      }
    });
  }

  addEventListener("beforeprint", () => {
    for (const details of document.querySelectorAll("details")) details.open = true;
  });
})();
