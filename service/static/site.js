// Small comforts for the pages; everything works without them.
"use strict";

// "/" goes to the question box, as in a search engine.
document.addEventListener("keydown", (event) => {
  const typing = event.target.closest("input, textarea, select, [contenteditable]");
  if (event.key !== "/" || typing || event.ctrlKey || event.metaKey || event.altKey) return;
  const box = document.querySelector("input[type=search]");
  if (!box) return;
  event.preventDefault();
  box.focus();
  box.select();
});

// While the answer is on its way, say so.
for (const form of document.querySelectorAll("form[data-ask]")) {
  form.addEventListener("submit", () => {
    const button = form.querySelector("button[type=submit]");
    button.setAttribute("aria-busy", "true");
    button.textContent = "查找中…";
  });
}
// Coming back with the browser's button shows the page as it was left: undo the waiting state.
window.addEventListener("pageshow", () => {
  for (const button of document.querySelectorAll("form[data-ask] button[aria-busy]")) {
    button.removeAttribute("aria-busy");
    button.textContent = "查依据";
  }
});

for (const form of document.querySelectorAll("form[data-submit-on-change]")) {
  form.addEventListener("change", (event) => {
    if (event.target.matches("select")) form.requestSubmit();
  });
}

// Copy buttons. The clipboard interface is missing on plain-http intranets, hence the second way.
async function copy(text) {
  if (navigator.clipboard && window.isSecureContext) return navigator.clipboard.writeText(text);
  const field = document.createElement("textarea");
  field.value = text;
  field.className = "sr";
  document.body.append(field);
  field.select();
  const done = document.execCommand("copy");
  field.remove();
  if (!done) throw new Error("copying was refused");
}
for (const button of document.querySelectorAll("[data-copy], [data-copy-code]")) button.hidden = false;
document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy], [data-copy-code]");
  if (!button || button.dataset.label) return;
  button.dataset.label = button.textContent;
  try {
    await copy(button.dataset.copy ?? button.parentElement.querySelector("code").textContent);
    button.textContent = "已复制";
  } catch {
    button.textContent = "请手动复制";
  }
  setTimeout(() => {
    button.textContent = button.dataset.label;
    delete button.dataset.label;
  }, 2000);
});

for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}

// Where the service wants a key, a page asks for a token that lasts some minutes; no key is ever in a page.
async function send(address, body) {
  const post = (headers) =>
    fetch(address, {
      method: "POST",
      headers: { "Content-Type": "application/json", ...headers },
      body: JSON.stringify(body),
    });
  const reply = await post({});
  if (reply.status !== 401) return reply;
  const session = await fetch("/api/v1/session", { method: "POST" });
  if (!session.ok) return reply;
  const { token } = await session.json();
  return post({ Authorization: `Bearer ${token}` });
}

// Thumbs up and down.
for (const box of document.querySelectorAll("[data-feedback]")) {
  box.hidden = false;
  const said = box.querySelector("[role=status]");
  for (const button of box.querySelectorAll("[data-rating]")) {
    button.addEventListener("click", async () => {
      const body = { request_id: box.dataset.feedback, rating: button.dataset.rating };
      try {
        const reply = await send("/api/v1/feedback", body);
        if (!reply.ok) throw new Error(String(reply.status));
        for (const other of box.querySelectorAll("[data-rating]"))
          other.setAttribute("aria-pressed", String(other === button));
        said.textContent = "已记下，谢谢。";
      } catch {
        said.textContent = "没能记下，请稍后再试。";
      }
    });
  }
}

// ------------------------------------------------------------ the reader

const article = document.querySelector("[data-document]");
const outline = article && article.querySelector("[data-outline]");

const wide = window.matchMedia("(min-width: 64rem)"); // there the outline stands beside the text

// Where the reading begins on the screen: below the bar that stays, where there is one.
function ceiling() {
  return (wide.matches ? 0 : outline.offsetHeight) + 16;
}

