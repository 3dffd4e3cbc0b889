/** The query page: an editor for the text area, and the answer below in place. */

import { Editor } from "./editor";
import { HttpEndpoint } from "./endpoint";
import { WorkerEndpoint } from "./local";
import { QueryPage } from "./page";
import { pageData } from "./words";

const { endpoint, engine, base, prefixes } = pageData();
const answering = engine
  ? new WorkerEndpoint(engine.program, { ...engine, base, prefixes })
  : new HttpEndpoint(endpoint);
const page = new QueryPage(answering, (wishes) => new Editor(wishes));
// The server puts a saved question into the form itself; a static page leaves it to the script.
await page.start(engine ? (new URLSearchParams(location.search).get("question") ?? "") : "");
