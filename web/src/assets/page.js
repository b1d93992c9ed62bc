// What script adds: questions before something is done or lost, a look at what goes back to inherited, the fault of a
// value as soon as it is entered, states as they change, and "/" for the search.
"use strict";
{
  const form = document.querySelector("form.settings");
  let dirty = form !== null && document.querySelector(".result.failed") !== null;
  const mark = (box) => box.closest(".field").classList.toggle("inheriting", box.checked);

  form?.querySelectorAll("input[name=inherit]").forEach(mark);
  form?.addEventListener("input", (event) => {
    dirty = true;
    if (event.target.name === "inherit") mark(event.target);
  });
  form?.addEventListener("submit", (event) => {
    const elsewhere = event.submitter?.hasAttribute("formaction");
    if (form.dataset.confirm && !elsewhere && !confirm(form.dataset.confirm)) event.preventDefault();
    else dirty = false;
  });
  form?.querySelector("a[data-confirm]")?.addEventListener("click", (event) => {
    if (dirty && !confirm(event.target.dataset.confirm)) event.preventDefault();
    else dirty = false;
  });
  window.addEventListener("beforeunload", (event) => { if (dirty) event.preventDefault(); });
  document.querySelector(".result.failed")?.scrollIntoView({ block: "nearest" });

  // The fault of a value, in the words that a save would have for it.
  const tell = (input, message) => {
    const place = `${input.id}-now`;
    let box = document.getElementById(place);
    if (box === null) {
      if (message === "") return;
      box = document.createElement("div");
      box.id = place;
      box.className = "error";
      box.setAttribute("role", "status");
      input.closest(".entryline").after(box);
      input.setAttribute("aria-describedby", `${place} ${input.getAttribute("aria-describedby") ?? ""}`.trim());
    }
    const old = document.getElementById(`${input.id}-error`);
    if (old !== null) old.hidden = true;
    box.textContent = message;
    input.setAttribute("aria-invalid", String(message !== ""));
    input.closest(".field").classList.toggle("wrong", message !== "");
  };
  const check = async (input) => {
    const value = input.value;
    if (input.type === "password" && value === "") return tell(input, "");
    try {
      const answer = await fetch(form.dataset.check, {
        method: "POST", body: new URLSearchParams({ name: input.name, value }), redirect: "error",
      });
      // Whoever types on is asked about again.
      if (answer.ok && input.value === value) tell(input, await answer.text());
    } catch { /* Save tells it too. */ }
  };
  if (form?.dataset.check) {
    form.addEventListener("change", (event) => {
      const input = event.target;
      if (input.matches("input[type=text], input[type=password], textarea") && input.name === input.id) check(input);
    });
  }

  // Not everybody wants a key that acts at once: the page of the search switches it off, for this browser.
  const shortcut = document.getElementById("shortcut");
  const off = () => { try { return localStorage.getItem("no-shortcut") === "1"; } catch { return false; } };
  if (shortcut !== null) {
    document.getElementById("shortcut-choice").hidden = false;
    shortcut.checked = !off();
    shortcut.addEventListener("change", () => {
      try { localStorage.setItem("no-shortcut", shortcut.checked ? "0" : "1"); } catch { /* It stays as it is. */ }
    });
  }
  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest?.("input:not([type=checkbox], [type=radio]), select, textarea");
    if (event.key !== "/" || event.ctrlKey || event.altKey || event.metaKey || typing || off()) return;
    const search = document.getElementById("search");
    if (search === null) return;
    event.preventDefault();
    search.focus();
    search.select();
  });

  // On narrow screens tabs and menu scroll sideways; where one is has to be in sight.
  const center = () => document.querySelectorAll(".tabs [aria-current], .menu [aria-current]").forEach((item) => {
    const list = item.closest("ul");
    list.scrollLeft = item.offsetLeft - (list.clientWidth - item.offsetWidth) / 2;
  });
  center();
  window.addEventListener("resize", center);

  // What follows the unit reads itself again while somebody looks at it and is logged in.
  const places = document.querySelectorAll("[data-live][id]");
  const seconds = Math.min(...[...places].map((place) => Number(place.dataset.live)));
  const reread = places.length === 0 ? 0 : setInterval(async () => {
    if (document.hidden) return;
    try {
      const answer = await fetch(`${location.pathname}?live`, { redirect: "error" });
      if (!answer.ok) return clearInterval(reread);
      const now = new DOMParser().parseFromString(await answer.text(), "text/html");
      places.forEach((place) => {
        const fresh = now.getElementById(place.id);
        // What has not changed stays, and with it what somebody has selected in it.
        if (fresh !== null && !fresh.isEqualNode(place)) place.replaceChildren(...fresh.childNodes);
      });
    } catch { /* The unit restarts, or the network is away. */ }
  }, 1000 * seconds);

  document.querySelectorAll("[data-countdown]").forEach((place) => {
    const end = Date.now() + 1000 * Number(place.dataset.countdown);
    const timer = setInterval(() => {
      const left = Math.max(0, Math.round((end - Date.now()) / 1000));
      place.textContent = String(left);
      if (left === 0) clearInterval(timer);
    }, 1000);
  });
}
