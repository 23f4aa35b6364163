"use strict";
(() => {
  const root = document.documentElement;
  const byId = (id) => document.getElementById(id);
  const LIVE_PLOTS = 80, LIVE_FRAMES = 12, LIVE_CHUNKS = 30;
  const PAPER_WIDTH = 660;
  // On paper all parts are kept, the colours are light, and charts are as wide as a sheet.
  let printing = false, onPaper = false;
  const COLOR_KEYS = new Set(["color", "bgcolor", "bordercolor", "fillcolor"]);

  // Items: compressed texts in script elements that are never run.
  async function load(id) {
    const bytes = Uint8Array.from(atob(byId(id).textContent.trim()), (c) => c.charCodeAt(0));
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
    return new Response(stream).text();
  }
  let libraryText, library;
  const plotlyText = () => (libraryText ??= load("plotly-library"));
  const plotly = () => (library ??= plotlyText().then((text) => {
    const script = document.createElement("script");
    script.textContent = text;
    document.head.append(script);
    return window.Plotly;
  }));

  // Colours: tokens such as "@series-1" stand for variables of the present theme.
  function painter() {
    const style = getComputedStyle(root);
    return (token) => style.getPropertyValue("--resim-" + token.slice(1)).trim();
  }
  function painted(value, paint, isColor) {
    if (Array.isArray(value)) return value.map((part) => painted(part, paint, isColor));
    if (typeof value === "string") return isColor && value[0] === "@" ? paint(value) : value;
    if (value === null || typeof value !== "object") return value;
    const copy = {};
    for (const [key, part] of Object.entries(value)) copy[key] = painted(part, paint, COLOR_KEYS.has(key));
    return copy;
  }
  function layoutOf(figure, paint, width) {
    const layout = painted(figure.layout, paint, false);
    const text = paint("@text"), grid = paint("@rule");
    for (const key of Object.keys(layout)) {
      if (/^[xy]axis/.test(key)) {
        layout[key] = { gridcolor: grid, linecolor: paint("@grid"), zerolinecolor: grid, ...layout[key] };
      }
    }
    return {
      ...layout, autosize: true, uirevision: "keep", font: { color: text, size: 12 },
      paper_bgcolor: "rgba(0,0,0,0)", plot_bgcolor: "rgba(0,0,0,0)",
      margin: { l: 12, r: 16, t: layout.title ? 46 : 26, b: 12 },
      legend: { orientation: "h", yref: "container", y: 0, yanchor: "bottom", x: 0, ...layout.legend },
      modebar: { bgcolor: "rgba(0,0,0,0)", color: paint("@dim"), activecolor: text },
      hoverlabel: { bgcolor: paint("@card"), bordercolor: grid, font: { color: text } },
      dragmode: width < 500 ? false : "zoom",
    };
  }

  const plots = new Map(), frames = new Set(), chunks = new Set();
  async function drawPlot(element) {
    if (plots.has(element)) return;
    plots.set(element, null);
    const holder = element.querySelector("script");
    const figure = JSON.parse(element.dataset.item ? await load(element.dataset.item) : holder.textContent);
    const library = await plotly();
    let target = element.querySelector(".canvas");
    if (!target) {
      target = document.createElement("div");
      target.className = "canvas";
      target.style.height = element.dataset.height + "px";
      element.append(target);
    }
    const paint = painter();
    const config = { responsive: true, displaylogo: false, displayModeBar: "hover",
      showSendToCloud: false,
      modeBarButtonsToRemove: ["select2d", "lasso2d", "autoScale2d"] };
    await library.newPlot(target, painted(figure.data, paint, false),
      layoutOf(figure, paint, element.clientWidth), config);
    if (!element.isConnected) return library.purge(target);
    plots.set(element, { figure, target });
    element.dataset.drawn = "yes";
    for (const [old, drawn] of plots) {
      if (printing || plots.size <= LIVE_PLOTS) break;
      if (!drawn || isNear(old)) continue;
      element !== old && releasePlot(old, drawn);
    }
  }
  function releasePlot(element, drawn) {
    window.Plotly.purge(drawn.target);
    element.style.minHeight = element.offsetHeight + "px";
    drawn.target.remove();
    plots.delete(element);
    delete element.dataset.drawn;
    observer.observe(element);
  }
  function isNear(element) {
    const box = element.getBoundingClientRect();
    return box.bottom > -3 * innerHeight && box.top < 4 * innerHeight;
  }
  function repaint() {
    const paint = painter();
    for (const [element, drawn] of plots) {
      if (!drawn) continue;
      const layout = layoutOf(drawn.figure, paint, element.clientWidth);
      if (onPaper) Object.assign(layout, { autosize: false, width: PAPER_WIDTH });
      window.Plotly.react(drawn.target, painted(drawn.figure.data, paint, false), layout);
    }
  }

  // Figures of a build are foreign: each has a frame that shares nothing with this page.
  async function drawFigure(element) {
    if (frames.has(element)) return;
    frames.add(element);
    const parts = [plotlyText(), load(element.dataset.item), load("figure-frame")];
    const [text, figure, page] = await Promise.all(parts);
    const frame = document.createElement("iframe");
    frame.setAttribute("sandbox", "allow-scripts");
    frame.title = element.dataset.title;
    frame.style.height = element.dataset.height + "px";
    frame.addEventListener("load", () => {
      frame.contentWindow.postMessage({ library: text, figure }, "*");
    }, { once: true });
    frame.srcdoc = page;
    delete element.dataset.drawn;
    const done = new Promise((resolve) => { settled.set(element, resolve); setTimeout(resolve, 20000); });
    element.replaceChildren(frame);
    await done;
    for (const old of frames) {
      if (printing || frames.size <= LIVE_FRAMES) break;
      if (old === element || isNear(old)) continue;
      old.style.minHeight = old.offsetHeight + "px";
      old.replaceChildren();
      frames.delete(old);
      observer.observe(old);
    }
  }

  const settled = new Map();
  addEventListener("message", (event) => {
    for (const element of frames) {
      if (element.firstElementChild?.contentWindow !== event.source) continue;
      element.dataset.drawn = event.data === "drawn" ? "yes" : "failed";
      settled.get(element)?.();
    }
  });

  // Parts of a long page are made when they come near, and removed when they are far away.
  async function fill(element) {
    if (chunks.has(element)) return;
    chunks.add(element);
    element.innerHTML = await load(element.dataset.item);
    element.style.minHeight = "";
    watch(element);
    for (const old of chunks) {
      if (printing || chunks.size <= LIVE_CHUNKS) break;
      if (old === element || old.contains(element) || element.contains(old) || isNear(old)) continue;
      empty(old);
    }
  }
  function empty(element) {
    for (const [plot, drawn] of plots) {
      if (!element.contains(plot)) continue;
      if (drawn) window.Plotly.purge(drawn.target);
      plots.delete(plot);
    }
    for (const part of [...frames, ...chunks]) {
      if (element !== part && element.contains(part)) { frames.delete(part); chunks.delete(part); }
    }
    element.style.minHeight = element.offsetHeight + "px";
    element.replaceChildren();
    chunks.delete(element);
    observer.observe(element);
  }

  const observer = new IntersectionObserver((entries) => {
    for (const { target, isIntersecting } of entries) {
      if (!isIntersecting) continue;
      observer.unobserve(target);
      make(target);
    }
  }, { rootMargin: "800px" });
  const makers = new Map();
  function make(element) {
    const maker = element.classList.contains("plot") ? drawPlot
      : element.classList.contains("foreign") ? drawFigure : fill;
    if (!makers.has(element)) {
      makers.set(element, maker(element).finally(() => makers.delete(element)));
    }
    return makers.get(element);
  }
  const LAZY = ".plot, .foreign, .chunk";
  const watch = (element) => element.querySelectorAll(LAZY).forEach((part) => observer.observe(part));

  // Jobs of a batch are pages of this page: the part behind # chooses one.
  async function go() {
    let id = "";
    try { id = decodeURIComponent(location.hash.slice(1)); } catch { return; }
    const jobs = document.querySelectorAll("section.job-page");
    const name = /^[js]\d+/.exec(id)?.[0];
    if (jobs.length) {
      const chosen = name && document.getElementById(name + "-page");
      byId("overview").classList.toggle("hidden", Boolean(chosen));
      for (const job of jobs) {
        job.classList.toggle("hidden", job !== chosen);
        if (job !== chosen && chunks.has(job.firstElementChild)) empty(job.firstElementChild);
      }
      if (chosen) await fill(chosen.firstElementChild);
      if (!id || chosen) scrollTo(0, 0);
      filter();
    }
    const position = /-c(\d+)$/.exec(id);
    if (position && !byId(id)) {
      const at = Number(position[1]);
      for (const chunk of document.querySelectorAll(".chunk[data-first]")) {
        if (chunk.dataset.job === name && at >= chunk.dataset.first && at <= chunk.dataset.last) await fill(chunk);
      }
    }
    if (id && id !== name) byId(id)?.scrollIntoView();
  }

  function filter() {
    const wanted = byId("filter").value.trim().toLowerCase();
    let shown = 0, all = 0;
    for (const row of document.querySelectorAll("[data-search]")) {
      if (row.closest(".hidden:not([data-search])")) continue;
      const fits = row.dataset.search.includes(wanted);
      row.classList.toggle("hidden", !fits);
      all += 1;
      shown += fits;
    }
    byId("matches").textContent = wanted ? `${shown} of ${all}` : "";
    document.querySelectorAll("details.contents").forEach((part) => { if (wanted) part.open = true; });
  }

  async function printAll() {
    if (printing) return;
    const button = byId("print");
    const made = new Set();
    const missing = () => [...document.querySelectorAll(LAZY)].filter(
      (part) => part.offsetParent !== null && !made.has(part));
    printing = button.disabled = true;
    try {
      // A part of a long page holds charts of its own.
      for (let parts = missing(); parts.length; parts = missing()) {
        for (const part of parts) {
          made.add(part);
          byId("matches").textContent = `preparing ${made.size}`;
          await make(part).catch(() => {});
        }
      }
    } finally {
      button.disabled = false;
      filter();
    }
    window.print();
    printing = false;
  }
  let theme;
  function toPaper() {
    if (onPaper) return;
    onPaper = true;
    theme = root.dataset.theme;
    root.dataset.theme = "light";
    root.classList.add("paper");
    repaint();
  }
  function fromPaper() {
    if (!onPaper) return;
    onPaper = false;
    if (theme === undefined) delete root.dataset.theme;
    else root.dataset.theme = theme;
    root.classList.remove("paper");
    repaint();
  }

  byId("theme").addEventListener("click", () => {
    const dark = getComputedStyle(root).colorScheme === "dark";
    root.dataset.theme = dark ? "light" : "dark";
    repaint();
  });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", repaint);
  byId("print").addEventListener("click", printAll);
  addEventListener("keydown", (event) => {
    if (event.key !== "p" || !(event.ctrlKey || event.metaKey) || event.shiftKey || event.altKey) return;
    event.preventDefault();
    printAll();
  });
  addEventListener("beforeprint", toPaper);
  addEventListener("afterprint", fromPaper);
  byId("filter").addEventListener("input", filter);
  addEventListener("hashchange", go);
  watch(document);
  go();
})();
