/** Do not track: the telemetry of a sender that opts out is accepted and not stored. */

/**
 * The headers that opt out, each with the value 1.
 *
 * `DNT`: https://www.w3.org/TR/tracking-dnt/; `Sec-GPC`: https://www.w3.org/TR/gpc/; `Do-Not-Track`
 * lets a command-line tool pass on the variable DO_NOT_TRACK (https://consoledonottrack.com).
 */
const HEADERS = ["DNT", "Sec-GPC", "Do-Not-Track"] as const;

/** Return the header that opts out, as a line; null if there is none. */
export function doNotTrack(request: Request): string | null {
  const header = HEADERS.find((name) => request.headers.get(name)?.trim() === "1");
  return header === undefined ? null : `${header}: 1`;
}

/** Mark a response with `Tk: N`, which means "not tracking" in the DNT specification. */
export function asNotTracked(response: Response): Response {
  const marked = new Response(response.body, response);
  marked.headers.set("tk", "N");
  return marked;
}
