/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include <dlfcn.h>
#include <execinfo.h>

#include "confabd-stack.h"

/*
 * Who called whom: as it is now, and as a process that crashed left it behind. Names are those that
 * the dynamic linker knows; an address with its module is what a server with symbols needs.
 */

static void
frame_free (ConfabdFrame *frame)
{
  g_free (frame->function);
  g_free (frame->module);
  g_free (frame->address);
  g_free (frame);
}

static ConfabdFrame *
describe (void *address)
{
  ConfabdFrame *frame = g_new0 (ConfabdFrame, 1);
  Dl_info info = { 0 };

  frame->address = g_strdup_printf ("%p", address);
  if (dladdr (address, &info) != 0) {
    frame->function = g_strdup (info.dli_sname);
    frame->module = g_strdup (info.dli_fname);
  }
  return frame;
}

/**
 * confabd_stack_capture:
 * @n_skipped: how many of the innermost calls say nothing, this function not counted
 *
 * Returns: (transfer full) (element-type ConfabdFrame): the calls of this thread, the innermost
 *   first
 */
GPtrArray *
confabd_stack_capture (guint n_skipped)
{
  void *addresses[CONFABD_STACK_MAX_FRAMES];
  int n = backtrace (addresses, CONFABD_STACK_MAX_FRAMES);
  GPtrArray *frames = g_ptr_array_new_with_free_func ((GDestroyNotify) frame_free);

  for (int i = 1 + (int) n_skipped; i < n; i++)
    g_ptr_array_add (frames, describe (addresses[i]));
  return frames;
}

/* "/usr/bin/confabd(main+0x1f) [0x5581]", "/usr/bin/confabd(+0x1f) [0x5581]" */
static ConfabdFrame *
parse_line (GMatchInfo *match)
{
  ConfabdFrame *frame = g_new0 (ConfabdFrame, 1);
  g_autofree char *function = g_match_info_fetch (match, 2);

  frame->module = g_match_info_fetch (match, 1);
  frame->function = *function != '\0' ? g_steal_pointer (&function) : NULL;
  frame->address = g_match_info_fetch (match, 3);
  return frame;
}

/**
 * confabd_stack_parse:
 * @lines: as backtrace_symbols_fd() writes them; others are passed over
 *
 * Returns: (transfer full) (element-type ConfabdFrame): the calls, the innermost first
 */
GPtrArray *
confabd_stack_parse (const char *lines)
{
  GPtrArray *frames = g_ptr_array_new_with_free_func ((GDestroyNotify) frame_free);
  g_autoptr (GRegex) regex =
      g_regex_new ("^([^\\s(]+)\\(([^\\s+)]*)[^\\s)]*\\) ?\\[(0x[0-9a-f]{1,16})\\]$",
                   G_REGEX_MULTILINE, 0, NULL);
  g_autoptr (GMatchInfo) match = NULL;

  g_regex_match (regex, lines, 0, &match);
  while (g_match_info_matches (match) && frames->len < CONFABD_STACK_MAX_FRAMES) {
    g_ptr_array_add (frames, parse_line (match));
    g_match_info_next (match, NULL);
  }
  return frames;
}
