"use strict";
// Runs in a sandboxed frame of its own: draws one figure of a build, with plotly from the page.
addEventListener("message", async (event) => {
  if (event.source !== parent) return;
  const fail = (error) => {
    // The parts that could be drawn stay.
    const note = document.createElement("p");
    note.textContent = "plotly cannot draw all of this figure: " + error;
    document.body.prepend(note);
    parent.postMessage("failed", "*");
  };
  try {
    const script = document.createElement("script");
    script.textContent = event.data.library;
    document.head.append(script);
    const figure = JSON.parse(event.data.figure);
    const config = { displaylogo: false, responsive: true, showSendToCloud: false };
    const target = document.getElementById("figure");
    await Plotly.newPlot(target, figure.data || [], figure.layout || {}, config);
    if (Array.isArray(figure.frames)) await Plotly.addFrames(target, figure.frames);
    parent.postMessage("drawn", "*");
  } catch (error) {
    fail(error);
  }
}, { once: true });
