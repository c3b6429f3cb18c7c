"use strict";
(() => {
  const root = document.documentElement;
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const text = (id) => document.getElementById(id).textContent;

  // -- light and dark

  const isDark = () =>
    root.dataset.theme ? root.dataset.theme === "dark" : dark.matches;
  const button = document.getElementById("theme");
  const nameTheme = () => {
    button.textContent = isDark() ? "Light" : "Dark";
    button.setAttribute("aria-label", `Switch to ${isDark() ? "light" : "dark"}`);
  };
  button.addEventListener("click", () => {
    root.dataset.theme = isDark() ? "light" : "dark";
    nameTheme();
    draw();
  });
  dark.addEventListener("change", () => { nameTheme(); draw(); });
  nameTheme();

  // -- filters: rows of the leaderboard, nodes of the tree

  const matches = (element, words, state) => {
    const said = element.dataset.search.toLowerCase();
    const isState = !state || element.dataset.state === state;
    return isState && words.every((word) => said.includes(word));
  };
  for (const form of document.querySelectorAll("form[data-filters]")) {
    const target = document.getElementById(form.dataset.filters);
    const count = form.querySelector("output");
    const apply = () => {
      const words = form.elements.words.value.toLowerCase().split(/\s+/).filter(Boolean);
      const state = form.elements.state.value;
      const items = [...target.querySelectorAll("[data-search]")];
      const shown = new Set(items.filter((item) => matches(item, words, state)));
      for (const item of items) {
        const holds = [...shown].some((other) => item !== other && item.contains(other));
        item.hidden = !shown.has(item) && !holds;
      }
      count.textContent = `${shown.size} of ${items.length}`;
    };
    form.addEventListener("input", apply);
    form.addEventListener("submit", (event) => event.preventDefault());
    apply();
  }
  for (const opener of document.querySelectorAll("button[data-open]")) {
    opener.addEventListener("click", () => {
      const tree = document.getElementById("tree-list");
      const isOpen = opener.dataset.open === "all";
      tree.querySelectorAll("details.branch").forEach((one) => { one.open = isOpen; });
    });
  }

  // -- charts

  const colour = (role) => getComputedStyle(root).getPropertyValue(`--${role}`).trim();
  const roles = new Set(["accent", "accent-soft", "second", "third", "muted", "text", "ground", "band",
    ...Array.from({ length: 8 }, (_, number) => `group-${number}`)]);
  const painted = (value, key) => {
    if (key === "colorscale") return [[0, colour("panel")], [1, colour("accent")]];
    if (typeof value === "string") return /color$/.test(key) && roles.has(value) ? colour(value) : value;
    if (Array.isArray(value)) return value.map((one) => painted(one, key));
    if (value && typeof value === "object") {
      return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, painted(v, k)]));
    }
    return value;
  };
  const cut = (name, most) => (name.length > most ? `${name.slice(0, most - 1)}…` : name);
  const axis = (title, own, width) => ({
    title: { text: title }, gridcolor: colour("line"), zerolinecolor: colour("line"),
    linecolor: colour("line"), automargin: true, ...own,
    ticktext: own?.ticktext?.map((name) => (width < narrow ? cut(String(name), 13) : name)),
  });
  const layout = (chart, width) => ({
    showlegend: false, ...chart.layout, width, height: height(chart.layout.height || 340),
    margin: { l: 56, r: 16, t: 12, b: 48 },
    paper_bgcolor: "rgba(0,0,0,0)", plot_bgcolor: "rgba(0,0,0,0)",
    font: { family: "system-ui, sans-serif", size: 13, color: colour("text") },
    legend: { orientation: "h", y: 1.14 },
    xaxis: axis(chart.x, chart.layout.xaxis, width),
    yaxis: axis(chart.y, chart.layout.yaxis, width),
  });
  // A page is laid out for paper only after the charts were drawn for it.
  const paper = { wide: 640, half: 300 };
  const narrow = 420;
  const width = (place) => {
    if (!root.dataset.printing) return place.clientWidth || paper.wide;
    return place.closest(".wide") ? paper.wide : paper.half;
  };
  const height = (wanted) => root.dataset.printing ? Math.min(wanted, paper.half) : wanted;
  const charts = JSON.parse(text("chart-data"));
  const draw = () => {
    if (!window.Plotly) return;
    for (const [id, chart] of Object.entries(charts)) {
      const place = document.getElementById(`chart-${id}`);
      if (!place) continue;
      const drawn = layout(chart, width(place));
      Plotly.react(place, painted(chart.traces, ""), drawn, {
        displayModeBar: false, responsive: false, doubleClick: "reset",
      });
    }
    root.dataset.charts = "drawn";
  };
  const unpack = async (packed) => {
    const bytes = Uint8Array.from(atob(packed), (letter) => letter.charCodeAt(0));
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
    return new Response(stream).text();
  };
  const start = async () => {
    const packed = text("drawing-library").trim();
    if (!packed) return;
    const element = document.createElement("script");
    element.textContent = await unpack(packed);
    document.head.append(element);
    draw();
  };
  let waiting = 0;
  addEventListener("resize", () => {
    cancelAnimationFrame(waiting);
    waiting = requestAnimationFrame(draw);
  });
  let opened = [];
  addEventListener("beforeprint", () => {
    root.dataset.printing = "yes";
    opened = [...document.querySelectorAll("details:not([open]):not(.branch):not(.branch *)")];
    opened.forEach((one) => { one.open = true; });
    draw();
  });
  addEventListener("afterprint", () => {
    delete root.dataset.printing;
    opened.forEach((one) => { one.open = false; });
    draw();
  });
  start().catch(() => { root.dataset.charts = "none"; });
})();
