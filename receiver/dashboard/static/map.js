// Names the country under the pointer at once, above the map; without it a browser shows it later.
"use strict";

for (const map of document.querySelectorAll("[data-map]")) {
  const place = map.parentElement.querySelector("[data-place]");
  const resting = place.textContent;
  // The browser's own label would come on top of this one.
  const labels = new Map(
    [...map.querySelectorAll("path")].map((path) => {
      const title = path.querySelector("title");
      title.remove();
      return [path, title.textContent];
    }),
  );
  const show = (event) => {
    place.textContent = labels.get(event.target) ?? resting;
  };
  map.addEventListener("pointermove", show);
  map.addEventListener("pointerdown", show);
  map.addEventListener("pointerleave", () => {
    place.textContent = resting;
  });
}
