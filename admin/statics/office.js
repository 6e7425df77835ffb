"use strict";
// The little that pages do by themselves; each works without it, only less comfortably.
document.documentElement.classList.add("scripted");

const menu = document.querySelector("[data-menu]");
if (menu) {
  menu.addEventListener("click", () => {
    const isOpen = document.getElementById("menu").classList.toggle("open");
    menu.setAttribute("aria-expanded", String(isOpen));
  });
}

for (const chosen of document.querySelectorAll("[data-submits]")) {
  chosen.addEventListener("change", () => chosen.form.requestSubmit());
}

for (const form of document.querySelectorAll("form[data-confirm]")) {
  form.addEventListener("submit", (event) => {
    if (!window.confirm(form.dataset.confirm)) event.preventDefault();
  });
}

// A form that was sent is not sent twice by an impatient click.
for (const form of document.querySelectorAll("form[method=post]:not([data-stays])")) {
  form.addEventListener("submit", (event) => {
    if (event.defaultPrevented) return;
    for (const button of form.querySelectorAll("button")) {
      window.setTimeout(() => { button.disabled = true; }, 0);
    }
  });
}

for (const button of document.querySelectorAll("[data-copy]")) {
  button.addEventListener("click", () => {
    navigator.clipboard.writeText(document.getElementById(button.dataset.copy).textContent);
  });
}

// Fields that refer to another record are offered what there is.
for (const field of document.querySelectorAll("[data-lookup]")) {
  const list = document.getElementById(field.getAttribute("list"));
  let timer = 0;
  const offer = async () => {
    const answer = await fetch(`${field.dataset.lookup}?term=${encodeURIComponent(field.value)}`);
    if (!answer.ok) return;
    list.replaceChildren(...(await answer.json()).map(({ code, name }) => {
      const option = document.createElement("option");
      option.value = code;
      option.label = !name || name === code ? code : `${code} · ${name}`;
      return option;
    }));
  };
  field.addEventListener("focus", offer, { once: true });
  field.addEventListener("input", () => {
    window.clearTimeout(timer);
    timer = window.setTimeout(offer, 200);
  });
}

// What goes on while one looks is looked at again.
for (const going of document.querySelectorAll("[data-reload]")) {
  window.setTimeout(() => window.location.reload(), Number(going.dataset.reload));
}

// A publication reaches every worker within two seconds: the page is shown again once it has, or as it stands
// after ten.
const waited = document.querySelector("[data-workers]");
if (waited) {
  let looks = 0;
  const watch = window.setInterval(async () => {
    looks += 1;
    const answer = await fetch(waited.dataset.workers);
    const { workers, behind } = answer.ok ? await answer.json() : { workers: 0, behind: 1 };
    const isEverywhere = workers && !behind;
    if (isEverywhere || looks > 20) {
      window.clearInterval(watch);
      window.location.replace(window.location.pathname + (isEverywhere ? "?told=everywhere" : ""));
    }
  }, 500);
}

// A chosen file is read here and sent as text, as all forms are.
for (const file of document.querySelectorAll("[data-reads-into]")) {
  file.addEventListener("change", async () => {
    const [chosen] = file.files;
    const tooLarge = chosen && chosen.size > Number(file.dataset.bytesMax);
    file.setCustomValidity(tooLarge ? file.dataset.tooLarge : "");
    if (tooLarge) file.reportValidity();
    else if (chosen) {
      document.getElementById(file.dataset.readsInto).value = await chosen.text();
      if (file.dataset.nameInto) document.getElementById(file.dataset.nameInto).value = chosen.name;
    }
  });
}
