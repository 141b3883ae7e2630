// Small conveniences. Every page works without them; nothing here decides anything.

/** Let "/" put the cursor where a person is searched. */
function focusSearch(event) {
  const typing = event.target.closest("input, textarea, select");
  const field = document.querySelector("[data-shortcut='/']");
  if (event.key === "/" && !typing && field) {
    event.preventDefault();
    field.focus();
  }
}

/** Let one key press the button or link that names it, as on the review and triage pages. */
function pressShortcut(event) {
  if (event.target.closest("input, textarea, select") || event.ctrlKey || event.metaKey || event.altKey) return;
  const control = document.querySelector(`[data-key="${CSS.escape(event.key.toLowerCase())}"]`);
  if (control) {
    event.preventDefault();
    control.click();
  }
}

/** Ask before what cannot simply be undone. */
function askFirst(event) {
  const question = event.target.closest("form")?.dataset.confirm;
  if (question && !window.confirm(question)) event.preventDefault();
}

/** Send a filter form as soon as one of its choices changes. */
function sendFilters(event) {
  const form = event.target.closest("form[data-auto]");
  if (form && event.target.matches("select, input[type=checkbox], input[type=radio]")) form.requestSubmit();
}

/** Keep the menu folded on narrow screens until it is asked for. */
function foldMenu() {
  const menu = document.querySelector(".side__fold");
  if (menu && window.matchMedia("(max-width: 900px)").matches) menu.removeAttribute("open");
}

/** Print when a print button is pressed. */
function printPage(event) {
  if (event.target.closest("[data-print]")) window.print();
}

document.addEventListener("keydown", focusSearch);
document.addEventListener("keydown", pressShortcut);
document.addEventListener("submit", askFirst);
document.addEventListener("change", sendFilters);
document.addEventListener("click", printPage);
foldMenu();
