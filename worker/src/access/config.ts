/**
 * Teams, tokens and rates: the secret bindings `ACCESS`, `ACCESS_1` and so on, which
 * `resources/telemetry/access_bindings.py` writes.
 *
 * They contain hashes of tokens and never a token. Each isolate reads them once, because a change of
 * the bindings is a new version of the script, which runs in new isolates.
 */
import { HttpError } from "../errors.ts";
import { UNAVAILABLE_RETRY_AFTER_SECONDS } from "../limits.ts";
import { accessFrom } from "./document.ts";
import type { Access } from "./types.ts";

let cached: Access | undefined;

/** @throws HttpError 503 a binding is missing or is not JSON: every request is rejected. */
export function accessOf(env: Env): Access {
  cached ??= readAccess(env);
  return cached;
}

function readAccess(env: Env): Access {
  try {
    return accessFromTexts(textsOf(env));
  } catch (error) {
    console.error(`ACCESS: ${String(error)}`);
    // 503, so that exporters retry until the next deployment corrects the bindings.
    throw new HttpError(503, "access: this worker cannot read its tokens; run `pulumi up` again", {
      retryAfterSeconds: UNAVAILABLE_RETRY_AFTER_SECONDS,
    });
  }
}

export function accessFromTexts(texts: readonly string[]): Access {
  const problems: string[] = [];
  const access = accessFrom(texts, problems);
  for (const problem of problems) {
    console.error(`ACCESS: ${problem}; it is not used. Run \`pulumi up\` to write it again`);
  }
  return access;
}

/** The first binding has the number of bindings, so that a missing one is noticed. */
function textsOf(env: Env): string[] {
  const { parts = 1 } = JSON.parse(env.ACCESS) as { readonly parts?: number };
  const texts = [env.ACCESS];
  for (let number = 1; number < parts; number++) {
    const text = env[`ACCESS_${number}`];
    if (text === undefined) {
      throw new Error(`ACCESS_${number} of ${parts} is missing; run \`pulumi up\``);
    }
    texts.push(text);
  }
  return texts;
}
