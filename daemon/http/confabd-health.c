/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confabd-health"

#include "config.h"

#include "confabd-health.h"

#define MIN_FREE_BYTES (32 * 1024 * 1024) /* a log of SQLite and some hours of calls */
#define MAX_OVERDUE_US (15 * G_TIME_SPAN_MINUTE)

/*
 * For whoever watches over the daemon: does it run, can it work?
 */

struct _ConfabdHealth {
  GObject parent_instance;

  ConfabdStore *store; /* (owned) */
  ConfabdJobs *jobs;   /* (owned) */
};

G_DEFINE_FINAL_TYPE (ConfabdHealth, confabd_health, G_TYPE_OBJECT)

static const char *
verdict (gboolean is_well)
{
  return is_well ? "ok" : "failed";
}

static void
handle_live (ConfabdRequest *request, gpointer api)
{
  g_autoptr (ConfabMessage) body = confab_message_new (NULL);

  confab_message_set_string (body, "status", verdict (TRUE));
  confabd_request_reply (request, SOUP_STATUS_OK, body);
}

/* What is looked at, one after the other. */
typedef struct {
  ConfabdRequest *request; /* (owned) */
  ConfabdHealth *health;   /* (owned) */
  ConfabMessage *checks;   /* (owned) a word each: for everybody */
  ConfabMessage *details;  /* (owned) a sentence each: for a program of this machine */
  gboolean is_ready;
} Look;

static void
look_free (Look *self)
{
  g_object_unref (self->request);
  g_object_unref (self->health);
  confab_message_unref (self->checks);
  confab_message_unref (self->details);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Look, look_free)

static void G_GNUC_PRINTF (4, 5)
    note (Look *self, const char *name, gboolean is_well, const char *format, ...)
{
  g_autofree char *sentence = NULL;
  va_list arguments;

  va_start (arguments, format);
  sentence = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  confab_message_set_string (self->checks, name, verdict (is_well));
  confab_message_set_string (self->details, name, sentence);
}

/* Directly, not by a proxy that hands on what strangers ask. */
static gboolean
may_see_details (ConfabdRequest *request)
{
  g_autofree char *address = confabd_request_dup_address_key (request);

  return (g_str_has_prefix (address, "127.") || g_str_has_prefix (address, "::1")) &&
         confabd_request_get_header (request, "X-Forwarded-For") == NULL &&
         confabd_request_get_header (request, "Forwarded") == NULL &&
         confabd_request_get_header (request, "Via") == NULL;
}

static void
reply (Look *self)
{
  g_autoptr (ConfabMessage) body = confab_message_new (NULL);

  confab_message_set_string (body, "status", verdict (self->is_ready));
  confab_message_take_object (body, "checks", confab_message_ref (self->checks));
  if (may_see_details (self->request))
    confab_message_take_object (body, "details", confab_message_ref (self->details));
  confabd_request_reply (self->request,
                         self->is_ready ? SOUP_STATUS_OK : SOUP_STATUS_SERVICE_UNAVAILABLE, body);
}

/* A daemon with letters that did not go can work; who watches it wants to know. */
static void
on_jobs_looked (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Look) self = user_data;
  g_autoptr (GError) error = NULL;
  ConfabdJobFigures figures = { 0 };

  if (!confabd_jobs_look_finish (CONFABD_JOBS (source), result, &figures, &error)) {
    note (self, "jobs", FALSE, "Nobody knows what there is to do: the database does not answer");
  } else {
    note (self, "jobs", figures.n_dead == 0 && figures.overdue_us < MAX_OVERDUE_US,
          "%u jobs wait, %u run, %u are dead", figures.n_waiting, figures.n_running,
          figures.n_dead);
  }
  reply (self);
}

static void
look_at_jobs (Look *self)
{
  confabd_jobs_look_async (self->health->jobs, NULL, on_jobs_looked, self);
}

static void
on_space_known (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Look *self = user_data;
  g_autoptr (GFileInfo) info = g_file_query_filesystem_info_finish (G_FILE (source), result, NULL);
  guint64 free_bytes =
      info != NULL ? g_file_info_get_attribute_uint64 (info, G_FILE_ATTRIBUTE_FILESYSTEM_FREE) : 0;
  gboolean is_well = free_bytes >= MIN_FREE_BYTES;

  note (self, "space", is_well, "%" G_GUINT64_FORMAT " MiB are free where the database is",
        free_bytes / 1024 / 1024);
  self->is_ready = self->is_ready && is_well;
  look_at_jobs (self);
}

static void
on_checked (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Look *self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GFile) folder = NULL;
  const char *path = confabd_store_get_folder (CONFABD_STORE (source));
  gboolean is_ours = FALSE;
  gboolean answers = confabd_store_check_finish (CONFABD_STORE (source), result, &is_ours, &error);

  if (error != NULL)
    g_message ("The database does not answer: %s", error->message);
  note (self, "database", answers, answers ? "It answers" : "It does not answer");
  note (self, "schema", is_ours,
        is_ours ? "It is the one that this confabd needs"
                : "It is another one than this confabd needs");
  self->is_ready = answers && is_ours;
  if (path == NULL) {
    look_at_jobs (self);
    return;
  }
  folder = g_file_new_for_path (path);
  g_file_query_filesystem_info_async (folder, G_FILE_ATTRIBUTE_FILESYSTEM_FREE, G_PRIORITY_DEFAULT,
                                      NULL, on_space_known, self);
}

static void
handle_ready (ConfabdRequest *request, gpointer api)
{
  Look *look = g_new0 (Look, 1);

  look->request = g_object_ref (request);
  look->health = g_object_ref (CONFABD_HEALTH (api));
  look->checks = confab_message_new (NULL);
  look->details = confab_message_new (NULL);
  confabd_store_check_async (look->health->store, NULL, on_checked, look);
}

/* clang-format off */
static const ConfabdRoute routes[] = {
  { "GET", "/health/live",  CONFAB_PERMISSION_PUBLIC, CONFABD_LIMIT_NONE, handle_live },
  { "GET", "/health/ready", CONFAB_PERMISSION_PUBLIC, CONFABD_LIMIT_NONE, handle_ready },
};
/* clang-format on */

static void
confabd_health_finalize (GObject *object)
{
  g_clear_object (&CONFABD_HEALTH (object)->store);
  g_clear_object (&CONFABD_HEALTH (object)->jobs);

  G_OBJECT_CLASS (confabd_health_parent_class)->finalize (object);
}

static void
confabd_health_class_init (ConfabdHealthClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = confabd_health_finalize;
}

static void
confabd_health_init (ConfabdHealth *self)
{
}

/**
 * confabd_health_new:
 * @store: what has to be well
 * @jobs: what should be
 *
 * Returns: (transfer full): who tells
 */
ConfabdHealth *
confabd_health_new (ConfabdStore *store, ConfabdJobs *jobs)
{
  ConfabdHealth *self = g_object_new (CONFABD_TYPE_HEALTH, NULL);

  self->store = g_object_ref (store);
  self->jobs = g_object_ref (jobs);
  return self;
}

/**
 * confabd_health_add_routes:
 * @self: who tells
 * @router: a router
 */
void
confabd_health_add_routes (ConfabdHealth *self, ConfabdRouter *router)
{
  confabd_router_add (router, routes, G_N_ELEMENTS (routes), G_OBJECT (self));
}
