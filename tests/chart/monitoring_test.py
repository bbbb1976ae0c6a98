"""manifests/monitoring asks for metrics that the operator has, in expressions that Prometheus reads, and
each alert has its section in docs/operate/alerts.md."""
import json
import re
import tempfile
import unittest

from chart import ROOT, run, yaml

FOLDER = ROOT / "manifests/monitoring"
KEYWORDS = {"sum", "max", "min", "count", "by", "without", "rate", "increase", "histogram_quantile", "or", "and",
            "vector", "absent"}


def rules():
    document = yaml.safe_load((FOLDER / "rules.yaml").read_text())
    return document["spec"]["groups"], [rule for group in document["spec"]["groups"] for rule in group["rules"]]


def panel_expressions():
    dashboard = json.loads((FOLDER / "dashboard.json").read_text())
    return [(panel["title"], target["expr"]) for panel in dashboard["panels"] for target in panel["targets"]]


def metrics_and_labels(expression):
    """Names of series, and of the labels that are matched or grouped by."""
    grouped = re.findall(r"\bby \(([^)]*)\)", expression)
    matched = re.findall(r"\{([^}]*)\}", expression)
    labels = {word.strip() for group in grouped for word in group.split(",")}
    labels |= {word for group in matched for word in re.findall(r"(\w+)\s*(?:=|!=)", group)}
    rest = re.sub(r"\{[^}]*\}|\[[^\]]*\]|\bby \([^)]*\)", " ", expression)
    return {word for word in re.findall(r"[A-Za-z_]\w*", rest) if word not in KEYWORDS}, labels


def known():
    """Of docs/operate/metrics.md, which a test compares with a scrape: labels by metric."""
    table = {}
    for line in (ROOT / "docs/operate/metrics.md").read_text().splitlines():
        cells = [cell.strip() for cell in line.split("|")[1:-1]]
        if len(cells) == 4 and cells[1] in ("gauge", "counter", "histogram"):
            name = cells[0].strip("`")
            labels = {word for word in re.findall(r"`(\w+)`", re.sub(r"\([^)]*\)", "", cells[2]))}
            table[name] = labels
            if cells[1] == "histogram":
                for suffix in ("bucket", "sum", "count"):
                    table[f"{name}_{suffix}"] = labels | {"le"}
    return table


class Monitoring(unittest.TestCase):
    def test_every_metric_and_label_is_the_products(self):
        table = known()
        self.assertGreater(len(table), 17)
        expressions = [(rule["alert"], rule["expr"]) for rule in rules()[1]] + panel_expressions()
        self.assertGreater(len(expressions), 20)
        for title, expression in expressions:
            with self.subTest(title):
                names, labels = metrics_and_labels(expression)
                self.assertTrue(names)
                for name in names:
                    self.assertIn(name, table)
                allowed = set().union(*(table[name] for name in names)) | {"job"}
                self.assertLessEqual(labels, allowed)

    def test_every_metric_of_the_product_is_shown(self):
        shown = {name for _, expression in panel_expressions() for name in metrics_and_labels(expression)[0]}
        missing = [name for name in known() if name not in shown and not re.search("_(bucket|sum|count)$", name)
                   and f"{name}_bucket" not in shown]
        self.assertEqual(missing, [])

    def test_every_alert_has_its_section(self):
        page = (ROOT / "docs/operate/alerts.md").read_text()
        sections = re.findall(r"^## (\w+)$", page, re.M)
        self.assertEqual(sections, [rule["alert"] for rule in rules()[1]])
        for rule in rules()[1]:
            self.assertEqual(rule["annotations"]["runbook_url"], "docs/operate/alerts.md#" + rule["alert"].lower())
            self.assertIn(rule["labels"]["severity"], ("warning", "critical"))

    def test_promtool_reads_alerts_and_panels(self):
        groups, _ = rules()
        panels = {"name": "panels", "rules": [{"record": f"panel:{number}", "expr": expression}
                                              for number, (_, expression) in enumerate(panel_expressions())]}
        with tempfile.NamedTemporaryFile("w", suffix=".yaml") as file:
            yaml.safe_dump({"groups": [*groups, panels]}, file)
            file.flush()
            code, text, errors = run("promtool", "check", "rules", file.name)
        self.assertEqual(code, 0, text + errors)
        self.assertIn(f"{len(rules()[1]) + len(panels['rules'])} rules found", text)

    def test_alerts_ring_when_they_should(self):
        """promtool test rules: series as a scrape would have them, and who rings."""
        with tempfile.TemporaryDirectory() as folder:
            alerts = f"{folder}/alerts.yaml"
            with open(alerts, "w", encoding="utf-8") as file:
                yaml.safe_dump({"groups": rules()[0]}, file)
            tests = yaml.safe_load((ROOT / "tests/chart/alerts.yaml").read_text())
            tests["rule_files"] = [alerts]
            with open(f"{folder}/tests.yaml", "w", encoding="utf-8") as file:
                yaml.safe_dump(tests, file)
            code, text, errors = run("promtool", "test", "rules", f"{folder}/tests.yaml")
        self.assertEqual(code, 0, text + errors)


if __name__ == "__main__":
    unittest.main()
