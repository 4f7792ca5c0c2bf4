/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* By what a proxy says whom it speaks for. Only one of them is believed: a proxy that sets one
 * hands on whatever a stranger wrote into the others. */
typedef enum {
  CONFABD_PROXY_X_FORWARDED_FOR,
  CONFABD_PROXY_FORWARDED, /* RFC 7239 */
  CONFABD_PROXY_PROTOCOL,  /* version 2, before the first byte of HTTP */
} ConfabdProxySource;

#define CONFABD_TYPE_PROXIES (confabd_proxies_get_type ())
G_DECLARE_FINAL_TYPE (ConfabdProxies, confabd_proxies, CONFABD, PROXIES, GObject)

ConfabdProxies *confabd_proxies_new (GPtrArray *networks, ConfabdProxySource source);
ConfabdProxySource confabd_proxies_get_source (ConfabdProxies *self);
gboolean confabd_proxies_is_trusted (ConfabdProxies *self, GInetAddress *address);
GInetAddress *confabd_proxies_find_client (ConfabdProxies *self,
                                           GInetAddress *peer,
                                           const char *field);

G_END_DECLS
