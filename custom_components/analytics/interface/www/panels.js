// Tells Home Assistant which of its own parts is opened, and nobody else. It is loaded only while
// "Use of the interface" of Open Analytics is shared. Home Assistant counts: who, when and on what
// device is neither sent nor kept. What is not in this list, a dashboard of yours for one, is told
// as "custom", without its name.
const PANELS = new Set([
  "app",
  "calendar",
  "climate",
  "config",
  "developer-tools",
  "energy",
  "hassio",
  "history",
  "home",
  "light",
  "logbook",
  "lovelace",
  "maintenance",
  "map",
  "media-browser",
  "profile",
  "security",
  "todo",
]);
// Addresses that the front end leaves for a part of it by itself, and the page on which people look
// at what leaves: whether they do is not told.
const PASSING = new Set(["", "_my_redirect", "analytics_panel"]);
const POLL_INTERVAL = 250; // milliseconds

const unwanted = () => navigator.doNotTrack === "1" || navigator.globalPrivacyControl === true;

// The front end says nowhere when it begins to connect, only, by this promise, when it has.
async function connection() {
  while (!window.hassConnection) {
    await new Promise((resolve) => setTimeout(resolve, POLL_INTERVAL));
  }
  return (await window.hassConnection).conn;
}

async function follow() {
  const following = new AbortController();
  const { signal } = following;
  const home = await connection();
  let current;

  async function look() {
    const opened = location.pathname.split("/")[1];
    if (unwanted() || PASSING.has(opened) || opened === current) return;
    current = opened;
    const panel = PANELS.has(opened) ? opened : "custom";
    try {
      await home.sendMessagePromise({ type: "analytics/panel_opened", panel });
    } catch (error) {
      // A lost connection has a number. A word is a refusal, and that is for good: nobody counts.
      if (typeof error?.code === "string") following.abort();
    }
  }

  addEventListener("location-changed", look, { signal });
  addEventListener("popstate", look, { signal });
  await look();
}

// Where the front end can't connect, it says so itself.
if (!unwanted()) follow().catch(() => {});
