# SPDX-License-Identifier: GPL-3.0-or-later
"""What an administrator sees of a daemon: figures, and a log that knows whose request it was."""

import json

from prometheus_client.openmetrics.parser import text_string_to_metric_families

from confabtest.accounts import Accounts
from confabtest.daemon import Daemon
from confabtest.process import wait_until

TRACE_ID = "0af7651916cd43dd8448eb211c80319c"
TRACEPARENT = f"00-{TRACE_ID}-b7ad6b7169203331-01"


def read_metrics(daemon):
    """{(name, labels): value} by somebody else's parser, which knows the format to the letter."""
    reply = daemon.request("GET", "/metrics")
    assert reply.status == 200
    assert reply.headers["Content-Type"] == "application/openmetrics-text; version=1.0.0; charset=utf-8"
    families = list(text_string_to_metric_families(reply.body.decode()))
    return {(sample.name, *sorted(sample.labels.items())): sample.value for family in families for sample in family.samples}


def requests_of(metrics, route, code):
    labels = {"code": str(code), "method": "GET", "route": route}
    return metrics.get(("confab_http_requests_total", *sorted(labels.items())), 0)


def test_metrics(daemon):
    token = daemon.sign_in()
    call = daemon.create_call(token)["call"]["id"]
    for path, n in ((f"/api/v1/calls/{call}", 3), ("/made-up/by/a/stranger", 2)):
        for _ in range(n):
            daemon.request("GET", path, token=token)
    metrics = read_metrics(daemon)
    route = "/api/v1/calls/{id}"
    assert requests_of(metrics, route, 200) == 3
    assert metrics["confab_http_request_duration_seconds_count", ("method", "GET"), ("route", route)] == 3
    assert metrics["confab_http_requests_total", ("code", "404"), ("method", "any"), ("route", "none")] == 2
    assert metrics[("confab_database_statements_total",)] > 0
    assert metrics["confab_database_work", ("state", "running")] == 0
    assert metrics["confab_jobs", ("state", "waiting")] == metrics["confab_jobs", ("state", "dead")] == 0
    assert metrics["confab_job_attempts_total", ("kind", "mail"), ("result", "done")] == 0
    assert metrics[("confab_sessions",)] == 0  # guests are not remembered
    Accounts(daemon).sign_in("member")
    assert read_metrics(daemon)[("confab_sessions",)] == 1
    assert metrics[("confab_sockets",)] == metrics[("confab_participants",)] == 0
    assert not any("stranger" in str(key) or call in str(key) for key in metrics)


def test_metrics_of_another_engine(home, postgres):
    with Daemon(home, database=postgres.make_database()) as daemon:
        assert read_metrics(daemon)[("confab_sessions",)] == 0
        assert read_metrics(daemon)["confab_jobs", ("state", "dead")] == 0


def test_metrics_are_for_few(daemon):
    """This machine's own programs, but not what a proxy on it hands on, trusted or not."""
    token = daemon.sign_in()
    assert daemon.request("GET", "/metrics", token=token).status == 403
    for field in ("X-Forwarded-For", "Forwarded", "Via"):
        assert daemon.request("GET", "/metrics", headers={field: "127.0.0.1"}).status == 401


def log_entries(daemon):
    return [json.loads(line) for line in daemon.process.errors if line.startswith("{")]


def test_log_knows_whose_request_it_was(make_daemon):
    """Also where the line comes from a thread of the database: a statement that was slow."""
    daemon = make_daemon(env={"CONFAB_LOG_FORMAT": "json", "CONFAB_DATABASE_SLOW_STATEMENT_MS": "0", "CONFAB_LOG_LEVEL": "debug"})
    reply = daemon.request("GET", "/api/v1/calls", token=daemon.sign_in(), headers={"traceparent": TRACEPARENT})
    entries = wait_until(
        lambda: [entry for entry in log_entries(daemon) if entry.get("request_id") == reply.headers["X-Request-Id"]], "the log"
    )
    assert all(entry["trace_id"] == TRACE_ID for entry in entries)
    assert any(entry["message"].startswith("A statement took") for entry in entries)
    assert any(entry["domain"] == "confabd-request" for entry in entries)


def test_errors_of_pages(make_daemon):
    """They get into the log without what strangers should not put there, a few a minute."""
    daemon = make_daemon(env={"CONFAB_LOG_FORMAT": "json", "CONFAB_LIMITS_CLIENT_ERRORS_PER_MINUTE": "3"})
    error = {"message": "Lost\nat 192.0.2.7", "source": "main.js", "line": 12, "stack": "join@/j/9htw-zr4h-5586:1"}
    assert daemon.request("POST", "/api/v1/client-errors", error).status == 204
    assert daemon.request("POST", "/api/v1/client-errors", {"message": "x" * 501}).status == 400
    assert daemon.request("POST", "/api/v1/client-errors", {"message": "x", "line": "12"}).status == 400
    refused = daemon.request("POST", "/api/v1/client-errors", error)
    assert refused.status == 429 and 1 <= int(refused.headers["Retry-After"]) <= 20
    entries = wait_until(lambda: [one for one in log_entries(daemon) if one["domain"] == "confabd-client-errors"], "the log")
    assert len(entries) == 1
    assert entries[0]["message"] == "A browser reports: Lost\nat [address]"
    assert entries[0]["client_source"] == "main.js" and entries[0]["client_line"] == "12"
    assert entries[0]["client_stack"] == "join@/j/[link]"
