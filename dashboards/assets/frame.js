/* What a page does in the browser: titles, moving on from a chosen value, taking figures away. */
window.dash_clientside = window.dash_clientside || {};
const go = (href) => {
  if (!href || href === location.pathname + location.search) return;
  history.pushState({}, "", href);
  window.dispatchEvent(new CustomEvent("_dashprivate_pushstate"));
};
window.dash_clientside.toxwatch = {
  go,
  // The heading of the page is its title, and is where somebody who cannot see it starts reading.
  title: (_content) => {
    requestAnimationFrame(() => {
      const heading = document.querySelector("#content h1");
      if (!heading) return;
      document.title = `${heading.textContent} - toxwatch`;
      const place = location.pathname;
      if (window.toxwatchPlace && window.toxwatchPlace !== place) {
        heading.setAttribute("tabindex", "-1");
        heading.focus({ preventScroll: true });
        window.scrollTo(0, 0);
      }
      window.toxwatchPlace = place;
    });
    return window.dash_clientside.no_update;
  },
  choose: (values) => {
    const changed = window.dash_clientside.callback_context.triggered.filter((t) => t.value);
    if (changed.length === 1 && values.length) go(changed[0].value);
    return window.dash_clientside.no_update;
  },
  // Plotly draws the figure anew as a file; its stamp is part of it.
  take: (_clicks) => {
    const asked = window.dash_clientside.callback_context.triggered_id;
    if (asked && _clicks.some((n) => n)) {
      const place = [...document.querySelectorAll(".dash-graph")].find(
        (g) => g.id && JSON.parse(g.id).graph === asked.figure
      );
      const graph = place && place.querySelector(".js-plotly-plot");
      if (graph) {
        window.Plotly.downloadImage(graph, {
          format: asked.kind, filename: `toxwatch_${asked.figure}`,
          width: graph.clientWidth, height: graph.clientHeight, scale: asked.kind === "png" ? 2 : 1,
        });
      }
    }
    return window.dash_clientside.no_update;
  },
};
/* A cell of a listing that leads on: {text, href}. */
window.dashAgGridComponentFunctions = window.dashAgGridComponentFunctions || {};
window.dashAgGridComponentFunctions.Lead = function (props) {
  const value = props.value;
  if (!value || !value.href) return value ? value.text : null;
  return window.React.createElement("a", {
    href: value.href,
    onClick: (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      go(value.href);
    },
  }, value.text);
};
/* Signing out and the language are requests of their own, not callbacks: they change the session. */
const send = (path, form) => {
  const token = (document.cookie.match(/_csrf_token=([0-9a-f]+)/) || [])[1] || "";
  return fetch(path, {
    method: "POST", body: new URLSearchParams(form), headers: { "X-CSRFToken": token },
  });
};
document.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (!button) return;
  if (button.id === "sign-out") send("/logout", {}).finally(() => location.assign("/login"));
  if (button.classList.contains("toxwatch-language")) {
    send("/language", { language: button.lang }).then(() => location.reload());
  }
});
