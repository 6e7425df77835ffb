"use strict";
// The editor of rules: completion out of the schema that the service checks by, faults at their lines
// while one types, and what the rule says in words. Without scripts the form does the same when it is sent.
const form = document.querySelector("[data-editor]");
const text = form.querySelector(".code textarea");
const box = text.closest("[data-field]");
const list = document.getElementById("suggestions");
const hint = document.getElementById("rule-hint");
const gutter = form.querySelector(".code-lines");

const SHOWN_MAX = 60;
// Fields of the document that have a field of the form.
const above = (form.dataset.above || "").split(" ");
let rules = null;

// ---- where the cursor is ----------------------------------------------------------------------

// What lies around the cursor, and the fields of each object there; bears unfinished text.
function look(source, at) {
  const stack = [];
  const token = /"(?:[^"\\\n]|\\.)*"?|[{}[\],:]|[^\s{}[\],:"]+/g;
  let afterColon = false;
  let here = null;
  const freeze = () => ({ levels: stack.map((level) => ({ ...level })), afterColon });
  for (let found = token.exec(source); found; found = token.exec(source)) {
    const begin = found.index;
    const isString = found[0][0] === '"';
    const isUnfinished = isString && begin < at && at <= token.lastIndex && !isWhole(source, begin, token.lastIndex);
    // Of a text that is being written all that follows its word belongs to what was there before.
    if (isUnfinished) token.lastIndex = at + /^[\p{L}\p{N}_.-]*/u.exec(source.slice(at))[0].length;
    const end = token.lastIndex;
    const sign = source.slice(begin, end);
    const isClosed = isString && !isUnfinished && sign.length > 1 && sign.endsWith('"');
    if (!here && begin >= at) here = { ...freeze(), begin: at, end: at, prefix: "", quoted: false };
    else if (!here && !"{}[],:".includes(sign) && (at < end || (at === end && !isClosed))) {
      here = { ...freeze(), begin, end, prefix: source.slice(begin, at).replace(/^"/, ""), quoted: isString };
    }
    const top = stack[stack.length - 1];
    if (sign === "{" || sign === "[") {
      const opened = { list: sign === "[", key: "", index: 0, object: { keys: new Set(), kind: "" } };
      stack.push(opened);
      afterColon = false;
    } else if (sign === "}" || sign === "]") {
      stack.pop();
      afterColon = false;
    } else if (sign === ",") {
      if (top && top.list) top.index += 1;
      afterColon = false;
    } else if (sign === ":") afterColon = true;
    else if (top && !top.list) {
      const word = sign.replace(/^"|"$/g, "");
      if (afterColon) {
        if (top.key === "kind") top.object.kind = word;
        afterColon = false;
      } else {
        top.key = word;
        if (begin > at || end < at) top.object.keys.add(word);
      }
    }
  }
  return here || { ...freeze(), begin: at, end: at, prefix: "", quoted: false };
}

// Whether a text ends with its own quote, not with that of the next one.
function isWhole(source, begin, end) {
  return end - begin > 1 && source[end - 1] === '"' && /^\s*(?:[,:\]}]|$)/.test(source.slice(end));
}

// ---- what the schema says ---------------------------------------------------------------------

function plain(schema) {
  let one = schema || {};
  let description = one.description;
  for (;;) {
    if (one.$ref) one = rules.schema.$defs[one.$ref.split("/").pop()] || {};
    else if (one.anyOf && one.anyOf.some((each) => each.type === "null")) {
      one = one.anyOf.find((each) => each.type !== "null");
    } else break;
    description = description || one.description;
  }
  return { ...one, description };
}

function chosen(schema, object) {
  const one = plain(schema);
  const mapping = one.discriminator && one.discriminator.mapping;
  if (!mapping) return one;
  return mapping[object.kind] ? plain({ $ref: mapping[object.kind] }) : { ...one, kinds: mapping };
}

function schemaAt(levels) {
  let schema = rules.schema;
  levels.forEach((level, depth) => {
    const one = chosen(schema, level.object);
    level.schema = one;
    if (depth === levels.length - 1) return;
    schema = level.list ? one.items : (one.properties || {})[level.key] || one.additionalProperties;
  });
  return levels.length ? levels[levels.length - 1] : null;
}

function filled(schema) {
  const one = plain(schema);
  if (one.type === "array") return "[]";
  if (one.type === "string" || one.enum) return '""';
  if (one.type === "boolean") return "true";
  if (one.type === "integer") return "";
  return one.properties || one.discriminator ? "{}" : "";
}

