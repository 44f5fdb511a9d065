#!/usr/bin/env python3
# tests/mount/metrics.py
#
# Reads what info/metrics says with Prometheus' own parser, for metrics.sh:
#
#   metrics.py value FILE NAME [LABEL=VALUE...]   a sample's value; 0: not there
#   metrics.py judge FILE DOCUMENT                the text keeps the conventions,
#                                                 and DOCUMENT explains each family
import math
import pathlib
import sys

from prometheus_client.parser import text_string_to_metric_families

UNITS = ("_bytes", "_seconds", "_ratio")


def families(path):
    return list(text_string_to_metric_families(pathlib.Path(path).read_text()))


def value(path, name, *labels):
    wanted = dict(label.split("=", 1) for label in labels)
    for family in families(path):
        for sample in family.samples:
            if sample.name == name and sample.labels == wanted:
                print(int(sample.value) if sample.value.is_integer() else sample.value)
                return
    print(0)


def histogram_faults(family):
    rows = {}
    for sample in family.samples:
        labels = dict(sample.labels)
        bound = labels.pop("le", None)
        row = rows.setdefault(tuple(sorted(labels.items())), {"buckets": []})
        if sample.name.endswith("_bucket"):
            row["buckets"].append((float(bound), sample.value))
        else:
            row[sample.name.rsplit("_", 1)[1]] = sample.value
    for labels, row in rows.items():
        bounds = [bound for bound, _ in row["buckets"]]
        counts = [count for _, count in row["buckets"]]
        if bounds != sorted(set(bounds)) or bounds[-1] != math.inf:
            yield f"{family.name}{labels}: bounds {bounds}"
        if counts != sorted(counts) or counts[-1] != row["count"]:
            yield f"{family.name}{labels}: counts {counts}, not {row['count']}"
        if (row["count"] == 0) != (row["sum"] == 0):
            yield f"{family.name}{labels}: {row['count']} take {row['sum']}"


def faults(path, document):
    explained = pathlib.Path(document).read_text()
    seen = set()
    for family in families(path):
        # The parser takes the ending of counters off.
        name = family.name + ("_total" if family.type == "counter" else "")
        if not name.startswith(("platter_", "process_")):
            yield f"{name}: whose is it?"
        if family.type not in ("counter", "gauge", "histogram"):
            yield f"{name}: is a {family.type}"
        if not family.documentation.endswith("."):
            yield f"{name}: no sentence of help"
        if f"`{name}`" not in explained:
            yield f"{name}: is not in {document}"
        if family.type == "histogram":
            if not name.endswith(UNITS):
                yield f"{name}: no unit"
            yield from histogram_faults(family)
        for sample in family.samples:
            key = (sample.name, tuple(sorted(sample.labels.items())))
            if key in seen:
                yield f"{key}: twice"
            seen.add(key)
            if sample.value < 0 or math.isnan(sample.value):
                yield f"{key}: {sample.value}"
    if len(seen) < 100:
        yield f"only {len(seen)} samples"


def judge(path, document):
    found = list(faults(path, document))
    print(*found, sep="\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit({"value": value, "judge": judge}[sys.argv[1]](*sys.argv[2:]))
