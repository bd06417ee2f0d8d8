const buttons = [...document.querySelectorAll("[data-show]")];
for (const button of buttons) {
  button.setAttribute("aria-pressed", String(button.dataset.show === ""));
  button.addEventListener("click", () => {
    for (const item of document.querySelectorAll(".item"))
      item.hidden = button.dataset.show !== "" && item.dataset.what !== button.dataset.show;
    for (const other of buttons) other.setAttribute("aria-pressed", String(other === button));
  });
}
