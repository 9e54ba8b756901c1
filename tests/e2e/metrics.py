"""What a server's /metrics says, by the parser of Prometheus's own Python client."""

import pathlib
import re
import ssl
import urllib.error
import urllib.request

from server import SOURCE


def fetch(server, path="/metrics", token=None, method="GET", scheme="http"):
    """(status, headers, text), whatever the status."""
    headers = {"Authorization": f"Bearer {token}"} if token is not None else {}
    request = urllib.request.Request(f"{scheme}://127.0.0.1:{server.metrics_port}{path}", headers=headers, method=method)
    context = None
    if scheme == "https":
        context = ssl.create_default_context(cafile=server.ca)
        context.check_hostname = False  # the address is a form of loopback that no certificate names
    try:
        with urllib.request.urlopen(request, timeout=10, context=context) as answer:
            return answer.status, answer.headers, answer.read().decode()
    except urllib.error.HTTPError as refusal:
        return refusal.code, refusal.headers, refusal.read().decode()


def answers(server, **how):
    """Whether the port does, which opens after the one that says that the server is ready."""
    try:
        return fetch(server, **how)[0] == 200
    except OSError:
        return False


def families(text):
    """{name: family}; a counter's name is that of its samples."""
    from prometheus_client.parser import text_string_to_metric_families  # Debian's python3-prometheus-client
    return {family.name + ("_total" if family.type == "counter" else ""): family for family in text_string_to_metric_families(text)}


def read(server):
    return families(fetch(server)[2])


def value(found, name, **labels):
    """Of the one sample with just these labels; None when there is none."""
    family = next((family for family in found.values() if name in {sample.name for sample in family.samples}), None)
    values = [sample.value for sample in family.samples if sample.name == name and sample.labels == labels] if family else []
    assert len(values) <= 1, f"{name}{labels}: twice"
    return values[0] if values else None


def documented():
    """{name: (type, labels)} of the table in docs/metrics.md."""
    rows = {}
    for line in pathlib.Path(SOURCE / "docs/metrics.md").read_text().splitlines():
        match = re.match(r"\| (`[a-z_`, ]+`) \| (counter|gauge|histogram) \| ([a-z_, ]*)\|", line)
        if match:
            labels = {label for label in re.split(r"[, ]+", match[3]) if label}
            rows.update({name: (match[2], labels) for name in re.findall(r"`([a-z_]+)`", match[1])})
    return rows
