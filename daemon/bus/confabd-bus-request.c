/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confabd-bus"

#include "config.h"

#include "confab-error.h"
#include "confab-join-link.h"
#include "confab-time.h"
#include "confabd-bus-request-private.h"

/**
 * confabd_bus_request_free:
 * @self: (transfer full): a request, answered
 *
 * Lets the application go.
 */
void
confabd_bus_request_free (ConfabdBusRequest *self)
{
  g_assert (self->invocation == NULL);

  g_application_release (self->application);
  g_object_unref (self->application);
  g_object_unref (self->skeleton);
  g_object_unref (self->calls);
  g_object_unref (self->cancellable);
  g_free (self->user_name);
  g_free (self->link_base);
  g_clear_pointer (&self->grant, confabd_grant_free);
  g_free (self->text);
  g_free (self);
}

/**
 * confabd_bus_request_fail:
 * @error: of %CONFAB_ERROR, which has names on the bus, or of GIO
 *
 * Answers with an error.
 */
void
confabd_bus_request_fail (ConfabdBusRequest *self, const GError *error)
{
  g_dbus_method_invocation_return_gerror (g_steal_pointer (&self->invocation), error);
}

/* The name that the system has for whoever runs this. */
static const char *
get_local_name (void)
{
  const char *real_name = g_get_real_name ();

  return g_str_equal (real_name, "Unknown") ? g_get_user_name () : real_name;
}

static void
on_identified (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (ConfabdBusRequest) self = user_data;
  g_autoptr (GError) error = NULL;
  ConfabdBusStep step = self->step;

  self->grant = confabd_accounts_local_user_finish (CONFABD_ACCOUNTS (object), result, &error);
  if (self->grant == NULL) {
    confabd_bus_request_fail (self, error);
    return;
  }
  step (g_steal_pointer (&self));
}

/**
 * confabd_bus_request_identify:
 * @self: (transfer full): a request
 *
 * Finds the user at the desktop and goes on with the step of the request. The session bus lets
 * nobody else in.
 */
void
confabd_bus_request_identify (ConfabdBusRequest *self, ConfabdAccounts *accounts)
{
  const char *name = self->user_name != NULL ? self->user_name : get_local_name ();

  confabd_accounts_local_user_async (accounts, name, self->cancellable, on_identified, self);
}

/**
 * confabd_bus_request_get_token:
 * @self: (transfer full): a request
 */
void
confabd_bus_request_get_token (ConfabdBusRequest *self)
{
  confabd_bus_daemon_complete_get_token (self->skeleton, g_steal_pointer (&self->invocation),
                                         self->grant->token);
  confabd_bus_request_free (self);
}

/**
 * confabd_bus_request_read_options:
 * @options: of CreateCall
 *
 * Returns: whether those that are known have their type
 */
gboolean
confabd_bus_request_read_options (ConfabdBusRequest *self, GVariant *options, GError **error)
{
  g_autoptr (GVariant) title = g_variant_lookup_value (options, "title", NULL);
  g_autoptr (GVariant) size = g_variant_lookup_value (options, "max-participants", NULL);

  if ((title != NULL && !g_variant_is_of_type (title, G_VARIANT_TYPE_STRING)) ||
      (size != NULL && !g_variant_is_of_type (size, G_VARIANT_TYPE_UINT32))) {
    g_set_error_literal (error, CONFAB_ERROR, CONFAB_ERROR_BAD_REQUEST,
                         "“title” is a string, “max-participants” a number without sign");
    return FALSE;
  }
  self->text = title != NULL ? g_variant_dup_string (title, NULL) : NULL;
  self->max_participants = size != NULL ? g_variant_get_uint32 (size) : 0;
  if (size != NULL && self->max_participants == 0) {
    g_set_error_literal (error, CONFAB_ERROR, CONFAB_ERROR_BAD_REQUEST,
                         "A call for nobody is none");
    return FALSE;
  }
  return TRUE;
}

