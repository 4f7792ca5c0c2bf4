/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "confabctl"

#include "config.h"

#include "confab-error.h"
#include "confabd-ctl-finding.h"

/* confabctl doctor: the usual mistakes of a set-up, and what to do about them. */

static void (*const checks[]) (ConfabdCtl *ctl, GPtrArray *findings) = {
  confabd_ctl_check_database,  confabd_ctl_check_key,    confabd_ctl_check_space,
  confabd_ctl_check_clock,     confabd_ctl_check_daemon, confabd_ctl_check_addresses,
  confabd_ctl_check_proxies,   confabd_ctl_check_turn,   confabd_ctl_check_mail,
  confabd_ctl_check_passwords,
};

static const char *const verdicts[] = {
  [CONFABD_VERDICT_GOOD] = "good",
  [CONFABD_VERDICT_DOUBTFUL] = "doubtful",
  [CONFABD_VERDICT_BAD] = "bad",
};

static void
finding_free (ConfabdFinding *finding)
{
  g_free (finding->sentence);
  g_free (finding);
}

/**
 * confabd_ctl_findings_new:
 *
 * Returns: (transfer full) (element-type ConfabdFinding): none yet
 */
GPtrArray *
confabd_ctl_findings_new (void)
{
  return g_ptr_array_new_with_free_func ((GDestroyNotify) finding_free);
}

/**
 * confabd_ctl_findings_add:
 * @subject: static: what was looked at
 * @advice: (nullable): static: what to do
 * @format: what is, in a sentence
 */
void
confabd_ctl_findings_add (GPtrArray *findings,
                          ConfabdVerdict verdict,
                          const char *subject,
                          const char *advice,
                          const char *format,
                          ...)
{
  ConfabdFinding *finding = g_new0 (ConfabdFinding, 1);
  va_list arguments;

  va_start (arguments, format);
  finding->sentence = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  finding->verdict = verdict;
  finding->subject = subject;
  finding->advice = advice;
  g_ptr_array_add (findings, finding);
}

static void
print_finding (gpointer data, gpointer user_data)
{
  const ConfabdFinding *finding = data;

  g_print ("%-8s  %-9s %s\n", verdicts[finding->verdict], finding->subject, finding->sentence);
  if (finding->advice != NULL) {
    g_print ("%20s→ %s\n", "", finding->advice);
  }
}

static void
print_json (GPtrArray *findings)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();

  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "findings");
  json_builder_begin_array (builder);
  for (guint i = 0; i < findings->len; i++) {
    const ConfabdFinding *finding = g_ptr_array_index (findings, i);

    json_builder_begin_object (builder);
    confabd_ctl_add_string (builder, "verdict", verdicts[finding->verdict]);
    confabd_ctl_add_string (builder, "subject", finding->subject);
    confabd_ctl_add_string (builder, "what", finding->sentence);
    confabd_ctl_add_string (builder, "advice", finding->advice);
    json_builder_end_object (builder);
  }
  json_builder_end_array (builder);
  json_builder_end_object (builder);
  confabd_ctl_print_json (builder);
}

static guint
count_bad (GPtrArray *findings)
{
  guint n = 0;

  for (guint i = 0; i < findings->len; i++) {
    n += ((const ConfabdFinding *) g_ptr_array_index (findings, i))->verdict == CONFABD_VERDICT_BAD;
  }
  return n;
}

static void
add_mistakes (ConfabdCtl *ctl, GPtrArray *findings)
{
  GPtrArray *mistakes = confabd_config_get_mistakes (ctl->config);

  for (guint i = 0; i < mistakes->len; i++) {
    confabd_ctl_findings_add (findings, CONFABD_VERDICT_BAD, "config",
                              "Mend this setting; confabd does not start with it", "%s",
                              (const char *) g_ptr_array_index (mistakes, i));
  }
  if (mistakes->len == 0) {
    confabd_ctl_findings_add (findings, CONFABD_VERDICT_GOOD, "config", NULL,
                              "Every setting is understood");
  }
}

static gboolean
run_doctor (ConfabdCtl *ctl, GError **error)
{
  g_autoptr (GPtrArray) findings = confabd_ctl_findings_new ();
  guint n_bad;

  if (!confabd_ctl_parse (ctl, NULL, 0, error)) {
    return FALSE;
  }
  add_mistakes (ctl, findings);
  for (guint i = 0; i < G_N_ELEMENTS (checks); i++) {
    checks[i](ctl, findings);
  }
  if (ctl->as_json) {
    print_json (findings);
  } else {
    g_ptr_array_foreach (findings, print_finding, NULL);
  }
  n_bad = count_bad (findings);
  if (n_bad > 0) {
    g_set_error (error, CONFAB_ERROR, CONFAB_ERROR_FAILED,
                 n_bad == 1 ? "%u thing is wrong" : "%u things are wrong", n_bad);
  }
  return n_bad == 0;
}

const ConfabdCtlCommand confabd_ctl_doctor_commands[] = {
  { "doctor", "", "", "Look for the usual mistakes of a set-up, and say what to do", run_doctor,
    .takes_mistakes = TRUE },
  { NULL },
};
