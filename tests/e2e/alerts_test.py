"""Goal: the alert rules and the dashboard speak of metrics that there are, and each alert is shown to fire and to stay quiet.

Method: promtool on the rules and on their tests; names and anchors are compared with the documents, which metrics_test.py compares with a server.
"""

import json
import pathlib
import re
import subprocess
import tempfile
import unittest

import metrics
import yaml
from server import SOURCE

RULES = SOURCE / "deploy/prometheus/kmaas.rules.yml"
TESTS = SOURCE / "deploy/prometheus/kmaas.rules.test.yml"
DASHBOARD = SOURCE / "deploy/grafana/kmaas.json"
NAME = re.compile(r"\b(?:kmaas|process)_[a-z_]+\b")


def alerts():
    return {rule["alert"]: rule for group in yaml.safe_load(RULES.read_text())["groups"] for rule in group["rules"]}


def metric_of(sample):
    return re.sub(r"(?<=_seconds)_(bucket|sum|count)$", "", sample)


def promtool(*arguments):
    return subprocess.run(["promtool", *map(str, arguments)], capture_output=True, text=True, timeout=120)


def run_tests(rules_text):
    with tempfile.TemporaryDirectory() as folder:
        (pathlib.Path(folder) / RULES.name).write_text(rules_text)
        (pathlib.Path(folder) / TESTS.name).write_text(TESTS.read_text())
        return promtool("test", "rules", pathlib.Path(folder) / TESTS.name)


class Alerts(unittest.TestCase):
    def test_rules_and_scrape_example_are_valid(self):
        checked = promtool("check", "rules", RULES)
        self.assertEqual(checked.returncode, 0, checked.stdout + checked.stderr)
        checked = promtool("check", "config", SOURCE / "deploy/prometheus/scrape.yml")
        self.assertEqual(checked.returncode, 0, checked.stdout + checked.stderr)

    def test_each_alert_fires_and_stays_quiet_when_it_should(self):
        tried = run_tests(RULES.read_text())
        self.assertEqual(tried.returncode, 0, tried.stdout + tried.stderr)
        names = [test["name"] for test in yaml.safe_load(TESTS.read_text())["tests"]]
        self.assertEqual(sorted(names), sorted(f"{alert} {how}" for alert in alerts() for how in ("fires", "stays quiet")))

    def test_these_tests_find_an_alert_that_always_fires_and_one_that_never_does(self):
        text = RULES.read_text()
        for right, planted in (("kmaas_hsm_healthy == 0", "kmaas_hsm_healthy >= 0"), ("kmaas_hsm_healthy == 0", "kmaas_hsm_healthy == 2"),
                               ("< 7 * 86400\n", "< 9 * 86400\n"), ("> 0.01 *", "> 0.9 *")):
            self.assertIn(right, text)
            self.assertNotEqual(run_tests(text.replace(right, planted)).returncode, 0, planted)

    def test_every_metric_of_rules_and_dashboard_exists(self):
        known = set(metrics.documented())
        for alert, rule in alerts().items():
            self.assertLessEqual({metric_of(name) for name in NAME.findall(rule["expr"])}, known, alert)
        for panel in json.loads(DASHBOARD.read_text())["panels"]:
            for target in panel["targets"]:
                self.assertLessEqual({metric_of(name) for name in NAME.findall(target["expr"])}, known, panel["title"])

    def test_every_expression_of_the_dashboard_can_be_read(self):
        expressions = [target["expr"].replace("$__rate_interval", "5m") for panel in json.loads(DASHBOARD.read_text())["panels"]
                       for target in panel["targets"]]
        rules = {"groups": [{"name": "dashboard", "rules": [{"record": f"panel_{i}", "expr": text} for i, text in enumerate(expressions)]}]}
        with tempfile.NamedTemporaryFile("w", suffix=".yml") as file:
            file.write(json.dumps(rules))
            file.flush()
            checked = promtool("check", "rules", file.name)
        self.assertEqual(checked.returncode, 0, checked.stdout + checked.stderr)

    def test_every_alert_has_its_page_among_the_runbooks(self):
        heads = re.findall(r"^#+ (.*)$", (SOURCE / "docs/runbooks.md").read_text(), re.MULTILINE)
        anchors = {re.sub(r"[^a-z0-9 -]", "", head.lower()).replace(" ", "-") for head in heads}
        for alert, rule in alerts().items():
            page, anchor = rule["annotations"]["runbook"].split("#")
            self.assertEqual(page, "docs/runbooks.md")
            self.assertIn(anchor, anchors, alert)


if __name__ == "__main__":
    unittest.main(verbosity=2)
