/*
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <glib.h>

/* What copies of values need again and again. */

static inline GDateTime *
confab_time_ref_nullable (GDateTime *time)
{
  return time != NULL ? g_date_time_ref (time) : NULL;
}

static inline void
confab_time_replace (GDateTime **time_pointer, GDateTime *time)
{
  GDateTime *old = *time_pointer;

  *time_pointer = confab_time_ref_nullable (time);
  if (old != NULL)
    g_date_time_unref (old);
}

/* Copies share the texts that they do not change. */
static inline GRefString *
confab_text_new_nullable (const char *text)
{
  return text != NULL ? g_ref_string_new (text) : NULL;
}

static inline GRefString *
confab_text_ref_nullable (GRefString *text)
{
  return text != NULL ? g_ref_string_acquire (text) : NULL;
}

static inline void
confab_text_replace (GRefString **text_pointer, const char *text)
{
  GRefString *old = *text_pointer;

  *text_pointer = confab_text_new_nullable (text);
  if (old != NULL)
    g_ref_string_release (old);
}
