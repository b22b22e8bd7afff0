// Draws the lines anew with uPlot, from the table beside each chart, so that they can be read day by
// day: with the pointer, or with the arrow keys. The scales are the server's; without this script so
// are the lines.
"use strict";

const HEIGHT = 220; // pixels of the plot, as in the server's drawing

function read(table) {
  const rows = [...table.tBodies[0].rows].reverse();
  const names = [...table.tHead.rows[0].cells].slice(1);
  const days = rows.map((row) => Date.parse(row.cells[0].firstElementChild.dateTime) / 1000);
  const values = names.map((_, index) =>
    rows.map(({ cells }) => {
      const { value } = cells[index + 1].dataset;
      return value === undefined ? null : Number(value);
    }),
  );
  return { rows, days, values };
}

// Each layer on top of those after it: the last one is at the bottom.
function stack(values) {
  const layers = values.map((layer) => [...layer]);
  for (let index = layers.length - 2; index >= 0; index -= 1) {
    layers[index] = layers[index].map((value, day) => (value || 0) + (layers[index + 1][day] || 0));
  }
  return layers;
}

class Chart {
  constructor(figure) {
    this.figure = figure;
    this.plot = figure.querySelector("[data-plot]");
    this.moment = figure.querySelector("[data-moment]");
    this.legend = [...figure.querySelectorAll("[data-value].value")];
    this.swatches = [...figure.querySelectorAll(".legend .swatch rect")];
    this.lines = [...figure.querySelectorAll("svg.lines path.line")];
    this.drawing = this.plot.querySelector("svg.lines");
    this.top = Number(this.plot.dataset.top);
    this.stacked = "stacked" in this.plot.dataset;
    Object.assign(this, read(figure.querySelector("details table")));
    this.build();
    this.listen();
  }

  series() {
    return this.values.map((_, index) => {
      const stroke = this.lines.length ? getComputedStyle(this.lines[index]).stroke : "";
      const fill = getComputedStyle(this.swatches[index]).fill;
      const points = { show: false };
      return this.stacked ? { stroke, fill, width: 1, points } : { stroke, width: 2, points };
    });
  }

  build() {
    this.plot.classList.add("live");
    this.uplot = new uPlot(
      {
        width: this.drawing.clientWidth,
        height: HEIGHT,
        padding: [0, 0, 0, 0],
        legend: { show: false },
        cursor: { y: false, drag: { x: false, y: false }, points: { show: !this.stacked } },
        scales: {
          x: { range: [this.days[0], this.days[this.days.length - 1]] },
          y: { range: [0, this.top] },
        },
        axes: [{ show: false }, { show: false }],
        series: [{}, ...this.series()],
        hooks: { setCursor: [(uplot) => this.show(uplot.cursor.idx)] },
      },
      [this.days, ...(this.stacked ? stack(this.values) : this.values)],
      this.plot,
    );
    this.uplot.root.setAttribute("aria-hidden", "true");
  }

  rebuild() {
    this.uplot.destroy();
    this.build();
  }

  listen() {
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.rebuild());
    new ResizeObserver(() => {
      this.uplot.setSize({ width: this.drawing.clientWidth, height: HEIGHT });
    }).observe(this.drawing);
    const { plot } = this;
    plot.tabIndex = 0;
    plot.setAttribute("role", "slider");
    plot.setAttribute("aria-valuemin", "1");
    plot.setAttribute("aria-valuemax", String(this.days.length));
    plot.addEventListener("keydown", (event) => this.key(event));
    plot.addEventListener("blur", () => this.uplot.setCursor({ left: -10, top: -10 }));
    this.show(null);
  }

  key(event) {
    const last = this.days.length - 1;
    const at = this.index ?? last;
    const to = { ArrowLeft: at - 1, ArrowRight: at + 1, Home: 0, End: last }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    const index = Math.min(Math.max(to, 0), last);
    this.uplot.setCursor({ left: this.uplot.valToPos(this.days[index], "x"), top: 0 });
    this.show(index);
  }

  // Write a day's values into the legend; those of the newest where none is pointed at.
  show(index) {
    this.index = index;
    const at = index ?? this.days.length - 1;
    const [day, ...cells] = [...this.rows[at].cells].map((cell) => cell.textContent.trim());
    this.moment.textContent = day;
    cells.forEach((text, column) => {
      this.legend[column].textContent = text;
    });
    const names = [...this.figure.querySelectorAll(".legend .name")];
    const told = names.map((name, column) => `${name.textContent} ${cells[column]}`);
    this.plot.setAttribute("aria-valuenow", String(at + 1));
    this.plot.setAttribute("aria-valuetext", `${day}: ${told.join(", ")}`);
  }
}

for (const figure of document.querySelectorAll("figure.chart:has([data-plot])")) new Chart(figure);
