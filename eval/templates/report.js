"use strict";
const form = document.getElementById("filters");
const questions = [...document.querySelectorAll("article.question")].map((element) => ({
  element,
  words: element.textContent.toLowerCase(),
}));

function matches({ element, words }, wanted) {
  const { outcome, kind, lang, document: documents } = element.dataset;
  if (wanted.outcome === "!right" ? outcome === "right" : wanted.outcome && outcome !== wanted.outcome) return false;
  if (wanted.kind && kind !== wanted.kind) return false;
  if (wanted.lang && lang !== wanted.lang) return false;
  if (wanted.document && !documents.split(" ").includes(wanted.document)) return false;
  return words.includes(wanted.words.trim().toLowerCase());
}

function filter() {
  const wanted = Object.fromEntries(new FormData(form));
  let count = 0;
  for (const question of questions) {
    const fits = matches(question, wanted);
    question.element.hidden = !fits;
    count += fits;
  }
  document.getElementById("count").textContent = `${count} / ${questions.length} 题`;
  document.getElementById("none").hidden = count > 0;
}

form.addEventListener("input", filter);
form.addEventListener("submit", (event) => event.preventDefault());
filter();
