// Lets plotly.js lay out every figure and posts what it computed, without drawing on a screen.
const finite = (value) => (typeof value === "number" && isFinite(value) ? value : null);
const list = (values) => (values == null ? null : Array.from(values, finite));

function axisFacts(axis) {
  return {
    type: axis.type,
    // Linearized: log10 on log axes, ms on date axes, positions on category axes.
    range: axis.range.map((value) => finite(axis.r2l(value))),
    autorange: axis.autorange,
    categories: (axis._categories || []).map((name) => (Array.isArray(name) ? name.join(" ") : String(name))),
  };
}

function barFacts(points, trace) {
  const size = trace.orientation === "h" ? "x" : "y";
  const place = size === "x" ? "y" : "x";
  return points.map((point) => ({
    middle: finite(point[place]), width: finite(point.w), base: finite(point.b), top: finite(point[size]),
    size: finite(point.s),
  }));
}

function boxFacts(points, trace) {
  const state = points[0].t || {};
  return points.filter((point) => point.pos !== undefined).map((point) => ({
    position: finite(point.pos), shift: finite(state.bPos || 0), half: finite(state.bdPos),
    q1: finite(point.q1), median: finite(point.med), q3: finite(point.q3),
    // Without points the whiskers reach to all values.
    low: finite(trace.boxpoints === false ? point.min : point.lf),
    high: finite(trace.boxpoints === false ? point.max : point.uf),
  }));
}

function traceFacts(points, trace) {
  const facts = { type: trace.type, name: trace.name, visible: trace.visible === true, orientation: trace.orientation };
  if (!facts.visible || !points || !points.length) return facts;
  const first = points[0];
  if (["bar", "histogram", "funnel", "waterfall"].includes(trace.type)) facts.bars = barFacts(points, trace);
  else if (["box", "violin"].includes(trace.type)) facts.boxes = boxFacts(points, trace);
  else if (first.z !== undefined && ["heatmap", "histogram2d", "contour", "histogram2dcontour"].includes(trace.type)) {
    facts.z = Array.from(first.z, list);
    facts.x = list(first.x);
    facts.y = list(first.y);
    const scale = first.trace.coloraxis ? null : [finite(first.trace.zmin), finite(first.trace.zmax)];
    facts.scale = scale;
  } else if (["pie", "funnelarea"].includes(trace.type))
    facts.slices = points.filter((slice) => !slice.hidden).map((slice) => ({ label: String(slice.label), value: finite(slice.v) }));
  else if (first.hierarchy) {
    facts.sectors = [];
    first.hierarchy.each((node) => facts.sectors.push({
      label: node.data.data.label, depth: node.depth, value: finite(node.value),
      parent: node.parent ? node.parent.data.data.label : null,
    }));
  } else if (trace.type === "scatter")
    facts.points = points.filter((point) => !point.gap || point.s !== undefined)
      .map((point) => [finite(point.x), finite(point.y)]);
  return facts;
}

async function facts(figure) {
  const div = document.getElementById("figure");
  try {
    await Plotly.newPlot(div, figure.data, figure.layout || {}, { staticPlot: true });
  } catch (error) {
    return { error: String(error) };
  }
  const layout = div._fullLayout;
  const axes = {};
  for (const key of Object.keys(layout)) {
    const match = key.match(/^([xy])axis(\d*)$/);
    if (match && layout[key] && layout[key].range) axes[match[1] + match[2]] = axisFacts(layout[key]);
  }
  const traces = div._fullData.map((trace, place) => traceFacts(div.calcdata[place], trace));
  Plotly.purge(div);
  return { axes, traces, barmode: layout.barmode, bargap: layout.bargap };
}

(async () => {
  const figures = await (await fetch("figures.json")).json();
  const found = [];
  for (const figure of figures) found.push(await facts(figure));
  await fetch("result", { method: "POST", body: JSON.stringify(found) });
})();
