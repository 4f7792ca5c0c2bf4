/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <arpa/inet.h>
#include <errno.h>
#include <glib.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

/* visitors PORT FILE SECONDS AT_A_TIME [keep]: sends the request in FILE to 127.0.0.1:PORT again
 * and again, AT_A_TIME at a time, on a connection each or, with “keep”, on kept ones. Prints how
 * many were answered with 200, how many were not, and how long it took. */

typedef struct {
  int fd;
  gsize sent;
  gsize length; /* of the answer so far */
  char answer[16384];
} Visitor;

typedef struct {
  struct sockaddr_in address;
  char *request;
  gsize request_length;
  gboolean keeps;
  int epoll;
  guint64 n_good, n_bad;
} Bench;

static void
watch (Bench *bench, Visitor *visitor, int operation, guint32 events)
{
  struct epoll_event event = { .events = events, .data.ptr = visitor };

  epoll_ctl (bench->epoll, operation, visitor->fd, &event);
}

static void
begin (Bench *bench, Visitor *visitor)
{
  visitor->fd = socket (AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  visitor->sent = visitor->length = 0;
  if (connect (visitor->fd, (struct sockaddr *) &bench->address, sizeof bench->address) < 0 &&
      errno != EINPROGRESS) {
    g_error ("connect: %s", g_strerror (errno));
  }
  watch (bench, visitor, EPOLL_CTL_ADD, EPOLLOUT);
}

static void
count (Bench *bench, const Visitor *visitor)
{
  if (visitor->length > 12 && memcmp (visitor->answer + 9, "200", 3) == 0) {
    bench->n_good++;
  } else {
    bench->n_bad++;
  }
}

static void
start_over (Bench *bench, Visitor *visitor)
{
  count (bench, visitor);
  close (visitor->fd);
  begin (bench, visitor);
}

/* Whether an answer on a kept connection is all there. */
static gboolean
is_whole (Visitor *visitor)
{
  const char *end, *field;

  visitor->answer[visitor->length] = '\0';
  end = strstr (visitor->answer, "\r\n\r\n");
  field = strcasestr (visitor->answer, "content-length:");
  return end != NULL && field != NULL && field < end &&
         visitor->length >= (gsize) (end + 4 - visitor->answer) + strtoul (field + 15, NULL, 10);
}

static void
write_request (Bench *bench, Visitor *visitor)
{
  gssize n = send (visitor->fd, bench->request + visitor->sent,
                   bench->request_length - visitor->sent, MSG_NOSIGNAL);

  if (n < 0 && errno != EAGAIN) {
    start_over (bench, visitor);
    return;
  }
  visitor->sent += (gsize) MAX (n, 0);
  if (visitor->sent == bench->request_length) {
    watch (bench, visitor, EPOLL_CTL_MOD, EPOLLIN);
  }
}

static void
read_answer (Bench *bench, Visitor *visitor)
{
  gssize n = recv (visitor->fd, visitor->answer + visitor->length,
                   sizeof visitor->answer - 1 - visitor->length, 0);

  if (n < 0 && errno == EAGAIN) {
    return;
  }
  visitor->length += (gsize) MAX (n, 0);
  if (n <= 0) {
    start_over (bench, visitor);
  } else if (bench->keeps && is_whole (visitor)) {
    count (bench, visitor);
    visitor->sent = visitor->length = 0;
    watch (bench, visitor, EPOLL_CTL_MOD, EPOLLOUT);
  }
}

static void
run (Bench *bench, gint64 until_mono_us)
{
  struct epoll_event events[64];

  while (g_get_monotonic_time () < until_mono_us) {
    int n = epoll_wait (bench->epoll, events, G_N_ELEMENTS (events), 100);

    for (int i = 0; i < n; i++) {
      if (events[i].events & EPOLLOUT) {
        write_request (bench, events[i].data.ptr);
      } else {
        read_answer (bench, events[i].data.ptr);
      }
    }
  }
}

int
main (int argc, char *argv[])
{
  Bench bench = { .address = { .sin_family = AF_INET } };
  gint64 start_mono_us = g_get_monotonic_time ();
  g_autofree Visitor *visitors = NULL;
  guint n_visitors;

  if (argc < 5 || !g_file_get_contents (argv[2], &bench.request, &bench.request_length, NULL)) {
    return 2;
  }
  bench.address.sin_port = htons ((guint16) atoi (argv[1]));
  bench.address.sin_addr.s_addr = htonl (INADDR_LOOPBACK);
  bench.keeps = argc > 5;
  bench.epoll = epoll_create1 (EPOLL_CLOEXEC);
  n_visitors = (guint) atoi (argv[4]);
  visitors = g_new0 (Visitor, n_visitors);
  for (guint i = 0; i < n_visitors; i++) {
    begin (&bench, &visitors[i]);
  }
  run (&bench, start_mono_us + (gint64) (g_ascii_strtod (argv[3], NULL) * G_USEC_PER_SEC));
  g_print ("%" G_GUINT64_FORMAT " %" G_GUINT64_FORMAT " %.3f\n", bench.n_good, bench.n_bad,
           (double) (g_get_monotonic_time () - start_mono_us) / G_USEC_PER_SEC);
  g_free (bench.request);
  return 0;
}
