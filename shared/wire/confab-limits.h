/*
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

/* Limits of the wire, DESIGN "Limits". Characters are Unicode scalar values, bytes are octets. */
#define CONFAB_LIMIT_MESSAGE_BYTES     (64 * 1024)
#define CONFAB_LIMIT_BODY_BYTES        (1024 * 1024)
#define CONFAB_LIMIT_BRACKETS          1024
#define CONFAB_LIMIT_TITLE_CHARS       255
#define CONFAB_LIMIT_NAME_CHARS        64
#define CONFAB_LIMIT_EMAIL_CHARS       254
#define CONFAB_LIMIT_URL_CHARS         512
#define CONFAB_LIMIT_SDP_BYTES         (16 * 1024)
#define CONFAB_LIMIT_CANDIDATE_BYTES   1024
#define CONFAB_LIMIT_SAFETY_BYTES      128
#define CONFAB_LIMIT_CANDIDATES        64
#define CONFAB_LIMIT_PARTICIPANTS      100
#define CONFAB_LIMIT_MESH_PARTICIPANTS 6
