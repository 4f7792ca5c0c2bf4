/*
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#define G_LOG_DOMAIN "confab-safe"

#include "config.h"

#include "confab-safe-private.h"
#include "confab-secret-private.h"

struct _ConfabSafe {
  GHashTable *secrets; /* (element-type utf8 utf8) (owned) by server and login */
};

/* Neither of the two has a line break. */
static char *
make_key (const char *server, const char *login)
{
  return g_strconcat (server, "\n", login, NULL);
}

ConfabSafe *
confab_safe_new (void)
{
  ConfabSafe *self = g_new0 (ConfabSafe, 1);

  self->secrets =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) confab_secret_free);
  return self;
}

void
confab_safe_free (ConfabSafe *self)
{
  g_hash_table_unref (self->secrets);
  g_free (self);
}

/* A secret of NULL is forgotten. */
void
confab_safe_put (ConfabSafe *self, const char *server, const char *login, const char *secret)
{
  g_autofree char *key = make_key (server, login);

  if (secret == NULL)
    g_hash_table_remove (self->secrets, key);
  else
    g_hash_table_replace (self->secrets, g_steal_pointer (&key), g_strdup (secret));
}

/* Returns: (transfer full) (nullable) */
char *
confab_safe_dup (ConfabSafe *self, const char *server, const char *login)
{
  g_autofree char *key = make_key (server, login);

  return g_strdup (g_hash_table_lookup (self->secrets, key));
}
