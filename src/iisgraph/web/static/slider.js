// Lets the picture follow the slider of years. The server draws each year; without this
// script the form asks it for one.

const form = document.querySelector("form[data-slider]");
const live = document.querySelector("[data-live]");
const slider = form?.querySelector("input[type=range]");
if (slider && live) {
  const output = form.querySelector("output");
  const button = form.querySelector("button");
  let asking = null;
  button.hidden = true;

  const show = async () => {
    output.textContent = slider.value;
    asking?.abort();
    asking = new AbortController();
    const address = new URL(location.href);
    address.searchParams.set("year", slider.value);
    try {
      const answer = await fetch(address, { signal: asking.signal, headers: { Accept: "text/html" } });
      if (!answer.ok) throw new Error(answer.statusText);
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      for (const part of ["[data-live]", "h1", "title", "form[data-slider] .steps"]) {
        document.querySelector(part)?.replaceChildren(...page.querySelector(part).childNodes);
      }
      history.replaceState(null, "", address);
    } catch (error) {
      if (error.name !== "AbortError") button.hidden = false; // the form still works
    }
  };

  slider.addEventListener("input", show);
}
