"use strict";
// Only adds to the page: filters findings, opens the one an address leads to, keeps the filter in the address.
(() => {
  const form = document.getElementById("filter");
  if (!form) return;
  const shown = document.getElementById("shown");
  const open = document.getElementById("open");
  const all = Array.from(document.querySelectorAll("#worst > details"), (finding) => ({
    finding,
    control: finding.dataset.control,
    severity: finding.dataset.severity,
    text: undefined,
  }));
  const number = new Intl.NumberFormat("en-US");

  const holds = (one, words) => {
    one.text ??= one.finding.textContent.toLowerCase();
    return words.every((word) => one.text.includes(word));
  };

  const filter = () => {
    const control = form.elements.control.value;
    const severity = form.elements.severity.value;
    const words = form.elements.text.value.toLowerCase().split(/\s+/).filter(Boolean);
    let count = 0;
    for (const one of all) {
      const fits =
        (!control || one.control === control) && (!severity || one.severity === severity) && holds(one, words);
      one.finding.hidden = !fits;
      if (fits) count += 1;
    }
    shown.textContent = `${number.format(count)} of ${number.format(all.length)} shown`;
    open.disabled = count === 0;
  };

  const keep = () => {
    const chosen = new URLSearchParams();
    for (const [name, value] of new FormData(form)) if (value) chosen.set(name, value);
    history.replaceState(null, "", `#${chosen.size ? chosen : "findings"}`);
  };

  const set = (chosen) => {
    for (const name of ["control", "severity", "text"]) form.elements[name].value = chosen.get(name) ?? "";
    for (const name of ["control", "severity"]) if (form.elements[name].selectedIndex < 0) form.elements[name].value = "";
    filter();
  };

  const follow = () => {
    const place = location.hash.slice(1);
    if (place.includes("=")) {
      set(new URLSearchParams(place));
      document.getElementById("findings").scrollIntoView();
      return;
    }
    const finding = place && document.getElementById(place);
    if (finding && finding.matches("details.finding")) {
      if (finding.hidden) set(new URLSearchParams());
      finding.open = true;
      finding.scrollIntoView();
    }
  };

  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("input", () => {
    filter();
    keep();
  });
  open.addEventListener("click", () => {
    for (const { finding } of all) if (!finding.hidden) finding.open = true;
  });
  document.getElementById("controls")?.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-control]");
    if (!link) return;
    event.preventDefault();
    set(new URLSearchParams({ control: link.dataset.control }));
    keep();
    document.getElementById("findings").scrollIntoView();
  });
  window.addEventListener("hashchange", follow);

  form.hidden = false;
  filter();
  follow();
})();
