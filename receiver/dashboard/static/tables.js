// Searches, sorts and pages without loading the whole page: takes the same links and the same form
// that work without it, asks the server, and puts the new rows in the place of the old ones.
"use strict";

const PAUSE = 80; // milliseconds after a key before asking
const form = document.querySelector("form.search");
const input = form?.elements.namedItem("q");
const common = form?.elements.namedItem("common");

let running = new AbortController();
let timer = 0;

async function load(address, focus) {
  running.abort();
  running = new AbortController();
  let text;
  try {
    const answer = await fetch(address, { signal: running.signal });
    if (!answer.ok) throw new Error(answer.statusText);
    text = await answer.text();
  } catch (error) {
    if (error.name !== "AbortError") location.assign(address);
    return;
  }
  const loaded = new DOMParser().parseFromString(text, "text/html");
  const fresh = loaded.getElementById("results");
  const results = document.getElementById("results");
  // The status stays the same element: a screen reader speaks what changes in it.
  results.querySelector(".status").replaceChildren(...fresh.querySelector(".status").childNodes);
  fresh.querySelector(".status").remove();
  results.replaceChildren(results.querySelector(".status"), ...fresh.childNodes);
  // What the form asks for besides: the order, and what the table is narrowed down by.
  const narrowed = loaded.querySelector("form.search [data-asked]");
  form.querySelector("[data-asked]").replaceChildren(...narrowed.childNodes);
  if (document.activeElement !== input) {
    input.value = loaded.querySelector("form.search [name=q]").value;
  }
  const fresher = loaded.querySelector("form.search [name=common]");
  if (common && fresher) common.checked = fresher.checked;
  if (focus) (document.getElementById(focus) ?? input).focus();
}

function asked() {
  return `${form.action}?${new URLSearchParams(new FormData(form))}`;
}

if (form) {
  input.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      history.replaceState(null, "", asked());
      load(asked());
    }, PAUSE);
  });
  const ask = () => {
    clearTimeout(timer);
    history.pushState(null, "", asked());
    load(asked());
  };
  common?.addEventListener("change", ask);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    ask();
  });
  document.getElementById("results").addEventListener("click", (event) => {
    const link = event.target.closest("a[data-swap]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    event.preventDefault();
    clearTimeout(timer);
    history.pushState(null, "", link.href);
    load(link.href, link.id === "clear" ? "q" : link.id);
  });
  addEventListener("popstate", () => load(location.href));
}
