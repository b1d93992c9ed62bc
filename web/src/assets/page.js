// What script adds: questions before something is done or lost, and a look at what goes back to inherited.
"use strict";
{
  const form = document.querySelector("form.settings");
  let dirty = document.querySelector(".result.failed") !== null;
  const mark = (box) => box.closest(".field").classList.toggle("inheriting", box.checked);

  form?.querySelectorAll("input[name=inherit]").forEach(mark);
  form?.addEventListener("input", (event) => {
    dirty = true;
    if (event.target.name === "inherit") mark(event.target);
  });
  form?.addEventListener("submit", (event) => {
    if (form.dataset.confirm && !confirm(form.dataset.confirm)) event.preventDefault();
    else dirty = false;
  });
  form?.querySelector("a[data-confirm]")?.addEventListener("click", (event) => {
    if (dirty && !confirm(event.target.dataset.confirm)) event.preventDefault();
    else dirty = false;
  });
  window.addEventListener("beforeunload", (event) => { if (dirty) event.preventDefault(); });
  document.querySelector(".result.failed")?.scrollIntoView({ block: "nearest" });
}
