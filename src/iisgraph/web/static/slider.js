// Lets a picture follow the slider of years. The server draws each year; without this
// script the form asks it for one.

const form = document.querySelector("form[data-slider]");
const live = document.querySelector("[data-live]");
const figure = form?.parentElement.querySelector("figure");
const image = figure?.querySelector("img");
const slider = form?.querySelector("input[type=range]");

// The page of a picture: picture, facts and headings are taken from the page of that year.
const renew = async (address, signal) => {
  const answer = await fetch(address, { signal, headers: { Accept: "text/html" } });
  if (!answer.ok) throw new Error(answer.statusText);
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const part of ["[data-live]", "h1", "title", "form[data-slider] .steps"]) {
    document.querySelector(part)?.replaceChildren(...page.querySelector(part).childNodes);
  }
  history.replaceState(null, "", address);
};

// The page of a thing: only the image, and where the figure leads.
const exchange = (year) => {
  const moved = (address) => {
    const url = new URL(address, location.href);
    url.searchParams.set("year", year);
    return url.href;
  };
  image.src = moved(image.src);
  for (const link of figure.querySelectorAll("a")) link.href = moved(link.href);
};

if (slider && (live || image)) {
  const output = form.querySelector("output");
  const button = form.querySelector("button");
  let asking = null;
  button.hidden = true;

  const show = async () => {
    output.textContent = slider.value;
    if (!live) {
      exchange(slider.value);
      return;
    }
    asking?.abort();
    asking = new AbortController();
    const address = new URL(location.href);
    address.searchParams.set("year", slider.value);
    try {
      await renew(address, asking.signal);
    } catch (error) {
      if (error.name !== "AbortError") button.hidden = false; // the form still works
    }
  };

  slider.addEventListener("input", show);
}
