// Opens the article that a citation points to, at the cited words. All text was escaped on the server; nothing here
// writes HTML. Buttons are real buttons, so Tab, Enter and Space come from the browser.
(() => {
  "use strict";
  let opener = null; // the button to go back to
  let open = null; // its key, so that a streamed answer which draws the articles again leaves the same one open

  let tab = null; // the tab in which something was opened: an article may stand in several

  const sections = () => [...(tab || document).querySelectorAll("section.reading")];
  const has = (element, key) => (element.dataset.keys || "").split(" ").includes(key);

  function show(key, focus) {
    const wanted = sections().find((section) => has(section, key));
    if (!wanted) return;
    const pane = wanted.closest(".pane"); // each tab has its own
    for (const section of sections()) if (pane.contains(section)) section.hidden = section !== wanted;
    for (const empty of pane.querySelectorAll(".reading.empty")) empty.hidden = true;
    for (const button of document.querySelectorAll("[data-open]")) {
      if (button.dataset.open === key) button.setAttribute("aria-current", "true");
      else button.removeAttribute("aria-current");
    }
    let first = null;
    for (const mark of wanted.querySelectorAll("mark")) {
      const current = has(mark, key);
      mark.classList.toggle("current", current);
      if (current && !first) first = mark;
    }
    open = key;
    if (!focus) return;
    const still = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
    const target = first || wanted;
    target.scrollIntoView({ block: "center", behavior: still ? "auto" : "smooth" });
    target.focus({ preventScroll: true });
  }

  function back() {
    if (!opener) return;
    const key = opener.dataset.open;
    const button = `[data-open="${CSS.escape(key)}"]`; // drawn again since: the one in the list, not "First seen"
    const place = opener.isConnected ? opener : document.querySelector(`li ${button}`) || document.querySelector(button);
    if (!place) return;
    place.focus({ preventScroll: true });
    place.scrollIntoView({ block: "nearest" });
  }

  document.addEventListener("click", (event) => {
    judged = null; // whoever clicks elsewhere is not led back
    const button = event.target.closest("[data-open], [data-back], [data-mark], [data-export]");
    if (!button) return;
    if ("mark" in button.dataset) return keep(button.dataset.mark);
    if ("export" in button.dataset) return askFor("#attest-export", button.dataset.export);
    if ("back" in button.dataset) return back();
    // From one article to a copy of it: the way back is still to what opened the first.
    if (!button.closest("section.reading")) opener = button;
    tab = button.closest("[role=tabpanel]");
    show(button.dataset.open, true);
  });

  document.addEventListener("keydown", (event) => {
    if (event.key === "Tab" && event.target.matches("#attest-outlet input")) {
      // Gradio leaves the list of outlets open when the focus goes on.
      event.target.dispatchEvent(new KeyboardEvent("keydown", { key: "Escape", bubbles: true }));
    }
    const box = event.target.closest("#attest-quotation, #attest-claim, #attest-question");
    if (box && event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      box.closest(".asking").querySelector("button.primary").click();
    }
    if (event.key === "Escape" && event.target.closest("section.reading")) back();
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.closest("input, textarea, select, [contenteditable]")) return;
    if (event.key === "j" || event.key === "k") step(event, event.key === "j" ? 1 : -1);
    const stance = { s: "supports", r: "refutes", n: "neither" }[event.key];
    if (stance && !event.repeat) judge(event, stance);
  });

  // Keeps the person's verdict on the piece of evidence in focus, or on the one whose article is being read.
  function judge(event, stance) {
    const row = event.target.closest("section.traced .evidence li.citation");
    const reading = event.target.closest("section.reading");
    const key = row ? row.querySelector("[data-open]").dataset.open : reading && has(reading, open) ? open : null;
    if (!key || !document.querySelector(`[data-mark="${CSS.escape(key)} ${stance}"]`)) return;
    event.preventDefault();
    keep(`${key} ${stance}`);
  }

  let asked = 0; // makes every request another text, also the same one twice
  function askFor(box, what) {
    const field = document.querySelector(`${box} textarea, ${box} input`);
    if (!field) return;
    asked += 1;
    field.value = `${what} ${asked}`;
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }

  // Gradio calls it with the report that the server made; the browser saves it as it does any download.
  window.attestSave = (report) => {
    const given = report ? JSON.parse(report) : {};
    if (given.data) {
      const bytes = Uint8Array.from(atob(given.data), (letter) => letter.charCodeAt(0));
      const link = document.createElement("a");
      link.href = URL.createObjectURL(new Blob([bytes], { type: given.type }));
      link.download = given.name;
      link.click();
      setTimeout(() => URL.revokeObjectURL(link.href), 60000);
    }
    const said = document.querySelector("section.traced .exports .said");
    if (said) said.textContent = given.problem || (given.name ? `Saved as ${given.name}` : "");
  };

  let judged = null; // the key to give the focus back to once the outcome is drawn again
  function keep(verdict) {
    judged = verdict.split(" ")[0];
    askFor("#attest-mark", verdict);
  }

  // After the outcome was drawn again with a verdict: the same piece of evidence in focus, the same one current.
  function resume() {
    const all = open ? document.querySelectorAll(`section.traced [data-open="${CSS.escape(open)}"]`) : [];
    for (const current of all) current.setAttribute("aria-current", "true");
    if (!judged || document.activeElement !== document.body) return;
    const place = document.querySelector(`section.traced .evidence [data-open="${CSS.escape(judged)}"]`);
    if (!place) return;
    const folded = place.closest("details");
    if (folded) folded.open = true;
    place.focus({ preventScroll: true });
  }
  document.addEventListener("focusin", (event) => {
    const row = judged && event.target.closest("section.traced .evidence li.citation");
    if (row) judged = row.querySelector("[data-open]").dataset.open;
  });

  // The next or the previous piece of evidence that can be seen, from the one in focus or the one that is open.
  function step(event, by) {
    const seen = (button) => button.offsetParent !== null && !button.closest("details:not([open])");
    const buttons = [...document.querySelectorAll("section.traced .evidence [data-open]")].filter(seen);
    if (!buttons.length) return;
    let at = buttons.indexOf(document.activeElement);
    if (at < 0) at = buttons.findIndex((button) => button.dataset.open === open);
    const next = at < 0 ? (by > 0 ? 0 : buttons.length - 1) : Math.min(buttons.length - 1, Math.max(0, at + by));
    buttons[next].focus({ preventScroll: true });
    buttons[next].scrollIntoView({ block: "nearest" });
    event.preventDefault();
  }

  // Where the answer lies below the boxes it is out of sight on a narrow screen, so it is shown as it comes.
  const narrow = window.matchMedia("(max-width: 800px)");
  const seen = {};
  function follow() {
    for (const panel of ["attest-answer", "attest-traced", "attest-outcome"]) {
      const section = document.getElementById(panel)?.querySelector("section.attest");
      if (!section || section.matches(".welcome")) continue;
      const state = section.querySelector(".working") ? "working" : section.textContent;
      if (state === seen[panel]) continue;
      seen[panel] = state;
      if (narrow.matches) section.scrollIntoView({ block: "start" });
    }
  }

  // Gradio gives the examples no name of their own; "Ask:" says what pressing one does.
  function nameExamples() {
    const group = document.querySelector(".examples:has(button:not([aria-label]))");
    if (!group) return;
    group.setAttribute("role", "group");
    group.setAttribute("aria-label", "Example questions");
    for (const button of group.querySelectorAll("button")) {
      button.setAttribute("aria-label", `Ask: ${button.textContent.trim()}`);
    }
  }

  let before = null; // the state of the answer panel: "working" after anything else is a new question
  new MutationObserver(() => {
    follow();
    nameExamples();
    const answer = document.querySelector("section.answer");
    const state = answer ? answer.dataset.state : null;
    if (state === "working" && before !== "working") open = opener = null;
    before = state;
    resume();
    const section = open && sections().find((one) => has(one, open));
    if (section && section.hidden && !section.closest(".pane").querySelector("section.reading:not([hidden])")) {
      show(open, false);
    }
  }).observe(document, { childList: true, subtree: true });
})();
