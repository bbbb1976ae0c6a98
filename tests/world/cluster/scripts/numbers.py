import json, os, sys
found = json.load(open(os.environ["PEDIGREE_PARAMETERS"]))
print(found, sys.argv[1:], os.environ["TINY"])
assert found == {"date": 20200219, "big": 1000000, "seed": 9007199254740993, "tiny": 1e-7}, found
assert sys.argv[1:] == ["--big", "1000000", "--date", "20200219", "--seed", "9007199254740993"], sys.argv
assert os.environ["TINY"] == "1e-7", os.environ["TINY"]
