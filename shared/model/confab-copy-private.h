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
