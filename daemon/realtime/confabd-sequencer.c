/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confabd-sequencer"

#include "config.h"

#include "confab-wire-model.h"
#include "confabd-envelope.h"
#include "confabd-public-error.h"
#include "confabd-sequencer.h"

/**
 * confabd_sequencer_send:
 * @self: of a session that is not closing
 * @from: (nullable): participant id of the sender, for a relayed message
 * @body: the message without its opening brace, see confabd_envelope_dup_body(); shared by all
 * receivers
 *
 * Sends the next message.
 */
void
confabd_sequencer_send (ConfabdSequencer *self, const char *from, GBytes *body)
{
  char head[CONFABD_ENVELOPE_HEAD_SIZE];
  gsize length = confabd_envelope_write_head (head, ++self->last_seq, from);

  confabd_transport_send (self->transport, head, length, body);
}

/**
 * confabd_sequencer_send_message:
 * @self: of a session that is not closing
 * @message: a message of ours
 *
 * Sends it as the next one.
 */
void
confabd_sequencer_send_message (ConfabdSequencer *self, ConfabMessage *message)
{
  g_autoptr (GBytes) body = confabd_envelope_encode_body (message);

  confabd_sequencer_send (self, NULL, body);
}

/**
 * confabd_sequencer_send_error:
 * @self: of a session that is not closing
 * @error: what is wrong
 * @about: (nullable): the kind of message it was wrong in
 *
 * Sends what a stranger may read of @error; trouble of the server is logged.
 */
void
confabd_sequencer_send_error (ConfabdSequencer *self, const GError *error, const char *about)
{
  g_autoptr (GError) public_error =
      g_error_new_literal (CONFAB_ERROR, (int) confabd_error_get_public_code (error),
                           confabd_error_get_public_text (error));
  g_autoptr (ConfabMessage) message = confab_error_to_message (public_error, about);

  if (confabd_error_is_internal (error))
    g_warning ("“%s” failed: %s", about != NULL ? about : "session", error->message);
  confabd_sequencer_send_message (self, message);
}