function skeleton(kind, schema) {
  const needed = (schema.required || []).filter((name) => name !== "kind");
  const fields = needed.map((name) => `"${name}": ${filled(schema.properties[name])}`);
  return `"kind": "${kind}"${fields.map((field) => `, ${field}`).join("")}`;
}

async function offers(place) {
  const level = schemaAt(place.levels);
  if (!level) return [{ label: "{ }", insert: "{\n  \n}" }];
  const inList = level.list;
  if (!inList && !place.afterColon) {
    const { kinds, properties = {} } = level.schema;
    const found = [];
    for (const [kind, ref] of Object.entries(kinds || {})) {
      const one = plain({ $ref: ref });
      found.push({ label: kind, about: one.description, insert: skeleton(kind, one) });
    }
    for (const [name, schema] of Object.entries(properties)) {
      if (level.object.keys.has(name) || headField(place, name)) continue;
      const one = plain(schema);
      found.push({ label: name, about: one.description, insert: `"${name}": ${filled(schema)}` });
    }
    return found;
  }
  const field = fieldOf(place.levels);
  const schema = inList ? level.schema.items : field;
  const one = plain(schema);
  if (!inList && level.key === "kind") {
    const before = place.levels.slice(0, -1);
    const mapping = level.schema.kinds || kindsOf(before);
    return Object.entries(mapping || {}).map(([kind, ref]) => ({
      label: kind, about: plain({ $ref: ref }).description, insert: `"${kind}"`,
    }));
  }
  if (one.enum) return one.enum.map((value) => ({ label: value, insert: `"${value}"` }));
  if (one.discriminator) {
    return Object.entries(one.discriminator.mapping).map(([kind, ref]) => {
      const each = plain({ $ref: ref });
      return { label: kind, about: each.description, insert: `{${skeleton(kind, each)}}` };
    });
  }
  if (one.type === "boolean") return ["true", "false"].map((value) => ({ label: value, insert: value }));
  // The field says what kind of codes it holds: some came with the schema, others are asked for as one types.
  const kind = one.type === "string" && field && field.offered;
  if (kind && rules.known[kind]) {
    return rules.known[kind].map((code) => ({ label: code, insert: JSON.stringify(code) }));
  }
  if (kind && rules.asked[kind]) {
    const answer = await fetch(`${rules.asked[kind]}?term=${encodeURIComponent(place.prefix)}`);
    if (!answer.ok) return [];
    return (await answer.json()).map((each) => ({
      label: each.code, about: each.name, insert: JSON.stringify(each.code), any: true,
    }));
  }
  return one.properties ? [{ label: "{ }", about: one.description, insert: "{}" }] : [];
}

// The field that the cursor stands in, also in its list.
function fieldOf(levels) {
  const holder = [...levels].reverse().find((level) => !level.list);
  return holder ? (holder.schema.properties || {})[holder.key] : null;
}

// The kinds that an object of the list or field around the cursor may be of.
function kindsOf(levels) {
  const around = levels[levels.length - 1];
  if (!around) return null;
  const schema = around.list ? around.schema.items : (around.schema.properties || {})[around.key];
  return (plain(schema).discriminator || {}).mapping;
}

// Fields of the form above stand in no rule.
function headField(place, name) {
  return place.levels.length === 1 && above.includes(name);
}

// ---- the list of suggestions ------------------------------------------------------------------

let shown = [];
let active = 0;
let place = null;

function close() {
  list.hidden = true;
  shown = [];
  text.removeAttribute("aria-activedescendant");
}

function mark(number) {
  active = (number + shown.length) % shown.length;
  [...list.children].forEach((item, row) => {
    item.setAttribute("aria-selected", String(row === active));
    if (row === active) item.scrollIntoView({ block: "nearest" });
  });
  text.setAttribute("aria-activedescendant", `suggestion-${active}`);
}

async function suggest() {
  if (!rules) return;
  place = look(text.value, text.selectionStart);
  const wanted = place.prefix.toLowerCase();
  const asked = place;
  const found = await offers(place);
  if (asked !== place) return;
  shown = found.filter((one) => one.any || one.label.toLowerCase().includes(wanted)).slice(0, SHOWN_MAX);
  if (!shown.length) { close(); return; }
  list.replaceChildren(...shown.map((one, number) => {
    const item = document.createElement("li");
    item.id = `suggestion-${number}`;
    item.setAttribute("role", "option");
    const label = document.createElement("strong");
    label.textContent = one.label;
    const about = document.createElement("small");
    about.textContent = one.about || "";
    item.append(label, about);
    item.addEventListener("mousedown", (event) => { event.preventDefault(); take(number); });
    return item;
  }));
  list.hidden = false;
  const line = text.value.slice(0, text.selectionStart).split("\n").length;
  const height = parseFloat(getComputedStyle(text).lineHeight);
  list.style.top = `${Math.min(line * height - text.scrollTop + 14, text.clientHeight)}px`;
  mark(0);
}