function follow(folding) {
  const fold = () => (folding.open = wide.matches);
  fold();
  wide.addEventListener("change", fold);
  folding.addEventListener("click", (event) => {
    if (event.target.closest("a") && !wide.matches) folding.open = false;
  });
  document.addEventListener("click", (event) => {
    if (!wide.matches && !folding.contains(event.target)) folding.open = false;
  });
  folding.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || wide.matches || !folding.open) return;
    folding.open = false;
    folding.querySelector("summary").focus();
  });

  const links = new Map();
  for (const link of folding.querySelectorAll("a")) {
    const place = document.getElementById(link.hash.slice(1));
    if (place && !links.has(place)) links.set(place, link);
  }
  const places = [...links.keys()];
  let current = null;
  const find = () => {
    // At the end of the page the last places can't reach the top.
    const ended = scrollY > 0 && innerHeight + scrollY >= document.documentElement.scrollHeight - 2;
    const edge = ended ? innerHeight : ceiling() + 80;
    let here = places[0];
    for (const place of places) {
      if (place.getBoundingClientRect().top > edge) break;
      here = place;
    }
    if (here === current) return;
    if (current) links.get(current).removeAttribute("aria-current");
    current = here;
    const link = links.get(here);
    link.setAttribute("aria-current", "true");
    show(link);
  };
  const show = (link) => {
    const box = link.closest("nav");
    const offset = link.getBoundingClientRect().top - box.getBoundingClientRect().top;
    if (offset < 0 || offset > box.clientHeight - 40) box.scrollTop += offset - box.clientHeight / 3;
  };
  folding.addEventListener("toggle", () => folding.open && current && show(links.get(current)));
  let waiting = false;
  const later = () => {
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(() => {
      waiting = false;
      find();
    });
  };
  if (!places.length) return;
  addEventListener("scroll", later, { passive: true });
  addEventListener("resize", later, { passive: true });
  find();
}

// A link that names words of a paragraph leads to the words: the paragraph may be longer than the screen.
function arrive() {
  const target = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
  const quoted = (target || article).querySelector("mark");
  const [entry] = performance.getEntriesByType("navigation");
  if (!(target || quoted) || (entry && entry.type === "back_forward")) return;
  // On a desk the words before stay in sight.
  const above = (target || quoted).getBoundingClientRect().top - ceiling() - (wide.matches ? 64 : 0);
  const last = quoted ? quoted.getBoundingClientRect().bottom : 0;
  const hidden = last - above > innerHeight * 0.8;
  const by = hidden ? quoted.getBoundingClientRect().top - innerHeight * 0.3 : above;
  scrollBy({ top: by, behavior: "instant" });
}

// The paragraph that the address names can be cited: words and link to copy stand below it.
function citable() {
  const bar = article.querySelector("template[data-cite]").content.firstElementChild.cloneNode(true);
  const place = () => {
    const line = location.hash && document.getElementById(location.hash.slice(1));
    const anchor = line && line.querySelector(".anchor");
    if (!anchor) return bar.remove();
    const formal = article.dataset.name + (anchor.dataset.place ?? "");
    bar.querySelector(".formal").textContent = formal;
    const [words, link] = bar.querySelectorAll("[data-copy]");
    words.dataset.copy = formal;
    link.dataset.copy = location.href;
    line.after(bar);
  };
  addEventListener("hashchange", place);
  place();
}

