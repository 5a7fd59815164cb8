// Copyright (c) 2026 certops.certum contributors
// GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
// SPDX-License-Identifier: GPL-3.0-or-later

// Sorts and filters the list of all certificates. Without it the page is complete.
"use strict";
(() => {
  const table = document.getElementById("certs");
  const body = table.tBodies[0];
  const heads = [...table.tHead.rows[0].cells];
  const rows = [...body.rows].map((row, rank) => ({ row, rank, cells: row.cells }));
  const byId = (id) => document.getElementById(id);
  const [form, text, state, host, shown, none] = ["tools", "f-text", "f-state", "f-host", "shown", "none"].map(byId);
  const names = new Intl.Collator("en", { numeric: true, sensitivity: "base" });
  const numbers = new Intl.NumberFormat("en");
  const FIRST = 50;
  let rest;
  const textOf = (entry, column) => entry.cells[column].textContent.trim();
  const timeOf = (entry, column) => {
    const time = entry.cells[column].querySelector("time");
    return time ? time.textContent : "";
  };
  const compare = {
    rank: () => (a, b) => a.rank - b.rank,
    text: (column) => {
      rows.forEach((entry) => { entry.key = textOf(entry, column); });
      return (a, b) => names.compare(a.key, b.key) || a.rank - b.rank;
    },
    time: (column) => {
      rows.forEach((entry) => { entry.key = timeOf(entry, column); });
      return (a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : a.rank - b.rank);
    },
  };

  // Moving a row costs time, so the rows that a reader sees first move first.
  function place() {
    const sorted = rows.map((entry) => entry.row);
    clearTimeout(rest);
    body.prepend(...sorted.filter((row) => !row.hidden).slice(0, FIRST));
    body.setAttribute("aria-busy", "true");
    rest = setTimeout(() => {
      body.append(...sorted);
      body.removeAttribute("aria-busy");
    }, rows.length > FIRST ? 50 : 0);
  }

  function sort(column) {
    const head = heads[column];
    const descending = head.getAttribute("aria-sort") === "ascending";
    const order = compare[head.dataset.k](column);
    rows.sort((a, b) => {
      // A row without the date is the last one in both directions.
      if (head.dataset.k === "time" && !a.key !== !b.key) return a.key ? -1 : 1;
      return descending ? order(b, a) : order(a, b);
    });
    place();
    heads.forEach((each) => each.removeAttribute("aria-sort"));
    head.setAttribute("aria-sort", descending ? "descending" : "ascending");
  }

  function filter() {
    const wanted = text.value.toLowerCase().split(/\s+/).filter(Boolean);
    let count = 0;
    rows.forEach((entry) => {
      const matches = (!state.value || entry.state === state.value) && (!host.value || entry.host === host.value)
        && wanted.every((word) => (entry.text ??= entry.row.textContent.toLowerCase()).includes(word));
      entry.row.hidden = !matches;
      count += matches;
    });
    shown.textContent = `${numbers.format(count)} of ${numbers.format(rows.length)} certificates`;
    none.hidden = count > 0 || rows.length === 0;
  }

  function choices(select, key) {
    const counts = new Map();
    rows.forEach((entry) => counts.set(entry[key], (counts.get(entry[key]) || 0) + 1));
    [...counts.keys()].sort(names.compare).forEach((value) => {
      select.append(new Option(`${value} (${numbers.format(counts.get(value))})`, value));
    });
  }

  function reveal() {
    const row = document.querySelector("#certs tr:target");
    if (row && row.hidden) {
      form.reset();
      filter();
      row.scrollIntoView();
    }
  }

  rows.forEach((entry) => {
    entry.host = textOf(entry, 1);
    entry.state = entry.cells[2].firstElementChild.textContent;
  });
  choices(state, "state");
  choices(host, "host");
  heads.forEach((head, column) => {
    if (!head.dataset.k) return;
    const button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener("click", () => sort(column));
  });
  form.addEventListener("input", filter);
  form.addEventListener("submit", (event) => event.preventDefault());
  // The fields are empty only after the event.
  form.addEventListener("reset", () => setTimeout(filter));
  addEventListener("hashchange", reveal);
  table.tHead.classList.add("js");
  form.hidden = false;
  filter();
})();
