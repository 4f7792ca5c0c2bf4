/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confabd-cors"

#include "config.h"

#include "confabd-cors.h"

#define METHODS        "GET, HEAD, POST, PATCH, DELETE"
#define REQUEST_FIELDS "Authorization, Content-Type, Idempotency-Key, traceparent"
#define ANSWER_FIELDS                                                                            \
  "ETag, RateLimit-Limit, RateLimit-Policy, RateLimit-Remaining, RateLimit-Reset, Retry-After, " \
  "Server-Timing, X-Request-Id"
#define MAX_AGE_S "600"

/*
 * What pages of configured foreign origins may read. They bear tokens; cookies are for pages of our
 * own, so Access-Control-Allow-Credentials is never sent.
 */

/**
 * confabd_cors_add:
 * @origins: which are welcome
 * @request: a request without an answer yet
 *
 * Lets a page of a configured foreign origin read the answer.
 * Source: Fetch, “CORS protocol”.
 */
void
confabd_cors_add (ConfabdOrigins *origins, ConfabdRequest *request)
{
  const char *origin = confabd_request_get_header (request, "Origin");

  if (!confabd_origins_is_foreign (origins, origin))
    return;
  confabd_request_set_header (request, "Access-Control-Allow-Origin", origin);
  confabd_request_set_header (request, "Access-Control-Expose-Headers", ANSWER_FIELDS);
  confabd_request_set_header (request, "Cross-Origin-Resource-Policy", "cross-origin");
  confabd_request_set_header (request, "Vary", "Origin");
}

/**
 * confabd_cors_answer_options:
 * @origins: which are welcome
 * @request: a request with the method OPTIONS, perhaps a preflight
 * @allow: what the address knows
 *
 * Answers it.
 */
void
confabd_cors_answer_options (ConfabdOrigins *origins, ConfabdRequest *request, const char *allow)
{
  const char *origin = confabd_request_get_header (request, "Origin");

  confabd_request_set_header (request, "Allow", allow);
  if (confabd_origins_is_foreign (origins, origin)) {
    confabd_request_set_header (request, "Access-Control-Allow-Methods", METHODS);
    confabd_request_set_header (request, "Access-Control-Allow-Headers", REQUEST_FIELDS);
    confabd_request_set_header (request, "Access-Control-Max-Age", MAX_AGE_S);
  }
  confabd_request_reply_bytes (request, SOUP_STATUS_NO_CONTENT, NULL, NULL);
}