function take(number) {
  const one = shown[number];
  text.focus();
  text.setSelectionRange(place.begin, place.end);
  document.execCommand("insertText", false, one.insert);
  // The cursor goes where something is still to be written: into the first empty pair.
  const gap = /""|\[\]|\{\}/.exec(one.insert);
  if (gap) {
    const at = text.selectionStart - one.insert.length + gap.index + 1;
    text.setSelectionRange(at, at);
  }
  close();
  explain();
}

function explain() {
  if (!rules) return;
  const now = look(text.value, text.selectionStart);
  const level = schemaAt(now.levels);
  const schema = level && !level.list && level.key ? (level.schema.properties || {})[level.key] : null;
  const about = schema ? plain(schema).description : level && level.schema.description;
  hint.textContent = about ? (schema ? `${level.key}: ${about}` : about) : "";
}

text.addEventListener("keydown", (event) => {
  if (event.key === " " && event.ctrlKey) { event.preventDefault(); suggest(); return; }
  if (list.hidden) return;
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step) { event.preventDefault(); mark(active + step); }
  else if (event.key === "Enter" || event.key === "Tab") { event.preventDefault(); take(active); }
  else if (event.key === "Escape") { event.preventDefault(); close(); }
});
text.addEventListener("input", (event) => {
  number();
  if (event.inputType === "insertText" && /["\w]/.test(event.data || "")) suggest();
  else close();
});
text.addEventListener("click", () => { close(); explain(); });
text.addEventListener("keyup", (event) => { if (event.key.startsWith("Arrow") && list.hidden) explain(); });
text.addEventListener("blur", close);
text.addEventListener("scroll", () => { gutter.scrollTop = text.scrollTop; });

// ---- numbers of lines, faults, words ----------------------------------------------------------

let faulty = new Set();
function number() {
  const count = text.value.split("\n").length;
  gutter.replaceChildren(...Array.from({ length: count }, (_, line) => {
    const one = document.createElement("span");
    one.textContent = String(line + 1);
    if (faulty.has(line + 1)) one.className = "faulty";
    return one;
  }));
  gutter.scrollTop = text.scrollTop;
}

function readFaultyLines() {
  faulty = new Set();
  for (const one of box.querySelectorAll(".invalid-feedback")) {
    const found = /\d+/.exec(one.textContent);
    if (found) faulty.add(Number(found[0]));
  }
  number();
}

function sentences(said) {
  const ul = document.createElement("ul");
  ul.append(...said.map((one) => {
    const li = document.createElement("li");
    li.textContent = one.text;
    if (one.inside.length) li.append(sentences(one.inside));
    return li;
  }));
  return ul;
}

function show({ faults, sections }) {
  for (const field of form.querySelectorAll("[data-field]")) {
    const mine = faults.filter((fault) => fault.field === field.dataset.field);
    const told = field.querySelector(".field-faults");
    told.replaceChildren(...mine.map((fault) => {
      const one = document.createElement("div");
      one.className = "invalid-feedback d-block";
      one.textContent = fault.message;
      return one;
    }));
    const control = field.querySelector("input, textarea");
    control.classList.toggle("is-invalid", mine.length > 0);
  }
  readFaultyLines();
  const words = document.getElementById("words");
  if (sections) {
    words.replaceChildren(...sections.flatMap((section) => {
      const heading = document.createElement("h3");
      heading.textContent = section.heading;
      return [heading, sentences(section.sentences)];
    }));
  } else {
    const quiet = document.createElement("p");
    quiet.className = "text-secondary";
    quiet.textContent = words.dataset.faulty;
    words.replaceChildren(quiet);
  }
}

let timer = 0;
let asking = null;
async function check() {
  if (asking) asking.abort();
  asking = new AbortController();
  try {
    const answer = await fetch(form.dataset.editor, {
      method: "POST", body: new URLSearchParams(new FormData(form)), signal: asking.signal,
    });
    if (answer.ok) show(await answer.json());
  } catch (error) {
    if (error.name !== "AbortError") hint.textContent = "";
  }
}
form.addEventListener("input", () => {
  window.clearTimeout(timer);
  timer = window.setTimeout(check, 400);
});

readFaultyLines();
if ("checksAtOnce" in form.dataset) check();
fetch(form.dataset.schema).then(async (answer) => { if (answer.ok) rules = await answer.json(); });
