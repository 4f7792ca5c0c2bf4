/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confabd-guest-page"

#include "config.h"

#include "confab-id.h"
#include "confabd-guest-page.h"
#include "confabd-static-files.h"

#define FOLDER  "/app/confab/guest/"
#define INDEX   "index.html"
#define ACCOUNT "account.html"

/*
 * The pages for people with nothing but a browser and a link, of a call or out of a letter, and the
 * files they are made of.
 */
struct _ConfabdGuestPage {
  GObject parent_instance;

  ConfabdStaticFiles *files; /* (owned) */
};

G_DEFINE_FINAL_TYPE (ConfabdGuestPage, confabd_guest_page, G_TYPE_OBJECT)

static void
handle_file (ConfabdRequest *request, gpointer api)
{
  confabd_static_files_serve (CONFABD_GUEST_PAGE (api)->files,
                              confabd_request_get_argument (request, 0), request);
}

static gboolean
looks_like_link (const char *text)
{
  g_autofree char *code = confab_code_normalize (text);

  return code != NULL || confab_id_is_valid (text);
}

static void
reply_page (ConfabdGuestPage *self, ConfabdRequest *request, guint status, const char *name)
{
  const char *type = NULL;
  GBytes *page = confabd_static_files_look_up (self->files, name, &type);

  if (page == NULL)
    confabd_request_fail_status (request, SOUP_STATUS_NOT_FOUND, "not-found",
                                 "This server has no page for browsers");
  else
    confabd_request_reply_bytes (request, status, type, page);
}

/* Whether there is such a call the page asks by itself, limited as everybody who guesses. Of what
 * cannot be a link at all it says the same, in the visitor's language. */
static void
handle_page (ConfabdRequest *request, gpointer api)
{
  gboolean is_link = looks_like_link (confabd_request_get_argument (request, 0));

  reply_page (CONFABD_GUEST_PAGE (api), request, is_link ? SOUP_STATUS_OK : SOUP_STATUS_NOT_FOUND,
              INDEX);
}

/* What a letter is for and its token are in the fragment of its link, which browsers keep. */
static void
handle_account (ConfabdRequest *request, gpointer api)
{
  reply_page (CONFABD_GUEST_PAGE (api), request, SOUP_STATUS_OK, ACCOUNT);
}

/* clang-format off */
static const ConfabdRoute routes[] = {
  { "GET", "/j/{code}",     CONFAB_PERMISSION_PUBLIC, CONFABD_LIMIT_NONE, handle_page },
  { "GET", "/account",      CONFAB_PERMISSION_PUBLIC, CONFABD_LIMIT_NONE, handle_account },
  { "GET", "/guest/{file}", CONFAB_PERMISSION_PUBLIC, CONFABD_LIMIT_NONE, handle_file },
};
/* clang-format on */

static void
confabd_guest_page_finalize (GObject *object)
{
  g_clear_object (&CONFABD_GUEST_PAGE (object)->files);

  G_OBJECT_CLASS (confabd_guest_page_parent_class)->finalize (object);
}

static void
confabd_guest_page_class_init (ConfabdGuestPageClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = confabd_guest_page_finalize;
}

static void
confabd_guest_page_init (ConfabdGuestPage *self)
{
}

/**
 * confabd_guest_page_new:
 * @resource: has the files below /app/confab/guest, index.html and account.html among them
 *
 * Returns: (transfer full): the page
 */
ConfabdGuestPage *
confabd_guest_page_new (GResource *resource)
{
  ConfabdGuestPage *self = g_object_new (CONFABD_TYPE_GUEST_PAGE, NULL);

  self->files = confabd_static_files_new (resource, FOLDER);
  return self;
}

/**
 * confabd_guest_page_add_routes:
 * @self: the page
 * @router: a router
 */
void
confabd_guest_page_add_routes (ConfabdGuestPage *self, ConfabdRouter *router)
{
  confabd_router_add (router, routes, G_N_ELEMENTS (routes), G_OBJECT (self));
}
