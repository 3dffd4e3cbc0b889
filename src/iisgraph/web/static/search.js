// Suggestions while a name is typed, as the ARIA combobox with a listbox describes it.
// Without this script the form is sent and answered by a page.

const PAUSE = 90; // milliseconds without a key before the server is asked

for (const form of document.querySelectorAll("form.searchbox")) {
  const input = form.querySelector("input[type=search]");
  if (input) enhance(form, input);
}

function enhance(form, input) {
  const list = document.createElement("ul");
  list.id = `${input.id}-suggestions`;
  list.className = "suggestions";
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", form.dataset.suggestLabel || input.labels[0]?.textContent || "");
  list.hidden = true;
  input.parentElement.append(list);
  for (const [name, value] of Object.entries({
    role: "combobox",
    "aria-autocomplete": "list",
    "aria-expanded": "false",
    "aria-controls": list.id,
    autocomplete: "off",
  })) {
    input.setAttribute(name, value);
  }

  let active = -1;
  let timer = 0;
  let asking = null;

  const close = () => {
    clearTimeout(timer);
    asking?.abort();
    list.hidden = true;
    active = -1;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  };

  const activate = (index) => {
    const options = [...list.children];
    active = options.length ? (index + options.length) % options.length : -1;
    options.forEach((option, i) => option.setAttribute("aria-selected", String(i === active)));
    if (active < 0) return;
    input.setAttribute("aria-activedescendant", options[active].id);
    options[active].scrollIntoView({ block: "nearest" });
  };

  // A form that picks things is sent with the one chosen; any other goes to its page.
  const choose = (chosen) => {
    if (!("pick" in form.dataset)) {
      location.assign(chosen.dataset.href);
      return;
    }
    input.value = chosen.dataset.path;
    close();
    form.requestSubmit();
  };

  const show = (found) => {
    list.replaceChildren(...found.map((each, i) => option(`${list.id}-${i}`, each)));
    active = -1;
    input.removeAttribute("aria-activedescendant");
    list.hidden = found.length === 0;
    input.setAttribute("aria-expanded", String(found.length > 0));
  };

  const ask = async () => {
    asking?.abort();
    asking = new AbortController();
    const address = new URL(form.dataset.suggest ?? "suggest", form.action);
    address.searchParams.set("q", input.value);
    const language = document.documentElement.lang;
    if (language) address.searchParams.set("lang", language);
    try {
      const answer = await fetch(address, { signal: asking.signal });
      if (answer.ok && document.activeElement === input) show(await answer.json());
    } catch (error) {
      if (error.name !== "AbortError") close();
    }
  };

  input.addEventListener("input", () => {
    clearTimeout(timer);
    if (input.value.trim()) timer = setTimeout(ask, PAUSE);
    else close();
  });
  input.addEventListener("blur", close);
  input.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    const isOpen = !list.hidden;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (!isOpen) {
        if (input.value.trim()) ask();
      } else if (event.key === "ArrowDown") {
        activate(active + 1);
      } else {
        activate(active < 0 ? -1 : active - 1);
      }
    } else if (event.key === "Enter" && isOpen && active >= 0) {
      event.preventDefault();
      choose(list.children[active]);
    } else if (event.key === "Escape" && isOpen) {
      event.preventDefault();
      close();
    }
  });
  // The pointer must not take the focus away before the click arrives.
  list.addEventListener("pointerdown", (event) => event.preventDefault());
  list.addEventListener("click", (event) => {
    const chosen = event.target.closest("[role=option]");
    if (chosen) choose(chosen);
  });
}

function option(id, { href, name, language, kind, matched }) {
  const item = document.createElement("li");
  item.id = id;
  item.setAttribute("role", "option");
  item.setAttribute("aria-selected", "false");
  item.dataset.href = href;
  item.dataset.path = href.replace(/^\/doc\//, "");
  item.append(part("name", name, language), part("kind", kind, ""));
  if (matched) item.append(part("matched", matched, ""));
  return item;
}

function part(className, text, language) {
  const span = document.createElement("span");
  span.className = className;
  span.textContent = text;
  if (language) span.lang = language;
  if (language === "ar") span.dir = "rtl";
  return span;
}
