/** The search page of a site without a server. */

import { Finder, type Index, showHits } from "./finding";

const response = await fetch("/search-index.json");
const finder = new Finder((await response.json()) as Index);
showHits(finder, new URLSearchParams(location.search).get("q") ?? "", (address) => address);
