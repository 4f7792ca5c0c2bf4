/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confabd-api-quality"

#include "config.h"

#include "confab-error.h"
#include "confab-id.h"
#include "confab-time.h"
#include "confab-wire-model.h"
#include "confabd-api-quality.h"

#define DEFAULT_LIMIT 50
#define MAX_LIMIT     100

/*
 * /api/v1/calls/{id}/quality: how well people heard each other.
 */
struct _ConfabdApiQuality {
  GObject parent_instance;

  ConfabdQuality *quality; /* (owned) */
};

/* A request on its way through the store. */
typedef struct {
  ConfabdRequest *request; /* (owned) */
  guint limit;
} Pending;

G_DEFINE_FINAL_TYPE (ConfabdApiQuality, confabd_api_quality, G_TYPE_OBJECT)

static void
pending_free (Pending *pending)
{
  g_object_unref (pending->request);
  g_free (pending);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Pending, pending_free)

static char *
make_cursor (ConfabQualitySample *last)
{
  return g_strdup_printf (
      "%" G_GINT64_FORMAT ".%s.%s", confab_time_to_unix_us (confab_quality_sample_get_at (last)),
      confab_quality_sample_get_participant_id (last), confab_quality_sample_get_peer_id (last));
}

/* parts: what @cursor points into */
static gboolean
read_cursor (const char *text, char ***parts, ConfabdQualityCursor *cursor, GError **error)
{
  *parts = g_strsplit (text, ".", 4);
  if (g_strv_length (*parts) == 3 &&
      g_ascii_string_to_signed ((*parts)[0], 10, 0, G_MAXINT64, &cursor->at_us, NULL) &&
      confab_id_is_valid ((*parts)[1]) && confab_id_is_valid ((*parts)[2])) {
    cursor->participant_id = (*parts)[1];
    cursor->peer_id = (*parts)[2];
    return TRUE;
  }
  g_set_error_literal (error, CONFAB_ERROR, CONFAB_ERROR_BAD_REQUEST,
                       "“cursor” is none that a page ended with");
  return FALSE;
}

static gboolean
read_limit (const char *text, guint *limit, GError **error)
{
  guint64 value = DEFAULT_LIMIT;

  if (text == NULL || g_ascii_string_to_unsigned (text, 10, 1, MAX_LIMIT, &value, NULL)) {
    *limit = (guint) value;
    return TRUE;
  }
  g_set_error (error, CONFAB_ERROR, CONFAB_ERROR_BAD_REQUEST, "“limit” is not from 1 to %d",
               MAX_LIMIT);
  return FALSE;
}

static void
on_listed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Pending) pending = user_data;
  g_autoptr (ConfabMessage) body = confab_message_new (NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) samples =
      confabd_quality_list_finish (CONFABD_QUALITY (source), result, &error);
  g_autofree char *cursor = NULL;
  GPtrArray *items;

  if (samples == NULL) {
    confabd_request_fail (pending->request, error);
    return;
  }
  if (samples->len > pending->limit) {
    g_ptr_array_set_size (samples, (gint) pending->limit);
    cursor = make_cursor (samples->pdata[samples->len - 1]);
  }
  items = g_ptr_array_new_full (samples->len, (GDestroyNotify) confab_message_unref);
  for (guint i = 0; i < samples->len; i++)
    g_ptr_array_add (items, confab_quality_sample_to_message (samples->pdata[i]));
  confab_message_take_list (body, "items", items);
  confab_message_set_string (body, "next_cursor", cursor);
  confabd_request_reply (pending->request, SOUP_STATUS_OK, body);
}

static void
handle_list (ConfabdRequest *request, gpointer api)
{
  ConfabdApiQuality *self = CONFABD_API_QUALITY (api);
  g_autofree char *limit_text = confabd_request_dup_query (request, "limit");
  g_autofree char *cursor_text = confabd_request_dup_query (request, "cursor");
  g_auto (GStrv) parts = NULL;
  g_autoptr (GError) error = NULL;
  ConfabdQualityCursor cursor = { 0 };
  Pending *pending;
  guint limit = 0;

  if (!read_limit (limit_text, &limit, &error) ||
      (cursor_text != NULL && !read_cursor (cursor_text, &parts, &cursor, &error))) {
    confabd_request_fail (request, error);
    return;
  }
  pending = g_new0 (Pending, 1);
  pending->request = g_object_ref (request);
  pending->limit = limit;
  /* one more tells whether there is another page */
  confabd_quality_list_async (
      self->quality, confabd_request_get_user (request), confabd_request_get_argument (request, 0),
      cursor_text != NULL ? &cursor : NULL, limit + 1, NULL, on_listed, pending);
}

/* clang-format off */
static const ConfabdRoute routes[] = {
  { "GET", "/api/v1/calls/{id}/quality", CONFAB_PERMISSION_READ_CALLS, CONFABD_LIMIT_SIGNED_IN, handle_list },
};
/* clang-format on */

static void
confabd_api_quality_finalize (GObject *object)
{
  g_clear_object (&CONFABD_API_QUALITY (object)->quality);

  G_OBJECT_CLASS (confabd_api_quality_parent_class)->finalize (object);
}

static void
confabd_api_quality_class_init (ConfabdApiQualityClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = confabd_api_quality_finalize;
}

static void
confabd_api_quality_init (ConfabdApiQuality *self)
{
}

/**
 * confabd_api_quality_new:
 * @quality: who keeps the samples
 *
 * Returns: (transfer full): the group
 */
ConfabdApiQuality *
confabd_api_quality_new (ConfabdQuality *quality)
{
  ConfabdApiQuality *self = g_object_new (CONFABD_TYPE_API_QUALITY, NULL);

  self->quality = g_object_ref (quality);
  return self;
}

/**
 * confabd_api_quality_add_routes:
 * @self: the group
 * @router: a router
 */
void
confabd_api_quality_add_routes (ConfabdApiQuality *self, ConfabdRouter *router)
{
  confabd_router_add (router, routes, G_N_ELEMENTS (routes), G_OBJECT (self));
}
