/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confab-ui-server-inquiry"

#include "config.h"

#include <glib/gi18n.h>

#include "confab-client.h"
#include "confab-error.h"
#include "confab-ui-error.h"
#include "confab-ui-server-inquiry.h"
#include "confab-ui-servers.h"

/**
 * ConfabUiServerInquiry:
 *
 * Asks the server whose address stands in the sign-in page what it offers, and has the page show no
 * more than that. Only whole addresses are asked: what is half typed may be somebody else's.
 */
struct _ConfabUiServerInquiry {
  GObject parent_instance;

  ConfabUiSignInPage *page; /* (owned) */
  ConfabClient *client;     /* (owned) (nullable) of the server that was asked last */
  GCancellable *asking;     /* (owned) (nullable) set until it has answered */
  ConfabServerInfo *info;   /* (owned) (nullable) its answer */
};

G_DEFINE_FINAL_TYPE (ConfabUiServerInquiry, confab_ui_server_inquiry, G_TYPE_OBJECT)

/* What is there and talks, but not as a Confab server does, is none. */
static const char *
describe (const GError *error)
{
  if (g_error_matches (error, CONFAB_ERROR, CONFAB_ERROR_UNREACHABLE) ||
      g_error_matches (error, CONFAB_ERROR, CONFAB_ERROR_TIMED_OUT) ||
      g_error_matches (error, CONFAB_ERROR, CONFAB_ERROR_TOO_MANY) ||
      g_error_matches (error, CONFAB_ERROR, CONFAB_ERROR_RESTARTING))
    return confab_ui_error_to_sentence (error);
  return _ ("There is no Confab server at this address.");
}

/* Returns: (transfer full) (nullable): of the server whose address stands there now; NULL: none
 * does */
static ConfabClient *
make_client (ConfabUiServerInquiry *self)
{
  ConfabUiSignInForm form;
  g_autofree char *address = NULL;

  confab_ui_sign_in_page_get_form (self->page, &form);
  address = confab_ui_servers_complete_address (form.server);
  return confab_client_new (address, NULL);
}

static gboolean
is_asked (ConfabUiServerInquiry *self, ConfabClient *client)
{
  return self->client != NULL && client != NULL &&
         g_str_equal (confab_client_get_server (client), confab_client_get_server (self->client));
}

static void
on_described (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (ConfabUiServerInquiry) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (ConfabServerInfo) info =
      confab_client_describe_server_finish (CONFAB_CLIENT (source), result, &error);
  g_autoptr (ConfabClient) client = NULL;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  g_clear_object (&self->asking);
  self->info = g_steal_pointer (&info);
  client = make_client (self);
  if (is_asked (self, client)) /* somebody may be typing another address by now */
    confab_ui_sign_in_page_set_offer (self->page, self->info,
                                      self->info == NULL ? describe (error) : NULL);
  if (self->info == NULL)
    g_clear_object (&self->client); /* it may be there the next time */
}

static void
confab_ui_server_inquiry_dispose (GObject *object)
{
  ConfabUiServerInquiry *self = CONFAB_UI_SERVER_INQUIRY (object);

  confab_ui_server_inquiry_stop (self);
  g_clear_object (&self->page);
  G_OBJECT_CLASS (confab_ui_server_inquiry_parent_class)->dispose (object);
}

static void
confab_ui_server_inquiry_class_init (ConfabUiServerInquiryClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = confab_ui_server_inquiry_dispose;
}

static void
confab_ui_server_inquiry_init (ConfabUiServerInquiry *self)
{
}

/**
 * confab_ui_server_inquiry_new:
 * @page: (transfer none): where the address stands and the answer is shown
 *
 * Returns: (transfer full): an inquiry that has asked nobody yet
 */
ConfabUiServerInquiry *
confab_ui_server_inquiry_new (ConfabUiSignInPage *page)
{
  ConfabUiServerInquiry *self = NULL;

  g_return_val_if_fail (CONFAB_UI_IS_SIGN_IN_PAGE (page), NULL);

  self = g_object_new (CONFAB_UI_TYPE_SERVER_INQUIRY, NULL);
  self->page = g_object_ref (page);
  return self;
}

/**
 * confab_ui_server_inquiry_ask:
 * @self: the inquiry
 *
 * Asks, unless it is the server that was asked last. What is no address is left alone.
 */
void
confab_ui_server_inquiry_ask (ConfabUiServerInquiry *self)
{
  g_autoptr (ConfabClient) client = NULL;

  g_return_if_fail (CONFAB_UI_IS_SERVER_INQUIRY (self));

  client = make_client (self);
  if (is_asked (self, client)) {
    if (self->info != NULL)
      confab_ui_sign_in_page_set_offer (self->page, self->info, NULL);
    return;
  }
  confab_ui_server_inquiry_stop (self);
  if (client == NULL)
    return;
  self->client = g_steal_pointer (&client);
  self->asking = g_cancellable_new ();
  confab_client_describe_server_async (self->client, self->asking, on_described,
                                       g_object_ref (self));
}

/**
 * confab_ui_server_inquiry_stop:
 * @self: the inquiry
 *
 * Gives up on what is being asked, and forgets who was.
 */
void
confab_ui_server_inquiry_stop (ConfabUiServerInquiry *self)
{
  g_return_if_fail (CONFAB_UI_IS_SERVER_INQUIRY (self));

  g_cancellable_cancel (self->asking);
  g_clear_object (&self->asking);
  g_clear_object (&self->client);
  g_clear_pointer (&self->info, confab_server_info_unref);
}