// Find words in the document, whatever their width, case and spacing, across headings and marks.
function findable(form) {
  const box = form.querySelector("input");
  const said = form.querySelector("[role=status]");
  const steps = form.querySelectorAll("[data-step]");
  const paint = window.Highlight && CSS.highlights ? CSS.highlights : null;
  const fold = (character) => {
    const folded = character.normalize("NFKC").toLowerCase();
    return folded.length === 1 ? folded : character;
  };
  const squeeze = (text) => [...text].map(fold).join("").replace(/\s/g, "");
  let text = null; // the document folded, and where each of its characters stands
  let nodes = [];
  let offsets = [];
  let found = [];
  let at = -1;

  const read = () => {
    text = "";
    for (const line of article.querySelectorAll(".line")) {
      const walker = document.createTreeWalker(line, NodeFilter.SHOW_TEXT);
      for (let node; (node = walker.nextNode()); ) {
        if (node.parentElement.closest(".anchor")) continue;
        for (let offset = 0; offset < node.data.length; offset += 1) {
          const character = node.data[offset];
          if (/\s/.test(character)) continue;
          text += fold(character);
          nodes.push(node);
          offsets.push(offset);
        }
      }
      text += "\n"; // nothing is found across two paragraphs
      nodes.push(null);
      offsets.push(0);
    }
  };
  const range = (start, size) => {
    const made = document.createRange();
    made.setStart(nodes[start], offsets[start]);
    made.setEnd(nodes[start + size - 1], offsets[start + size - 1] + 1);
    return made;
  };
  const lineOf = (one) => one.startContainer.parentElement.closest(".line");
  const draw = () => {
    if (paint) {
      paint.set("found", new Highlight(...found));
      if (at >= 0) paint.set("found-here", new Highlight(found[at]));
      else paint.delete("found-here");
    }
    for (const line of article.querySelectorAll(".line.here")) line.classList.remove("here");
    for (const step of steps) step.disabled = !found.length;
    said.textContent = box.value.trim() ? (found.length ? `${at + 1} / ${found.length}` : "没有") : "";
    if (at < 0) return;
    lineOf(found[at]).classList.add("here");
    const { top: above, bottom } = found[at].getBoundingClientRect();
    if (above < ceiling() || bottom > innerHeight - 48) scrollBy({ top: above - innerHeight * 0.35 });
  };
  const look = () => {
    if (text === null) read();
    const wanted = squeeze(box.value);
    found = [];
    for (let from = 0; wanted && (from = text.indexOf(wanted, from)) >= 0; from += wanted.length)
      found.push(range(from, wanted.length));
    // Begin with the first one from here on, as browsers do.
    at = found.findIndex((one) => one.getBoundingClientRect().bottom > ceiling());
    if (at < 0) at = found.length - 1;
    draw();
  };
  const step = (by) => {
    if (!found.length) return;
    at = (at + by + found.length) % found.length;
    draw();
  };

  form.hidden = false;
  let composing = false;
  box.addEventListener("compositionstart", () => (composing = true));
  box.addEventListener("compositionend", () => {
    composing = false;
    look();
  });
  box.addEventListener("input", () => composing || look());
  box.addEventListener("keydown", (event) => {
    if (event.isComposing || event.keyCode === 229) return;
    if (event.key === "Enter" && event.shiftKey) {
      event.preventDefault();
      step(-1);
    } else if (event.key === "Escape" && box.value) {
      event.preventDefault();
      box.value = "";
      look();
    }
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (!composing) step(1);
  });
  form.querySelector("[data-step='-1']").addEventListener("click", () => step(-1));
}

// Questions about this document are asked beside it.
function askHere() {
  if (!window.WenCe) return;
  const chat = window.WenCe.create({
    title: "问这份文件",
    scope: `《${article.dataset.title}》`,
    greeting: "您好，就这份文件提问吧。回答只取自这份文件，并标明依据的条款。",
    accent: "#a4262c",
    locale: "zh-CN",
  });
  chat.setFilters({ document_ids: [article.dataset.document] });
  for (const link of document.querySelectorAll("[data-ask-here]")) {
    link.setAttribute("role", "button");
    link.addEventListener("click", (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      chat.open();
    });
  }
}

if (article) {
  outline.dataset.live = "";
  const folding = outline.querySelector("details");
  if (folding) follow(folding);
  findable(outline.querySelector("[data-find]"));
  citable();
  // The browser goes to the paragraph by itself until everything is loaded.
  addEventListener("load", () => requestAnimationFrame(arrive));
  askHere();
}
