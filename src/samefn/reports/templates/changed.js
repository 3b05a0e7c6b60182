// The browser of changed inputs. Without this script the page has a plain list of the first ones.
(() => {
  const MOST = 240;  // So many are drawn at once; a filter leads to the others.
  const source = document.getElementById("changed-data");
  if (!source) return;
  const data = JSON.parse(source.textContent);
  const part = (name) => document.getElementById(`browser-${name}`);
  const [list, look, status] = ["list", "look", "status"].map(part);
  const filters = ["candidate", "direction", "class", "slice", "sort"].map(part).filter(Boolean);
  const marks = { "negative flip": "▼", "positive flip": "▲", "both wrong": "◆", "no label": "●" };
  const code = (direction) => direction.replace(" ", "-");

  const element = (tag, text = "", type = "") => {
    const made = document.createElement(tag);
    if (type) made.className = type;
    made.textContent = text;
    return made;
  };
  const name = (text, type = "") => element("bdi", text, type);
  const className = (at) => data.classes[at];

  const picture = (input) => {
    if (input.picture === undefined || input.picture === null) return null;
    const image = element("img");
    image.src = data.pictures[input.picture];
    image.alt = `input ${input.id}`;
    image.decoding = "async";
    return image;
  };

  const bar = (share) => {
    const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    const rect = document.createElementNS("http://www.w3.org/2000/svg", "rect");
    svg.setAttribute("viewBox", "0 0 100 8");
    svg.setAttribute("preserveAspectRatio", "none");
    svg.setAttribute("aria-hidden", "true");
    rect.setAttribute("width", 100 * share);
    rect.setAttribute("height", 8);
    svg.append(rect);
    return svg;
  };

  const accepts = {
    candidate: (input, value) => data.candidates[input.candidate] === value,
    direction: (input, value) => input.direction === value,
    class: (input, value) => [input.label, input.from, input.to].some((at) => className(at) === value),
    slice: (input, value) => input.slices.includes(value),
  };
  const known = (value, otherwise) => (value === null ? otherwise : value);
  const orders = {
    distance: () => 0,
    "base-high": (a, b) => known(b.confidence[0], -1) - known(a.confidence[0], -1),
    "base-low": (a, b) => known(a.confidence[0], 2) - known(b.confidence[0], 2),
    "candidate-high": (a, b) => known(b.confidence[1], -1) - known(a.confidence[1], -1),
    "candidate-low": (a, b) => known(a.confidence[1], 2) - known(b.confidence[1], 2),
  };

  const option = (input) => {
    const item = element("li", "", code(input.direction));
    item.setAttribute("role", "option");
    item.tabIndex = -1;
    item.ariaSelected = "false";
    const image = picture(input);
    if (image) image.alt = "";
    const words = element("span", "", "move");
    const mark = element("i", marks[input.direction], "mark");
    mark.ariaHidden = "true";
    words.append(mark, " ", name(className(input.from)), " → ", name(className(input.to)));
    item.append(...(image ? [image] : [name(input.id, "id")]), words, element("span", `, ${input.direction}`, "unseen"));
    item.addEventListener("click", () => choose(item));
    item.addEventListener("focus", () => choose(item));
    shown.set(item, input);
    return item;
  };

  const probabilities = (input) => {
    const table = element("table");
    const head = table.createTHead().insertRow();
    table.createCaption().textContent = "Most probable classes";
    for (const text of ["class", "base", data.candidates[input.candidate]]) {
      const cell = element("th");
      cell.scope = "col";
      cell.append(name(text));
      head.append(cell);
    }
    const body = table.createTBody();
    for (const [at, base, baseText, candidate, candidateText] of input.rows) {
      const row = body.insertRow();
      const first = element("th");
      first.scope = "row";
      first.append(name(className(at)));
      if (at === input.label) first.append(element("small", "true class"));
      row.append(first);
      for (const [share, text, type] of [[base, baseText, "of-base"], [candidate, candidateText, "of-candidate"]]) {
        const cell = row.insertCell();
        cell.className = type;
        if (share !== null) cell.append(bar(share), text);
      }
    }
    return table;
  };

  const detail = (input) => {
    const facts = element("dl", "", "facts");
    const add = (term, ...values) => {
      const value = element("dd");
      value.append(...values);
      facts.append(element("dt", term), value);
    };
    if (data.candidates.length > 1) add("candidate", name(data.candidates[input.candidate]));
    if (input.label !== null) add("true class", name(className(input.label)));
    for (const [term, value] of input.facts) add(term, name(value));
    const title = element("h3");
    title.append("Input ", name(input.id));
    const move = element("p", "", "move");
    move.append(name(className(input.from)), " → ", name(className(input.to)));
    const beside = element("div");
    beside.append(move, element("p", `${marks[input.direction]} ${input.direction}`, `tag ${code(input.direction)}`), facts);
    const image = picture(input);
    const top = element("div", "", image ? "top" : "");
    top.append(...(image ? [image] : []), beside);
    const notes = input.stretched ? [element("p", "Colours are stretched, because the scale of the values is not known.", "small")] : [];
    look.replaceChildren(title, top, ...notes, probabilities(input));
  };

  let shown = new Map();
  let chosen = null;
  const choose = (item) => {
    if (chosen === item) return;
    if (chosen) {
      chosen.ariaSelected = "false";
      chosen.tabIndex = -1;
    }
    chosen = item;
    item.ariaSelected = "true";
    item.tabIndex = 0;
    detail(shown.get(item));
  };

  const refresh = () => {
    const wanted = filters.filter((filter) => filter.id !== "browser-sort" && filter.selectedIndex > 0);
    const found = data.inputs.filter((input) => wanted.every((filter) => accepts[filter.name](input, filter.value)));
    found.sort(orders[part("sort").value]);
    shown = new Map();
    chosen = null;
    list.replaceChildren(...found.slice(0, MOST).map(option));
    const total = data.inputs.length;
    status.textContent = found.length > MOST ? `first ${MOST} of ${found.length}` : `${found.length} of ${total}`;
    if (found.length) choose(list.firstElementChild);
    else look.replaceChildren(element("p", "No input of the page is of this kind.", "small"));
  };

  list.addEventListener("keydown", (event) => {
    const items = [...list.children];
    const at = items.indexOf(chosen);
    const top = items[0]?.offsetTop;
    const columns = items.filter((item) => item.offsetTop === top).length || 1;
    const steps = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: columns, ArrowUp: -columns, Home: -at, End: items.length - 1 - at };
    const to = items[at + steps[event.key]];
    if (!to) return;
    event.preventDefault();
    to.focus();
    to.scrollIntoView({ block: "nearest" });
  });
  for (const filter of filters) filter.addEventListener("change", refresh);
  document.getElementById("changed").classList.add("live");
  refresh();
})();
