// Reads /openapi.json and shows it. Everything is put in as text, never as markup.
"use strict";

const make = (name, text, kind) => {
  const one = document.createElement(name);
  if (text !== undefined) one.textContent = text;
  if (kind) one.className = kind;
  return one;
};

const resolve = (api, schema) => {
  const found = schema && schema.$ref ? schema.$ref.split("/").slice(1).reduce((at, key) => at[key], api) : schema;
  return found || {};
};

// What a schema is, in a word or as an example of it.
const example = (api, schema, depth = 0) => {
  const one = resolve(api, schema);
  if (depth > 6) return "…";
  const either = one.oneOf || one.anyOf;
  if (either) return example(api, either.find((each) => each.type !== "null") || either[0], depth + 1);
  const type = Array.isArray(one.type) ? one.type.find((each) => each !== "null") : one.type;
  if (type === "object") {
    const pairs = Object.entries(one.properties || {});
    return Object.fromEntries(pairs.map(([key, inner]) => [key, example(api, inner, depth + 1)]));
  }
  if (type === "array") return [example(api, one.items, depth + 1)];
  if (type === "integer" || type === "number") return one.minimum || 0;
  if (type === "boolean") return false;
  return one.format || one.description || "text";
};

const keys = (api, schema, parameters) => {
  const table = make("table");
  const row = (name, where, required, inner) => {
    const line = make("tr");
    line.append(make("td"), make("td", where, "note"), make("td", inner.description || resolve(api, inner).description || ""));
    line.firstChild.append(make("code", name), make("span", required ? " *" : ""));
    table.append(line);
  };
  for (const one of parameters) row(one.name, one.in, one.required, { ...one.schema, description: one.description || one.schema.description });
  const body = resolve(api, schema);
  for (const [name, inner] of Object.entries(body.properties || {})) row(name, "body", (body.required || []).includes(name), inner);
  return table;
};

const json = (content) => content && Object.values(content)[0].schema;

const show = (api, path, verb, method) => {
  const one = make("details");
  const head = make("summary");
  head.append(make("span", verb.toUpperCase(), "verb"), make("code", path), make("span", " " + method.summary));
  one.append(head);
  one.append(make("p", method["x-scope"] ? "Scope: " + method["x-scope"] : "Anybody may ask.", "note"));
  one.append(make("p", "Over MQTT its name is " + method.operationId + ".", "note"));
  const input = method.requestBody && json(method.requestBody.content);
  if (method.parameters.length || input) one.append(make("h4", "Takes"), keys(api, input, method.parameters));
  if (input) one.append(make("pre", JSON.stringify(example(api, input), null, 2)));
  for (const [status, told] of Object.entries(method.responses)) {
    one.append(make("h4", status + ": " + told.description.replaceAll("`", "")));
    const output = status < "300" && json(told.content);
    if (output) one.append(make("pre", JSON.stringify(example(api, output), null, 2)));
  }
  one.dataset.words = [path, verb, method.summary, method.operationId].join(" ").toLowerCase();
  return one;
};

const read = async () => {
  const main = document.getElementById("methods");
  const api = await (await fetch("/openapi.json")).json();
  const groups = new Map();
  for (const [path, verbs] of Object.entries(api.paths)) {
    for (const [verb, method] of Object.entries(verbs)) {
      const group = method.tags[0];
      if (!groups.has(group)) groups.set(group, []);
      groups.get(group).push(show(api, path, verb, method));
    }
  }
  main.replaceChildren();
  for (const [group, methods] of groups) main.append(make("h2", group), ...methods);
  document.getElementById("search").addEventListener("input", (event) => {
    const words = event.target.value.toLowerCase();
    for (const one of main.querySelectorAll("details")) one.hidden = !one.dataset.words.includes(words);
  });
};

read().catch((error) => {
  document.getElementById("methods").replaceChildren(make("p", "openapi.json can't be read: " + error.message));
});
