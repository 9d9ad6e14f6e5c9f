/* Tables are drawn here from what an element says in data-table: React takes some milliseconds for
   each cell, which is too long for a table of a few thousand. Texts stay texts: nothing is parsed. */
(() => {
  const made = (tag, text, kinds) => {
    const element = document.createElement(tag);
    if (text !== undefined) element.textContent = text;
    if (kinds) element.className = kinds;
    return element;
  };
  const linked = (text, href, kinds) => {
    if (!href || !href.startsWith("/")) return made("span", text, kinds);
    const link = made("a", text, kinds);
    link.href = href;
    return link;
  };
  const filled = (tag, told) => {
    const [content, kinds, href, title] = Array.isArray(told) ? told : [told];
    const cell = made(tag, undefined, kinds);
    if (title) cell.title = title;
    if (Array.isArray(content)) cell.append(...content.map((part) => linked(...part)));
    else if (href) cell.append(linked(content, href));
    else cell.textContent = content;
    return cell;
  };
  const headed = (tag, told, scope) => {
    const cell = filled(tag, told);
    cell.scope = scope;
    return cell;
  };
  const draw = (place) => {
    const told = JSON.parse(place.dataset.table);
    const table = made("table", undefined, `toxwatch-table ${told.kind}`.trim());
    table.append(made("caption", told.caption, "toxwatch-unseen"));
    const head = made("thead"), body = made("tbody");
    if (told.groups.length) {
      const row = made("tr");
      for (const [text, width] of told.groups) {
        const cell = text ? headed("th", text, "colgroup") : made("td");
        cell.colSpan = width;
        row.append(cell);
      }
      head.append(row);
    }
    const names = made("tr");
    for (const each of told.head) names.append(headed("th", each, "col"));
    head.append(names);
    for (const line of told.body) {
      const row = made("tr");
      line.forEach((each, at) =>
        row.append(told.rows && at === 0 ? headed("th", each, "row") : filled("td", each)));
      body.append(row);
    }
    table.append(head, body);
    place.replaceChildren(table);
  };
  const look = (node) => {
    if (node.nodeType !== Node.ELEMENT_NODE) return;
    if (node.dataset.table) draw(node);
    for (const each of node.querySelectorAll("[data-table]")) draw(each);
  };
  new MutationObserver((changes) => {
    for (const change of changes) {
      if (change.type === "attributes") draw(change.target);
      else change.addedNodes.forEach(look);
    }
  }).observe(document, {
    subtree: true, childList: true, attributes: true, attributeFilter: ["data-table"],
  });
  document.addEventListener("click", (event) => {
    const link = event.target.closest(".toxwatch-table a");
    const plain = event.button === 0 && !event.ctrlKey && !event.metaKey && !event.shiftKey;
    if (!link || !plain) return;
    event.preventDefault();
    window.dash_clientside.toxwatch.go(link.getAttribute("href"));
  });
})();