static ConfabdPrincipal *
dup_principal (ConfabdBusRequest *self)
{
  g_autoptr (ConfabdPrincipal) principal = confabd_principal_new (
      CONFABD_PRINCIPAL_LOCAL, self->grant->user, self->grant->session_id, NULL);

  return confabd_principal_with_address (principal, "session bus");
}

static void
on_created (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (ConfabdBusRequest) self = user_data;
  g_autoptr (ConfabCall) call = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *link = NULL;

  call = confabd_calls_create_finish (CONFABD_CALLS (object), result, NULL, NULL, &error);
  if (call == NULL) {
    confabd_bus_request_fail (self, error);
    return;
  }
  link = confab_join_link_build (self->link_base, confab_call_get_code (call));
  confabd_bus_daemon_complete_create_call (self->skeleton, g_steal_pointer (&self->invocation),
                                           link);
}

/**
 * confabd_bus_request_create_call:
 * @self: (transfer full): a request with a title and a size
 */
void
confabd_bus_request_create_call (ConfabdBusRequest *self)
{
  g_autoptr (ConfabdPrincipal) principal = dup_principal (self);

  confabd_calls_create_async (self->calls, principal, self->text, self->max_participants,
                              CONFAB_RECORDING_HOST, self->cancellable, on_created, self);
}

static GVariant *
describe_call (ConfabdBusRequest *self, ConfabCall *call)
{
  g_autofree char *link = confab_join_link_build (self->link_base, confab_call_get_code (call));
  g_autofree char *created_at = confab_time_format (confab_call_get_created_at (call));
  const char *state = confab_call_state_to_string (confab_call_get_state (call));
  GVariantDict dict;

  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "id", "s", confab_call_get_id (call));
  g_variant_dict_insert (&dict, "code", "s", confab_call_get_code (call));
  g_variant_dict_insert (&dict, "link", "s", link);
  g_variant_dict_insert (&dict, "state", "s", state);
  g_variant_dict_insert (&dict, "created-at", "s", created_at);
  g_variant_dict_insert (&dict, "max-participants", "u", confab_call_get_max_participants (call));
  if (confab_call_get_title (call) != NULL) {
    g_variant_dict_insert (&dict, "title", "s", confab_call_get_title (call));
  }
  return g_variant_dict_end (&dict);
}

static void
on_listed (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (ConfabdBusRequest) self = user_data;
  g_autoptr (GPtrArray) calls = NULL;
  g_autoptr (GError) error = NULL;
  GVariantBuilder builder = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("aa{sv}"));

  calls = confabd_calls_list_finish (CONFABD_CALLS (object), result, &error);
  if (calls == NULL) {
    g_variant_builder_clear (&builder);
    confabd_bus_request_fail (self, error);
    return;
  }
  for (guint i = 0; i < calls->len; i++) {
    g_variant_builder_add_value (&builder, describe_call (self, g_ptr_array_index (calls, i)));
  }
  confabd_bus_daemon_complete_list_calls (self->skeleton, g_steal_pointer (&self->invocation),
                                          g_variant_builder_end (&builder));
}

/**
 * confabd_bus_request_list_calls:
 * @self: (transfer full): a request
 */
void
confabd_bus_request_list_calls (ConfabdBusRequest *self)
{
  confabd_calls_list_async (self->calls, self->grant->user, self->cancellable, on_listed, self);
}

static void
on_ended (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (ConfabdBusRequest) self = user_data;
  g_autoptr (ConfabCall) call = NULL;
  g_autoptr (GError) error = NULL;

  call = confabd_calls_end_finish (CONFABD_CALLS (object), result, &error);
  if (call == NULL) {
    confabd_bus_request_fail (self, error);
    return;
  }
  confabd_bus_daemon_complete_end_call (self->skeleton, g_steal_pointer (&self->invocation));
}

/**
 * confabd_bus_request_end_call:
 * @self: (transfer full): a request with the id of a call
 */
void
confabd_bus_request_end_call (ConfabdBusRequest *self)
{
  g_autoptr (ConfabdPrincipal) principal = dup_principal (self);

  confabd_calls_end_async (self->calls, principal, self->text, "ended-by-host", self->cancellable,
                           on_ended, self);
}
