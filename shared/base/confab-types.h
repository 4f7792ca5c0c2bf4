/*
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <gio/gio.h>

#include "confab-version-macros.h"

G_BEGIN_DECLS

typedef struct _ConfabClock ConfabClock;

typedef struct _ConfabUser ConfabUser;
typedef struct _ConfabProfile ConfabProfile;
typedef struct _ConfabCall ConfabCall;
typedef struct _ConfabParticipant ConfabParticipant;
typedef struct _ConfabInvite ConfabInvite;
typedef struct _ConfabJoinLink ConfabJoinLink;
typedef struct _ConfabSignal ConfabSignal;
typedef struct _ConfabIceServer ConfabIceServer;
typedef struct _ConfabQualitySample ConfabQualitySample;
typedef struct _ConfabServerInfo ConfabServerInfo;
typedef struct _ConfabSessionInfo ConfabSessionInfo;

typedef struct _ConfabMessage ConfabMessage;

typedef struct _ConfabClient ConfabClient;
typedef struct _ConfabSession ConfabSession;
typedef struct _ConfabVault ConfabVault;
typedef struct _ConfabSignaling ConfabSignaling;
typedef struct _ConfabLiveCall ConfabLiveCall;
typedef struct _ConfabLiveParticipant ConfabLiveParticipant;

G_END_DECLS
