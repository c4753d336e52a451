"use strict";
(() => {
  const by = (id) => document.getElementById(id);
  const form = by("tools"), find = by("find"), order = by("order"), shown = by("shown"), theme = by("theme");
  const groups = [...document.querySelectorAll(".g")].map((node) => ({
    node,
    open: node.open,
    name: node.querySelector("summary").textContent.toLowerCase(),
    rows: [...node.querySelectorAll(":scope > .f")].map((row, at) => ({
      row, at,
      text: row.firstElementChild.textContent.toLowerCase(),
      id: row.querySelector(".id").firstChild.textContent,
      face: row.dataset.c,
    })),
  }));
  const all = groups.reduce((sum, group) => sum + group.rows.length, 0);
  const ticked = (name) => [...form.querySelectorAll(`input[name=${name}]:checked`)].map((box) => box.value);
  const is = {
    fixable: (row) => "x" in row.dataset,
    exploited: (row) => "k" in row.dataset,
    review: (row) => "r" in row.dataset,
    possible: (row) => row.dataset.m === "immediate",
  };

  function filter() {
    const words = find.value.toLowerCase().split(/\s+/).filter(Boolean);
    const faces = ticked("class"), only = ticked("only");
    const asked = words.length + faces.length + only.length > 0;
    let left = 0;
    for (const group of groups) {
      let here = 0;
      for (const one of group.rows) {
        const fits = words.every((word) => one.text.includes(word) || group.name.includes(word))
          && (faces.length === 0 || faces.includes(one.face))
          && only.every((what) => is[what](one.row));
        one.row.classList.toggle("hide", !fits);
        here += fits;
      }
      group.node.classList.toggle("hide", asked && here === 0);
      group.node.open = asked ? here > 0 : group.open;
      left += here;
    }
    shown.textContent = asked ? `${left} of ${all} shown` : `${all} shown`;
    keep(words, faces, only);
  }

  // The address is the state: a copied link shows the same rows.
  function keep(words, faces, only) {
    const state = new URLSearchParams();
    if (words.length) state.set("find", find.value);
    for (const face of faces) state.append("class", face);
    for (const what of only) state.append("only", what);
    if (order.value) state.set("order", order.value);
    const text = state.toString();
    if (text || location.hash.startsWith("#?")) {
      history.replaceState(null, "", text ? `#?${text}` : location.pathname + location.search);
    }
  }

  function take(text) {
    const state = new URLSearchParams(text);
    form.reset();
    find.value = state.get("find") || "";
    order.value = state.get("order") || "";
    const wanted = new Set([...state.getAll("class"), ...state.getAll("only")]);
    if (state.get("ceiling") === "immediate") wanted.add("possible");
    for (const box of form.querySelectorAll("input[type=checkbox]")) box.checked = wanted.has(box.value);
    sort();
    filter();
  }

  const compare = {
    score: (a, b) => b.row.dataset.s - a.row.dataset.s,
    epss: (a, b) => b.row.dataset.e - a.row.dataset.e,
    new: (a, b) => b.row.dataset.p.localeCompare(a.row.dataset.p),
    id: (a, b) => a.id.localeCompare(b.id, "en", { numeric: true }),
  };

  function sort() {
    const rule = compare[order.value] || (() => 0);
    for (const group of groups) {
      const rows = [...group.rows].sort((a, b) => rule(a, b) || a.at - b.at);
      group.node.append(...rows.map((one) => one.row));
    }
  }

  form.hidden = false;
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("reset", () => setTimeout(() => { sort(); filter(); }));
  form.addEventListener("change", (event) => { if (event.target === order) sort(); filter(); });
  let wait;
  find.addEventListener("input", () => { clearTimeout(wait); wait = setTimeout(filter, 120); });
  for (const link of document.querySelectorAll("a[data-filter]")) {
    link.addEventListener("click", () => setTimeout(() => take(link.dataset.filter)));
  }
  // A judgement that is told at the head of its group is folded away there.
  document.addEventListener("click", (event) => {
    const link = event.target.closest('a[href^="#j"]');
    for (let node = link && by(link.hash.slice(1)); node; node = node.parentElement) {
      if (node.tagName === "DETAILS") node.open = true;
    }
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "/" && !/^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName)) {
      event.preventDefault();
      find.focus();
    }
  });

  const root = document.documentElement;
  const dark = () => root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  const label = () => { theme.textContent = dark() ? "Light" : "Dark"; };
  theme.hidden = false;
  label();
  theme.addEventListener("click", () => { root.dataset.theme = dark() ? "light" : "dark"; label(); });

  if (location.hash.startsWith("#?")) {
    take(location.hash.slice(2));
    by("findings").scrollIntoView();
  } else {
    filter();
  }
})();
