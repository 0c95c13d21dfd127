// The explorer's pages. Python answers what is asked: {id, action, args} -> {id, ok, data | error}.
// Whatever comes from data is set as text, never as markup.

const WAIT = 20000; // ms until silence is said to be silence
const SIGNS = { met: "✓", unknown: "?", unmet: "✗", counted: "✓", possibly: "?", ignored: "✗" };

function make(tag, options = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(options)) {
    if (value === null || value === undefined || value === false) continue;
    if (name === "text") node.textContent = value;
    else if (name === "on") for (const [event, act] of Object.entries(value)) node.addEventListener(event, act);
    else node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.filter((child) => child !== null && child !== undefined));
  return node;
}

const fill = (text, values) => text.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);

class View {
  constructor(model, el) {
    this.model = model;
    this.say = model.get("say");
    this.lang = model.get("lang");
    this.number = new Intl.NumberFormat(this.lang);
    this.percent = new Intl.NumberFormat(this.lang, { style: "percent", maximumFractionDigits: 1 });
    this.name = Math.random().toString(36).slice(2); // two views of one model hear each other's answers
    this.asked = 0;
    this.steps = [];
    this.back = make("button", { class: "tassei-back", type: "button", text: `← ${this.say.back}`,
      on: { click: () => this.leave(this.steps.length - 2) } });
    this.crumbs = make("ol");
    this.body = make("div", { class: "tassei-body" });
    this.status = make("div", { class: "tassei-status", role: "status", "aria-live": "polite" });
    this.root = make("section",
      // notebooks have shortcuts of single letters: none of them is meant in here
      { class: "tassei-explorer", lang: this.lang, "aria-label": this.say.title, "data-lm-suppress-shortcuts": "true",
        on: { keydown: (event) => this.key(event) } },
      make("nav", { "aria-label": this.say.path }, this.back, this.crumbs), this.body, this.status,
      make("p", { class: "tassei-hint", text: this.say.keys }));
    this.heard = (message) => this.hear(message);
    model.on("msg:custom", this.heard);
    el.append(this.root);
    this.show({ action: "population", args: {} }, model.get("start"), false);
  }

  remove() {
    this.model.off("msg:custom", this.heard);
    clearTimeout(this.timer);
    clearTimeout(this.typing);
  }

  // --- asking and showing ---

