/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "confabd-audit.h"
#include "confabd-router.h"

G_BEGIN_DECLS

#define CONFABD_TYPE_API_AUDIT (confabd_api_audit_get_type ())
G_DECLARE_FINAL_TYPE (ConfabdApiAudit, confabd_api_audit, CONFABD, API_AUDIT, GObject)

ConfabdApiAudit *confabd_api_audit_new (ConfabdAudit *audit);
void confabd_api_audit_add_routes (ConfabdApiAudit *self, ConfabdRouter *router);

G_END_DECLS
