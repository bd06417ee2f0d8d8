// Opens the article that a citation points to, at the cited words. All text was escaped on the server; nothing here
// writes HTML. Buttons are real buttons, so Tab, Enter and Space come from the browser.
(() => {
  "use strict";
  let opener = null; // the button to go back to
  let open = null; // its key, so that a streamed answer which draws the articles again leaves the same one open

  const has = (element, key) => (element.dataset.keys || "").split(" ").includes(key);

  function show(key, focus) {
    const sections = [...document.querySelectorAll("section.reading")];
    const wanted = sections.find((section) => has(section, key));
    if (!wanted) return;
    const pane = wanted.closest(".pane"); // each tab has its own
    for (const section of sections) if (pane.contains(section)) section.hidden = section !== wanted;
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
    const place = opener.isConnected ? opener : document.querySelector(`[data-open="${CSS.escape(key)}"]`);
    if (!place) return;
    place.focus({ preventScroll: true });
    place.scrollIntoView({ block: "nearest" });
  }

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-open], [data-back]");
    if (!button) return;
    if ("back" in button.dataset) return back();
    opener = button;
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
    if ((event.key === "j" || event.key === "k") && !event.ctrlKey && !event.metaKey && !event.altKey) {
      if (!event.target.closest("input, textarea, select, [contenteditable]")) step(event, event.key === "j" ? 1 : -1);
    }
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
    const section = open && [...document.querySelectorAll("section.reading")].find((one) => has(one, open));
    if (section && section.hidden && !section.closest(".pane").querySelector("section.reading:not([hidden])")) {
      show(open, false);
    }
  }).observe(document, { childList: true, subtree: true });
})();
