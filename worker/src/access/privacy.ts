/** A sender that asks not to be tracked: its telemetry is accepted and not stored. */

/**
 * Headers that say so, each with the value 1.
 *
 * `DNT`: https://www.w3.org/TR/tracking-dnt/; `Sec-GPC`: https://www.w3.org/TR/gpc/; `Do-Not-Track`
 * is how a command-line tool can hand on the variable DO_NOT_TRACK (https://consoledonottrack.com).
 */
const HEADERS = ["DNT", "Sec-GPC", "Do-Not-Track"] as const;

/** The header that asks for it, as a line; null if none does. */
export function doNotTrack(request: Request): string | null {
  const header = HEADERS.find((name) => request.headers.get(name)?.trim() === "1");
  return header === undefined ? null : `${header}: 1`;
}

/** The answer says that nothing was kept: `Tk: N`, "not tracking" of the DNT document. */
export function asNotTracked(response: Response): Response {
  const marked = new Response(response.body, response);
  marked.headers.set("tk", "N");
  return marked;
}
