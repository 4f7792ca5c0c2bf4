/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confabd-trace"

#include "config.h"

#include <string.h>

#include "confabd-trace.h"

/* "00-" 32 hexadecimal digits "-" 16 of them "-" 2 of them */
#define TRACE_ID_AT   3
#define TRACE_ID_SIZE 32
#define SPAN_ID_AT    36
#define SPAN_ID_SIZE  16
#define FLAGS_AT      53
#define PARENT_SIZE   55

/*
 * ConfabdTrace:
 *
 * What belongs together: everything that is done on behalf of one request or one job, on whatever
 * thread. The log writes its ids beside each line, the database keeps it with each piece of work
 * and enters it again for the answer, and what is sent on to others carries its `traceparent`.
 *
 * The ids never change; the clocks may be added to from any thread.
 */
struct _ConfabdTrace {
  char *request_id;                  /* (owned) */
  char trace_id[TRACE_ID_SIZE + 1];  /* the caller's, or our own */
  char traceparent[PARENT_SIZE + 1]; /* the same with a span of ours: for those whom we ask */
  gint64 us[CONFABD_TRACE_N_PARTS];  /* (atomic) */
};

G_DEFINE_BOXED_TYPE (ConfabdTrace, confabd_trace, confabd_trace_ref, confabd_trace_unref)

static GPrivate current = G_PRIVATE_INIT (NULL);

static gboolean
is_hex (const char *text, gsize size)
{
  return strspn (text, "0123456789abcdef") >= size;
}

static gboolean
is_zero (const char *text, gsize size)
{
  return strspn (text, "0") >= size;
}

/* Version ff is none; one above 00 may have more behind another dash. */
static gboolean
is_version_good (const char *text)
{
  if (!is_hex (text, 2) || strncmp (text, "ff", 2) == 0)
    return FALSE;
  return text[PARENT_SIZE] == '\0' || (!is_zero (text, 2) && text[PARENT_SIZE] == '-');
}

static gboolean
is_parent_good (const char *text)
{
  if (text == NULL || strlen (text) < PARENT_SIZE || !is_version_good (text))
    return FALSE;
  return text[TRACE_ID_AT - 1] == '-' && is_hex (text + TRACE_ID_AT, TRACE_ID_SIZE) &&
         !is_zero (text + TRACE_ID_AT, TRACE_ID_SIZE) && text[SPAN_ID_AT - 1] == '-' &&
         is_hex (text + SPAN_ID_AT, SPAN_ID_SIZE) && !is_zero (text + SPAN_ID_AT, SPAN_ID_SIZE) &&
         text[FLAGS_AT - 1] == '-' && is_hex (text + FLAGS_AT, 2);
}

/* No secret: it only has to be another one than everybody else's. */
static void
write_random_hex (char *to, gsize size)
{
  for (gsize i = 0; i < size; i += 8) {
    guint32 random = g_random_int () | 1u;

    for (gsize digit = 0; digit < 8; digit++, random >>= 4)
      to[i + digit] = "0123456789abcdef"[random & 15];
  }
  to[size] = '\0';
}

/**
 * confabd_trace_new:
 * @request_id: how the log knows the work
 * @traceparent: (nullable): of whoever asked, in any shape; one that is not good begins a trace of
 *   our own, and is not sampled
 *
 * Source: W3C Trace Context, Level 1, 3.2.
 *
 * Returns: (transfer full): the trace
 */
ConfabdTrace *
confabd_trace_new (const char *request_id, const char *traceparent)
{
  ConfabdTrace *self = g_atomic_rc_box_new0 (ConfabdTrace);
  gboolean is_known = is_parent_good (traceparent);
  char span_id[SPAN_ID_SIZE + 1];

  self->request_id = g_strdup (request_id);
  if (is_known)
    g_strlcpy (self->trace_id, traceparent + TRACE_ID_AT, sizeof self->trace_id);
  else
    write_random_hex (self->trace_id, TRACE_ID_SIZE);
  write_random_hex (span_id, SPAN_ID_SIZE);
  g_snprintf (self->traceparent, sizeof self->traceparent, "00-%s-%s-%.2s", self->trace_id, span_id,
              is_known ? traceparent + FLAGS_AT : "00");
  return self;
}

ConfabdTrace *
confabd_trace_ref (ConfabdTrace *self)
{
  return g_atomic_rc_box_acquire (self);
}

static void
clear (gpointer data)
{
  g_free (((ConfabdTrace *) data)->request_id);
}

void
confabd_trace_unref (ConfabdTrace *self)
{
  g_atomic_rc_box_release_full (self, clear);
}

/**
 * confabd_trace_get_request_id:
 * @self: a trace
 *
 * Returns: (transfer none): how the log knows the work
 */
const char *
confabd_trace_get_request_id (ConfabdTrace *self)
{
  return self->request_id;
}

/**
 * confabd_trace_get_trace_id:
 * @self: a trace
 *
 * Returns: (transfer none): 32 hexadecimal digits that all who took part share
 */
const char *
confabd_trace_get_trace_id (ConfabdTrace *self)
{
  return self->trace_id;
}

/**
 * confabd_trace_get_traceparent:
 * @self: a trace
 *
 * Returns: (transfer none): the field `traceparent` for requests to others on behalf of this work
 */
const char *
confabd_trace_get_traceparent (ConfabdTrace *self)
{
  return self->traceparent;
}

/**
 * confabd_trace_add_us:
 * @self: a trace
 * @part: what was waited for
 * @duration_us: how long
 *
 * Safe to call from any thread.
 */
void
confabd_trace_add_us (ConfabdTrace *self, ConfabdTracePart part, gint64 duration_us)
{
  __atomic_fetch_add (&self->us[part], duration_us, __ATOMIC_RELAXED);
}

/**
 * confabd_trace_get_us:
 * @self: a trace
 * @part: what was waited for
 *
 * Returns: how long so far, in microseconds
 */
gint64
confabd_trace_get_us (ConfabdTrace *self, ConfabdTracePart part)
{
  return __atomic_load_n (&self->us[part], __ATOMIC_RELAXED);
}

/**
 * confabd_trace_get_current:
 *
 * Returns: (transfer none) (nullable): on whose behalf this thread works just now
 */
ConfabdTrace *
confabd_trace_get_current (void)
{
  return g_private_get (&current);
}

/**
 * confabd_trace_enter:
 * @trace: (nullable): on whose behalf this thread works from now on; has to live until
 *   confabd_trace_leave()
 *
 * Returns: (transfer none) (nullable): for confabd_trace_leave()
 */
ConfabdTrace *
confabd_trace_enter (ConfabdTrace *trace)
{
  ConfabdTrace *previous = g_private_get (&current);

  g_private_set (&current, trace);
  return previous;
}

/**
 * confabd_trace_leave:
 * @previous: (nullable): what confabd_trace_enter() returned
 */
void
confabd_trace_leave (ConfabdTrace *previous)
{
  g_private_set (&current, previous);
}
