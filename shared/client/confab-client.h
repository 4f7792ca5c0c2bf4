/*
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "confab-call.h"

G_BEGIN_DECLS

#define CONFAB_TYPE_CLIENT (confab_client_get_type ())
CONFAB_AVAILABLE_IN_ALL
G_DECLARE_FINAL_TYPE (ConfabClient, confab_client, CONFAB, CLIENT, GObject)

/* One server. Who we are there is for ConfabSession. Every request has a deadline of 15 s. Errors
 * are CONFAB_ERROR or G_IO_ERROR_CANCELLED. */
CONFAB_AVAILABLE_IN_ALL
ConfabClient *confab_client_new (const char *server, GError **error);
CONFAB_AVAILABLE_IN_ALL
const char *confab_client_get_server (ConfabClient *self);
CONFAB_AVAILABLE_IN_ALL
void confab_client_describe_server_async (ConfabClient *self,
                                          GCancellable *cancellable,
                                          GAsyncReadyCallback callback,
                                          gpointer user_data);
CONFAB_AVAILABLE_IN_ALL
ConfabServerInfo *confab_client_describe_server_finish (ConfabClient *self,
                                                        GAsyncResult *result,
                                                        GError **error);
/* max_participants 0: the server's default */
CONFAB_AVAILABLE_IN_ALL
void confab_client_create_call_async (ConfabClient *self,
                                      const char *title,
                                      guint max_participants,
                                      ConfabRecordingPolicy recording_policy,
                                      GCancellable *cancellable,
                                      GAsyncReadyCallback callback,
                                      gpointer user_data);
CONFAB_AVAILABLE_IN_ALL
ConfabCall *confab_client_create_call_finish (ConfabClient *self,
                                              GAsyncResult *result,
                                              char **link,
                                              GError **error);
CONFAB_AVAILABLE_IN_ALL
void confab_client_get_call_async (ConfabClient *self,
                                   const char *call_id,
                                   GCancellable *cancellable,
                                   GAsyncReadyCallback callback,
                                   gpointer user_data);
CONFAB_AVAILABLE_IN_ALL
ConfabCall *confab_client_get_call_finish (ConfabClient *self,
                                           GAsyncResult *result,
                                           GError **error);
/* the caller's calls that are not over, newest first: (element-type ConfabCall) */
CONFAB_AVAILABLE_IN_ALL
void confab_client_get_ice_servers_async (ConfabClient *self,
                                          const char *call_id,
                                          GCancellable *cancellable,
                                          GAsyncReadyCallback callback,
                                          gpointer user_data);
CONFAB_AVAILABLE_IN_ALL
GPtrArray *confab_client_get_ice_servers_finish (ConfabClient *self,
                                                 GAsyncResult *result,
                                                 GError **error);
CONFAB_AVAILABLE_IN_ALL
void confab_client_list_calls_async (ConfabClient *self,
                                     GCancellable *cancellable,
                                     GAsyncReadyCallback callback,
                                     gpointer user_data);
CONFAB_AVAILABLE_IN_ALL
GPtrArray *confab_client_list_calls_finish (ConfabClient *self,
                                            GAsyncResult *result,
                                            GError **error);
/* code or secret as in ConfabJoinLink */
CONFAB_AVAILABLE_IN_ALL
void confab_client_change_call_async (ConfabClient *self,
                                      const char *call_id,
                                      ConfabRecordingPolicy recording_policy,
                                      GCancellable *cancellable,
                                      GAsyncReadyCallback callback,
                                      gpointer user_data);
CONFAB_AVAILABLE_IN_ALL
ConfabCall *confab_client_change_call_finish (ConfabClient *self,
                                              GAsyncResult *result,
                                              GError **error);
CONFAB_AVAILABLE_IN_ALL
void confab_client_join_call_async (ConfabClient *self,
                                    const char *code,
                                    const char *secret,
                                    GCancellable *cancellable,
                                    GAsyncReadyCallback callback,
                                    gpointer user_data);
CONFAB_AVAILABLE_IN_ALL
ConfabCall *confab_client_join_call_finish (ConfabClient *self,
                                            GAsyncResult *result,
                                            char **link,
                                            GError **error);
CONFAB_AVAILABLE_IN_ALL
void confab_client_end_call_async (ConfabClient *self,
                                   const char *call_id,
                                   GCancellable *cancellable,
                                   GAsyncReadyCallback callback,
                                   gpointer user_data);
CONFAB_AVAILABLE_IN_ALL
gboolean confab_client_end_call_finish (ConfabClient *self, GAsyncResult *result, GError **error);
/* how well everybody heard everybody, newest first: (element-type ConfabQualitySample) */
CONFAB_AVAILABLE_IN_ALL
void confab_client_list_quality_async (ConfabClient *self,
                                       const char *call_id,
                                       guint limit,
                                       const char *cursor,
                                       GCancellable *cancellable,
                                       GAsyncReadyCallback callback,
                                       gpointer user_data);
CONFAB_AVAILABLE_IN_ALL
GPtrArray *confab_client_list_quality_finish (ConfabClient *self,
                                              GAsyncResult *result,
                                              char **next_cursor,
                                              GError **error);
CONFAB_AVAILABLE_IN_ALL
void confab_client_get_ticket_async (ConfabClient *self,
                                     GCancellable *cancellable,
                                     GAsyncReadyCallback callback,
                                     gpointer user_data);
CONFAB_AVAILABLE_IN_ALL
char *confab_client_get_ticket_finish (ConfabClient *self, GAsyncResult *result, GError **error);

G_END_DECLS
