"use strict";
// Keys, and what only saves time. Every page is complete without this file.
(() => {
  const rows = [...document.querySelectorAll("[data-row]")];
  const main = document.getElementById("main");
  let at = -1, before = "";

  const stand = (next) => {
    if (at >= 0) rows[at].classList.remove("at");
    at = next;
    rows[at].classList.add("at");
  };
  const mark = (next) => {
    if (rows.length === 0) return;
    stand(Math.max(0, Math.min(rows.length - 1, next)));
    const link = rows[at].querySelector(".open");
    if (link) link.focus({ preventScroll: true });
    rows[at].scrollIntoView({ block: "nearest" });
  };
  const follow = (selector) => { const link = document.querySelector(selector); if (link) link.click(); return !!link; };
  const places = { t: "/", p: "/products", v: "/vulnerabilities", q: "/queue", k: "/knowledge" };

  const keys = {
    j: () => mark(at + 1),
    k: () => mark(at < 0 ? 0 : at - 1),
    x: () => {
      const box = at >= 0 && rows[at].querySelector("input[type=checkbox]");
      if (box) { box.checked = !box.checked; box.dispatchEvent(new Event("change", { bubbles: true })); }
    },
    d: () => {
      const form = document.getElementById("decide");
      if (form) { (form.querySelector("input:checked, input[type=radio]") || form).focus(); form.scrollIntoView({ block: "nearest" }); return; }
      if (!follow("form.bulk:has(input:checked) button[type=submit]") && at >= 0) {
        const link = rows[at].querySelector(".open");
        if (link) location.href = `${link.href}#decide`;
      }
    },
    e: () => {
      const all = [...document.querySelectorAll("details[data-why]")];
      const open = all.some((one) => !one.open);
      for (const one of all) one.open = open;
    },
    n: () => follow("a[rel=next]"),
    p: () => follow("a[rel=prev]"),
    "/": () => { const box = document.getElementById("q"); if (box) { box.focus(); box.select(); } },
    "?": () => { if (!document.body.classList.contains("alone")) location.href = "/help"; },
  };

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const into = event.target;
    if (/^(TEXTAREA|SELECT)$/.test(into.tagName) || (into.tagName === "INPUT" && !/^(checkbox|radio)$/.test(into.type))) {
      if (event.key === "Escape") into.blur();
      return;
    }
    if (before === "g" && places[event.key]) { before = ""; location.href = places[event.key]; return; }
    before = event.key === "g" ? "g" : "";
    const act = Object.hasOwn(keys, event.key) && keys[event.key];
    if (act) { event.preventDefault(); act(); }
  });
  rows.forEach((row, place) => row.addEventListener("focusin", () => { if (place !== at) stand(place); }));

  // On a phone the rows come first; without this script the filters stay open.
  const tools = document.querySelector("details.tools");
  if (tools && matchMedia("(max-width: 800px)").matches && !location.search) tools.open = false;

  // How many are ticked stands on the button.
  const bulk = document.querySelector("form.bulk");
  if (bulk) {
    const button = bulk.querySelector("button[type=submit]"), words = button.textContent;
    const count = () => {
      const number = bulk.querySelectorAll("input[name=finding]:checked").length;
      button.textContent = number ? `${words} (${number})` : words;
      button.disabled = number === 0;
    };
    bulk.addEventListener("change", count);
    count();
  }

  // A half-written decision survives a closed tab. It is kept in this browser only, and forgotten when it is sent.
  const form = document.getElementById("decide");
  // The form has a field called `action`, which hides the property of that name.
  const target = form ? form.getAttribute("action") : "";
  if (target.endsWith("/decision")) {
    const key = `draft ${target}`, fields = ["comment", "action", "expires"];
    try {
      const kept = JSON.parse(sessionStorage.getItem(key) || "{}");
      for (const name of fields) if (kept[name] && !form.elements[name].value) form.elements[name].value = kept[name];
      form.addEventListener("input", () => {
        const draft = Object.fromEntries(fields.map((name) => [name, form.elements[name].value]));
        sessionStorage.setItem(key, JSON.stringify(draft));
      });
      form.addEventListener("submit", () => sessionStorage.removeItem(key));
    } catch { /* A browser that keeps nothing keeps no draft. */ }
  }

  if (location.hash === "#decide" && main) keys.d();
})();
