customElements.define("analytics-panel", class extends HTMLElement {});