  ask(action, args, then) {
    this.asked += 1;
    this.wanted = { id: `${this.name}-${this.asked}`, then };
    this.tell(this.say.waiting);
    this.root.setAttribute("aria-busy", "true");
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.fail(this.say.silent), WAIT);
    try {
      this.model.send({ id: this.wanted.id, action, args });
    } catch { // a saved page: there is nobody to ask
      this.fail(this.say.silent);
    }
  }

  hear(message) {
    if (!this.wanted || message.id !== this.wanted.id) return; // another view's, or too late
    const { then } = this.wanted;
    this.wanted = null;
    clearTimeout(this.timer);
    this.root.removeAttribute("aria-busy");
    if (!message.ok) return this.fail(message.error);
    this.tell("");
    then(message.data);
  }

  fail(text) {
    this.wanted = null;
    clearTimeout(this.timer);
    this.root.removeAttribute("aria-busy");
    this.tell(text);
    this.status.classList.add("tassei-error");
  }

  tell(text) {
    this.status.classList.remove("tassei-error");
    this.status.textContent = text;
  }

  open(action, args) {
    const from = document.activeElement?.dataset?.key;
    clearTimeout(this.typing);
    this.ask(action, args, (data) => {
      if (this.steps.length) this.steps[this.steps.length - 1].from = from;
      this.show({ action, args }, data, true);
    });
  }

  // the same step with other arguments: another page, another sheet
  turn(args, focus) {
    const step = this.steps[this.steps.length - 1];
    this.ask(step.action, { ...step.args, ...args }, (data) => {
      step.args = { ...step.args, ...args };
      step.data = data;
      this.draw(step);
      this.focus(focus);
    });
  }

  show(step, data, focus) {
    this.steps.push({ ...step, data });
    this.draw(this.steps[this.steps.length - 1]);
    if (focus) this.focus();
  }

  leave(place) {
    if (place < 0 || place >= this.steps.length - 1) return;
    this.wanted = null;
    clearTimeout(this.timer);
    clearTimeout(this.typing);
    this.root.removeAttribute("aria-busy");
    this.steps.length = place + 1;
    const step = this.steps[place];
    this.tell("");
    this.draw(step);
    this.focus(step.from);
  }

  focus(key) {
    const all = [...this.body.querySelectorAll("[data-key]")];
    const target = (key && all.find((node) => node.dataset.key === key && !node.disabled))
      || this.body.querySelector(".tassei-heading");
    for (let fold = target.closest("details"); fold; fold = fold.parentNode.closest("details")) fold.open = true;
    target.focus();
    target.scrollIntoView?.({ block: "nearest" });
  }

  draw(step) {
    const last = this.steps.length - 1;
    this.back.disabled = last === 0;
    this.crumbs.replaceChildren(...this.steps.map(({ data }, place) =>
      make("li", {}, place === last
        ? make("span", { "aria-current": "page", text: data.title })
        : make("button", { type: "button", class: "tassei-crumb", text: data.title,
            on: { click: () => this.leave(place) } }))));
    const heading = make("h3", { class: "tassei-heading", tabindex: "-1",
      text: step.data.heading ?? step.data.title });
    this.body.dataset.view = step.action;
    this.body.replaceChildren(heading, ...this[step.action](step.data, step.args).filter(Boolean));
  }

  // --- keys ---

  key(event) {
    const field = event.target.closest("input, select");
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    if (event.key === "Escape" || (event.key === "Backspace" && !field)) {
      if (this.steps.length > 1) {
        event.preventDefault();
        event.stopPropagation();
        this.leave(this.steps.length - 2);
      }
    } else if (field?.type === "search" ? event.key === "ArrowDown" : !field && event.key.startsWith("Arrow"))
      this.arrow(event);
  }

  arrow(event) {
    const from = event.target.closest("button, summary");
    const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    let to = null;
    if (from?.tagName === "SUMMARY" && !step) {
      from.parentNode.open = event.key === "ArrowRight";
      to = from;
    } else if (from?.closest("table")) {
      const row = from.closest("tr");
      const own = (one) => [...one.querySelectorAll("button:not(:disabled)")];
      if (!step) to = own(row)[own(row).indexOf(from) + (event.key === "ArrowRight" ? 1 : -1)];
      else {
        const column = from.closest("td, th").cellIndex;
        const rows = [...row.closest("table").rows];
        const others = step > 0 ? rows.slice(row.rowIndex + 1) : rows.slice(0, row.rowIndex).reverse();
        to = others.map((one) => one.cells[column]?.querySelector("button:not(:disabled)")).find(Boolean);
      }
    }
    if (!to && step) {
      const all = [...this.body.querySelectorAll("button:not(:disabled), summary")]
        .filter((node) => node.offsetParent !== null);
      // from the heading or the field down is the first one
      const place = all.indexOf(from);
      to = place < 0 ? (step > 0 ? all[0] : null) : all[place + step];
    }
    if (to) {
      event.preventDefault();
      event.stopPropagation();
      to.focus();
    }
  }

  // --- pieces ---

  button(text, key, act, options = {}) {
    return make("button", { type: "button", text, "data-key": key, on: { click: act }, ...options });
  }

  // a level by colour and by text
  level(level, tag = "span") {
    const swatch = make("span", { class: "tassei-swatch", "aria-hidden": "true" });
    if (level.height === null) swatch.classList.add("tassei-none");
    else swatch.style.setProperty("--height", `${Math.round(100 * level.height)}%`);
    return make(tag, { class: "tassei-level" }, swatch, make("span", { text: level.label }));
  }

  standing({ certain, possible }) {
    const both = make("span", { class: "tassei-standing" }, this.level(certain));
    if (possible.level > certain.level)
      both.append(make("span", { class: "tassei-possible", text: `${this.say.possible_short}: ` }, this.level(possible)));
    return both;
  }

  mark(status, word) {
    return make("span", { class: `tassei-mark tassei-${status}` },
      make("span", { class: "tassei-sign", "aria-hidden": "true", text: SIGNS[status] }),
      make("span", { text: word }));
  }

  bar(share, level, kind) {
    const inner = make("span", { class: `tassei-${kind}-bar` });
    inner.style.width = `${100 * Math.min(share, 1)}%`;
    if (level.height === null) inner.classList.add("tassei-none");
    else inner.style.setProperty("--height", `${Math.round(100 * level.height)}%`);
    return make("span", { class: "tassei-bar", "aria-hidden": "true" }, inner);
  }

  count(count, key, act) {
    const text = this.number.format(count);
    return count ? this.button(text, key, act, { class: "tassei-count" }) : make("span", { class: "tassei-zero", text });
  }

  table(caption, heads, rows) {
    return make("table", { "aria-label": caption },
      make("thead", {}, make("tr", {}, ...heads.map((text) => make("th", { scope: "col", text })))),
      make("tbody", {}, ...rows));
  }

  // the first cell of a row is its header
  row(first, ...cells) {
    return make("tr", {}, make("th", { scope: "row" }, first), ...cells.map((cell) => make("td", {}, cell)));
  }

  range(data) {
    const { total, pages } = data;
    if (!total) return this.say.nothing;
    const { first, last } = data;
    return pages ? fill(this.say.range, Object.fromEntries(
      Object.entries({ first, last, total }).map(([name, n]) => [name, this.number.format(n)]))) : "";
  }

  pager(data) {
    if (data.pages < 2) return null;
    const to = (page, key, text, sign) => this.button(sign, key, () => this.turn({ page }, key),
      { disabled: page < 1 || page > data.pages, "aria-label": text, title: text });
    return make("div", { class: "tassei-pager" },
      to(data.page - 1, "previous", this.say.previous, "◀"),
      make("span", { class: "tassei-range", text: this.range(data) }),
      to(data.page + 1, "next", this.say.next, "▶"));
  }

  // --- one function a view: what stands under its heading ---

  population(data, args) {
    const by = data.by;
    const select = make("select", { "data-key": "by", on: { change: () => {
      this.turn({ by: select.value === "" ? null : data.columns[Number(select.value)] }, "by");
    } } },
      make("option", { value: "", text: this.say.no_by }),
      ...data.columns.map((name, i) => make("option", { value: String(i), text: name })));
    select.value = by === null ? "" : String(data.columns.indexOf(by));
    const go = (specialty, level, kind) => {
      const cell = { specialty, level, kind };
      if (by === null) this.open("people", cell);
      else this.open("groups", { ...cell, by });
    };
    const blocks = data.specialties.map((own) => {
      const cell = (at, kind) => make("span", { class: "tassei-cell" },
        this.count(at[kind], `${own.id}-${at.level}-${kind}`, () => go(own.id, at.level, kind)),
        this.bar(at[kind] / Math.max(data.people, 1), at, kind));
      return make("section", { class: "tassei-block" }, make("h4", { text: own.label }),
        this.table(own.label, [this.say.level, this.say.certain_short, this.say.possible_short],
          own.levels.map((at) => this.row(this.level(at), cell(at, "certain"), cell(at, "possible")))));
    });
    return [
      make("p", { class: "tassei-quiet", text: data.basis.join(" · ") }),
      make("p", { class: "tassei-tools" },
        data.columns.length ? make("label", {}, make("span", { text: `${this.say.by} ` }), select) : null,
        this.button(fill(this.say.find, { n: this.number.format(data.people) }), "everybody", () => this.open("people", {}))),
      data.people ? null : make("p", { text: this.say.nobody }),
      make("div", { class: "tassei-blocks" }, ...blocks),
      make("p", { class: "tassei-quiet", text: `${this.say.certain}. ${this.say.possible}.` }),
    ];
  }

  groups(data, args) {
    const { specialty, level, kind } = args;
    const go = (more) => this.open("people", { specialty, level, kind, ...more });
    const line = (name, row, key, more) => this.row(make("span", { text: name }),
      make("span", { text: this.number.format(row.people) }), this.count(row.count, key, () => go(more)),
      make("span", { class: "tassei-cell" },
        make("span", { text: row.people ? this.percent.format(row.count / row.people) : "–" }),
        this.bar(row.count / Math.max(row.people, 1), data.level, kind)));
    const rows = data.rows.map((row) => row.suppressed
      ? make("tr", { class: "tassei-suppressed" }, make("th", { scope: "row", text: row.label }),
          make("td", { colspan: "3", text: this.say.suppressed }))
      : line(row.label, row, `group-${row.group}`, { by: data.by, group: row.group }));
    return [
      this.table(data.title, [data.by, this.say.people, this.say.here, this.say.share],
        [line(this.say.everybody, data.everybody, "everybody", {}), ...rows]),
      this.pager(data),
    ];
  }

  people(data, args) {
    const list = make("div", { class: "tassei-list" });
    const redraw = (found) => {
      const rows = found.rows.map((row) => this.row(
        this.button(row.person, `person-${row.person}`, () => this.open("person",
          { person: row.person, ...(args.specialty ? { specialty: args.specialty } : {}) }), { class: "tassei-link" }),
        ...row.levels.map((own) => this.standing(own))));
      list.replaceChildren(...[
        rows.length ? this.table(found.title, [this.say.person, ...found.specialties], rows)
          : make("p", { text: this.say.nothing }),
        this.pager(found)].filter(Boolean));
      this.tell(this.range(found));
    };
    const step = this.steps[this.steps.length - 1];
    const input = make("input", { type: "search", "data-key": "search", autocomplete: "off", spellcheck: "false",
      maxlength: "200", on: { input: () => {
        clearTimeout(this.typing);
        // only the list is drawn anew: the field keeps what is being typed
        this.typing = setTimeout(() => {
          const search = input.value;
          this.ask("people", { ...step.args, search, page: 1 }, (found) => {
            step.args = { ...step.args, search, page: 1 };
            step.data = found;
            redraw(found);
          });
        }, 200);
      } } });
    input.value = args.search ?? "";
    redraw(data);
    return [make("p", { class: "tassei-tools" },
      make("label", {}, make("span", { text: `${this.say.search} ` }), input)), list];
  }

  person(data, args) {
    const rows = data.specialties.map((own) => this.row(make("span", { text: own.label }),
      this.standing(own.standing),
      ...own.sheets.map((sheet, i) => {
        if (!sheet) return make("span", { text: "–" });
        const level = data.levels[i].level;
        const key = `sheet-${own.id}-${level}`;
        const button = make("button", { type: "button", "data-key": key, class: "tassei-sheet",
          "aria-pressed": String(own.id === data.specialty && level === data.level),
          "aria-label": `${own.label}, ${data.levels[i].label}: ${sheet.word}`,
          on: { click: () => this.turn({ specialty: own.id, level }, key) } });
        button.append(this.mark(sheet.status, sheet.word),
          make("span", { class: "tassei-score", text: this.percent.format(sheet.score) }));
        return button;
      })));
    const { why } = data;
    return [
      make("h4", { text: this.say.sheets }),
      this.table(this.say.sheets, [this.say.specialty, this.say.standing, ...data.levels.map((at) => at.label)], rows),
      make("h4", { text: this.say.why }),
      make("p", {}, make("b", { text: why.heading }), make("br"),
        make("span", { class: "tassei-quiet", text: why.note }), make("br"), make("span", { text: why.verdict })),
      make("div", { class: "tassei-tree" }, ...why.nodes.map((node) => this.node(node,
        { person: data.person, specialty: data.specialty, level: data.level }))),
    ];
  }

  // a criterion as a folding tree
  node(node, sheet) {
    const asks = node.asks.length ? make("details", {}, make("summary", { class: "tassei-quiet", text: this.say.asked }),
      make("ul", {}, ...node.asks.map((text) => make("li", { text })))) : null;
    const text = node.records ? fill(this.say.open, { n: this.number.format(node.records) }) : this.say.details;
    return make("details", { open: node.open },
      make("summary", {}, this.mark(node.status, node.word), make("b", { text: ` ${node.label}: ` }),
        make("span", { text: node.found })),
      make("div", { class: "tassei-inner" },
        node.summary || node.page
          ? make("p", { class: "tassei-quiet", text: [node.summary, node.page].filter(Boolean).join(" · ") }) : null,
        asks, ...node.parts.map((part) => this.node(part, sheet)),
        this.button(text, `node-${node.path.join("-")}`, () => this.open("criterion", { ...sheet, path: node.path }),
          { "aria-label": `${node.label}: ${text}` })));
  }

  criterion(data, args) {
    const { person, specialty, level, path } = args;
    const sheet = { person, specialty, level };
    const { node } = data;
    const rows = data.rows.map((row) => this.row(
      this.button(row.text, `record-${row.record}`, () => this.open("record", { ...sheet, path, record: row.record }),
        { class: "tassei-link" }),
      this.mark(row.counts, row.word), make("span", { text: row.because ?? "" })));
    return [
      make("p", {}, this.mark(node.status, node.word), make("span", { text: ` · ${node.found}` })),
      node.summary || node.page
        ? make("p", { class: "tassei-quiet", text: [node.summary, node.page].filter(Boolean).join(" · ") }) : null,
      node.asks.length ? make("h4", { text: this.say.asked }) : null,
      node.asks.length ? make("ul", {}, ...node.asks.map((text) => make("li", { text }))) : null,
      node.parts.length ? make("div", { class: "tassei-tree" }, ...node.parts.map((part) => this.node(part, sheet))) : null,
      node.parts.length && !rows.length ? null : make("h4", { text: this.say.records }),
      rows.length ? this.table(this.say.records, [this.say.record, this.say.counts, this.say.reason], rows)
        : node.parts.length ? null : make("p", { text: this.say.no_records }),
      this.pager(data),
    ];
  }

  record(data) {
    const cells = data.cells.flatMap((cell) => [make("dt", { text: cell.label }),
      make("dd", { text: cell.text ?? cell.blank, class: cell.text === null ? "tassei-quiet" : null })]);
    const rows = data.rows.map((row) => this.row(this.level(row.level), make("span", { text: row.criterion }),
      this.mark(row.counts, row.word), make("span", { text: row.because ?? "" })));
    return [
      make("p", {}, make("span", { text: `${data.criterion}: ` }), this.mark(data.counts, data.word),
        make("br"), make("span", { class: "tassei-quiet", text: data.text })),
      data.because.length ? make("h4", { text: this.say.reasons }) : null,
      data.because.length ? make("ul", {}, ...data.because.map((text) => make("li", { text }))) : null,
      make("h4", { text: this.say.cells }), make("dl", {}, ...cells),
      rows.length ? make("h4", { text: data.elsewhere }) : null,
      rows.length ? this.table(data.elsewhere,
        [this.say.level, this.say.criterion, this.say.counts, this.say.reason], rows) : null,
      this.pager(data),
    ];
  }
}

export default {
  render({ model, el }) {
    const view = new View(model, el);
    return () => view.remove();
  },
};
