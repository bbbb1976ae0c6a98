"""Grids as people write them. The command line answers with the same engine as the operator."""
import json
import tempfile

from harness import case, expect_equal
from machine import run

GRIDS = [  # min, max, step, what a person means
    (0, 0.5, 0.1, [0, 0.1, 0.2, 0.3, 0.4, 0.5]),
    (0.1, 0.7, 0.01, [round(0.1 + 0.01 * number, 2) for number in range(61)]),
    (0.8, 1.0, 0.1, [0.8, 0.9, 1.0]),
]


@case()
def s1_values_of_a_grid_are_the_shortest_decimals():
    for low, high, step, wanted in GRIDS:
        document = {"objective": {"metric": "m", "goal": "Maximize"}, "algorithm": {"name": "Grid"},
                    "space": [{"name": "x", "type": "Float", "min": low, "max": high, "step": step}],
                    "maxTrials": len(wanted)}
        with tempfile.NamedTemporaryFile("w", suffix=".yaml") as file:
            json.dump(document, file)
            file.flush()
            answer = run(["pedigree", "search", "serve", file.name], text=json.dumps({"ask": len(wanted) + 3}) + "\n")
        found = [float(each["parameters"]["x"]) for each in json.loads(answer.stdout.splitlines()[0])["trials"]]
        expect_equal(sorted(found), wanted, f"grid from {low} to {high} by {step}")
